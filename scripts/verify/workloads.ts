import type { Check, Fault } from './check.ts';
import type { Operated, Resources } from './manifests.ts';
import { operatorKinds, type View } from './view.ts';

function* images({ pods, ofKind }: View): Iterable<Fault> {
  for (const { object, spec } of pods)
    for (const { name, image } of [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])]) yield* badImage(object, name, image);
  for (const object of ofKind<Operated>(...operatorKinds)) {
    yield* badImage(object, object.kind, object.spec.image);
    if (object.spec.thanos !== undefined) yield* badImage(object, 'thanos', object.spec.thanos.image);
    for (const { name, image } of object.spec.containers ?? []) if (image !== undefined) yield* badImage(object, name, image);
  }
}

function* badImage(object: NonNullable<Fault['object']>, name: string, image: string | undefined): Iterable<Fault> {
  const [, tag, digest] = /^[^@]*?(?::([\w][\w.-]*))?(@sha256:[0-9a-f]{64})?$/.exec(image?.slice(image.lastIndexOf('/') + 1) ?? '') ?? [];
  if (image === undefined || image === '') yield { object, message: `${name} has no image` };
  else if (tag === 'latest') yield { object, message: `${image} is another image every day` };
  else if (tag === undefined && digest === undefined) yield { object, message: `${image} has neither a tag nor a digest` };
}

/** What the Pod Security level `restricted` asks for, and a root file system that nothing writes to. */
function* securityContexts({ pods, ofKind }: View): Iterable<Fault> {
  for (const { object, spec } of pods) {
    if (spec === undefined) continue;
    const pod = spec.securityContext ?? {};
    for (const { name, securityContext: own = {} } of [...spec.containers, ...(spec.initContainers ?? [])]) {
      const missing = [
        ...((own.runAsNonRoot ?? pod.runAsNonRoot) === true ? [] : ['runAsNonRoot']),
        ...(own.allowPrivilegeEscalation === false ? [] : ['allowPrivilegeEscalation: false']),
        ...(own.readOnlyRootFilesystem === true ? [] : ['readOnlyRootFilesystem']),
        ...(own.capabilities?.drop?.includes('ALL') === true && (own.capabilities.add ?? []).length === 0
          ? []
          : ['capabilities.drop: [ALL]']),
        ...((own.seccompProfile ?? pod.seccompProfile)?.type === 'RuntimeDefault' ? [] : ['seccompProfile RuntimeDefault']),
      ];
      if (missing.length > 0) yield { object, message: `container ${name} lacks ${missing.join(', ')}` };
    }
  }
  // The operator's own containers drop everything; what is left to say is who they run as.
  for (const object of ofKind<Operated>(...operatorKinds)) {
    const context = object.spec.securityContext;
    if (context?.runAsNonRoot !== true || context.seccompProfile?.type !== 'RuntimeDefault')
      yield { object, message: 'lacks runAsNonRoot or seccompProfile RuntimeDefault' };
  }
}

function* resources({ pods, ofKind }: View): Iterable<Fault> {
  for (const { object, spec } of pods)
    for (const { name, resources: own } of [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])])
      yield* missingResources(object, name, own);
  for (const object of ofKind<Operated>(...operatorKinds)) {
    yield* missingResources(object, object.kind, object.spec.resources);
    if (object.spec.thanos !== undefined) yield* missingResources(object, 'thanos', object.spec.thanos.resources);
  }
}

function* missingResources(object: NonNullable<Fault['object']>, name: string, { requests, limits }: Resources = {}): Iterable<Fault> {
  const missing = [
    ...(requests?.cpu === undefined ? ['requests.cpu'] : []),
    ...(requests?.memory === undefined ? ['requests.memory'] : []),
    ...(limits?.memory === undefined ? ['limits.memory'] : []),
  ];
  if (missing.length > 0) yield { object, message: `${name} has no ${missing.join(', ')}` };
}

function* probes({ pods }: View): Iterable<Fault> {
  for (const { object, spec } of pods)
    for (const { name, readinessProbe, livenessProbe } of spec?.containers ?? [])
      if (readinessProbe === undefined || livenessProbe === undefined)
        yield { object, message: `container ${name} has no readiness or no liveness probe` };
}

/** A fresh volume belongs to root, and none of the images runs as root. */
function* volumeGroups({ pods, ofKind }: View): Iterable<Fault> {
  for (const { object, spec, keepsData } of pods) {
    const context = spec?.securityContext ?? ofKind<Operated>(object.kind).find((one) => one === object)?.spec.securityContext;
    if (keepsData && context?.fsGroup === undefined) yield { object, message: 'keeps data in a volume of root, since it has no fsGroup' };
  }
}

export const workloadChecks: readonly Check[] = [
  { code: 'verify/image', find: images },
  { code: 'verify/security-context', find: securityContexts },
  { code: 'verify/resources', find: resources },
  { code: 'verify/probes', find: probes },
  { code: 'verify/volume-group', find: volumeGroups },
];
