import type { Resource } from '../kubernetes/resource.ts';
import type { Check, Fault } from './check.ts';
import type { Binding, ConfigMap, KeyReference, Operated, PodSpec, WorkloadManifest } from './manifests.ts';
import { givenNamespaces } from './objects.ts';
import { operatorKinds, type View } from './view.ts';

interface Reference {
  readonly object: Resource;
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: string;
  readonly keys: readonly string[];
}

/** Every ConfigMap and Secret that something reads. */
function* references({ ofKind, pods }: View): Iterable<Reference> {
  for (const { object, spec } of pods) if (spec !== undefined) yield* ofPod(object, spec);
  for (const object of ofKind<Operated>(...operatorKinds)) {
    const { secrets = [], configMaps = [], configSecret, imagePullSecrets = [] } = object.spec;
    for (const name of [...secrets, ...imagePullSecrets.map((one) => one.name), ...(configSecret === undefined ? [] : [configSecret])])
      yield { object, kind: 'Secret', name, keys: [] };
    for (const name of configMaps) yield { object, kind: 'ConfigMap', name, keys: [] };
    yield* ofPod(object, {
      containers: [...(object.spec.containers ?? []), ...(object.spec.initContainers ?? [])].map((container) => ({
        ...container,
        env: [],
      })),
      volumes: object.spec.volumes ?? [],
    });
  }
  for (const object of ofKind(...operatorKinds, 'ServiceMonitor', 'PodMonitor', 'ScrapeConfig')) yield* selectors(object, object, '');
}

function* ofPod(object: Resource, { containers, initContainers = [], volumes = [], imagePullSecrets = [] }: PodSpec): Iterable<Reference> {
  for (const { name } of imagePullSecrets) yield { object, kind: 'Secret', name, keys: [] };
  for (const { configMap, secret, projected } of volumes) {
    const keysOf = (items: readonly { readonly key: string }[] = []) => items.map(({ key }) => key);
    const maps = [configMap, ...(projected?.sources ?? []).map((source) => source.configMap)];
    for (const one of maps)
      if (one !== undefined && one.optional !== true) yield { object, kind: 'ConfigMap', name: one.name, keys: keysOf(one.items) };
    if (secret !== undefined && secret.optional !== true)
      yield { object, kind: 'Secret', name: secret.secretName, keys: keysOf(secret.items) };
    for (const { secret: one } of projected?.sources ?? [])
      if (one !== undefined && one.optional !== true) yield { object, kind: 'Secret', name: one.name, keys: keysOf(one.items) };
  }
  for (const { env = [], envFrom = [] } of [...containers, ...initContainers]) {
    for (const { valueFrom } of env) {
      yield* keyOf(object, 'Secret', valueFrom?.secretKeyRef);
      yield* keyOf(object, 'ConfigMap', valueFrom?.configMapKeyRef);
    }
    for (const { secretRef, configMapRef } of envFrom) {
      if (secretRef !== undefined && secretRef.optional !== true) yield { object, kind: 'Secret', name: secretRef.name, keys: [] };
      if (configMapRef !== undefined && configMapRef.optional !== true)
        yield { object, kind: 'ConfigMap', name: configMapRef.name, keys: [] };
    }
  }
}

function* keyOf(object: Resource, kind: Reference['kind'], reference: KeyReference | undefined): Iterable<Reference> {
  if (reference?.name !== undefined && reference.optional !== true) yield { object, kind, name: reference.name, keys: [reference.key] };
}

/** In the operator's resources, whatever has a name and a key is a reference: to a ConfigMap when it is called so, else to a Secret. */
function* selectors(object: Resource, value: unknown, parent: string): Iterable<Reference> {
  if (Array.isArray(value)) for (const entry of value) yield* selectors(object, entry, parent);
  else if (typeof value === 'object' && value !== null) {
    const { name, key, optional } = value as Partial<KeyReference>;
    if (typeof name === 'string' && typeof key === 'string') {
      if (optional !== true) yield { object, kind: parent.startsWith('configMap') ? 'ConfigMap' : 'Secret', name, keys: [key] };
    } else for (const [field, entry] of Object.entries(value)) if (field !== 'metadata') yield* selectors(object, entry, field);
  }
}

/** Kubernetes puts this one into every namespace. */
const givenConfigMap = 'kube-root-ca.crt';

function* configMaps(view: View): Iterable<Fault> {
  for (const { object, kind, name, keys } of references(view)) {
    if (kind !== 'ConfigMap' || name === givenConfigMap) continue;
    const found = view.find('ConfigMap', object.metadata.namespace, name) as ConfigMap | undefined;
    if (found === undefined) yield { object, message: `ConfigMap ${name} is not there` };
    else
      for (const key of keys)
        if (found.data?.[key] === undefined && found.binaryData?.[key] === undefined)
          yield { object, message: `ConfigMap ${name} has no key ${key}` };
  }
}

function* secrets(view: View): Iterable<Fault> {
  for (const { object, kind, name, keys } of references(view)) {
    if (kind !== 'Secret') continue;
    const key = `${object.metadata.namespace}/${name}`;
    const known = view.secrets.get(key);
    if (!view.secrets.has(key)) yield { object, message: `Secret ${name} is neither there nor among those that somebody provides` };
    else for (const one of keys) if (known !== undefined && !known.has(one)) yield { object, message: `Secret ${name} has no key ${one}` };
  }
}

function* serviceAccounts({ pods, ofKind, find }: View): Iterable<Fault> {
  for (const { object, namespace, spec } of pods) {
    if (spec === undefined) continue;
    const name = spec.serviceAccountName ?? 'default';
    if (name === 'default') yield { object, message: 'runs as the ServiceAccount default, which anything else in the namespace may share' };
    else if (find('ServiceAccount', namespace, name) === undefined) yield { object, message: `ServiceAccount ${name} is not there` };
  }
  for (const object of ofKind<Operated>(...operatorKinds)) {
    const name = object.spec.serviceAccountName;
    if (name !== undefined && find('ServiceAccount', object.metadata.namespace, name) === undefined)
      yield { object, message: `ServiceAccount ${name} is not there` };
  }
}

function* volumes({ pods, find }: View): Iterable<Fault> {
  for (const { object, namespace, spec } of pods) {
    if (spec === undefined) continue;
    const claims = (object as WorkloadManifest).spec.volumeClaimTemplates ?? [];
    const names = new Set([...(spec.volumes ?? []), ...claims.map(({ metadata }) => metadata)].map(({ name }) => name));
    const mounted = new Set<string>();
    for (const { name: container, volumeMounts = [] } of [...spec.containers, ...(spec.initContainers ?? [])])
      for (const { name } of volumeMounts) {
        mounted.add(name);
        if (!names.has(name)) yield { object, message: `container ${container} mounts the volume ${name}, which is not there` };
      }
    for (const name of names) if (!mounted.has(name)) yield { object, message: `no container mounts the volume ${name}` };
    for (const { persistentVolumeClaim: claim } of spec.volumes ?? [])
      if (claim !== undefined && find('PersistentVolumeClaim', namespace, claim.claimName) === undefined)
        yield { object, message: `PersistentVolumeClaim ${claim.claimName} is not there` };
  }
}

function* roles({ ofKind, find }: View): Iterable<Fault> {
  for (const object of ofKind<Binding>('RoleBinding', 'ClusterRoleBinding')) {
    const { kind, name } = object.roleRef;
    // Roles of Kubernetes itself are on every cluster.
    const given = kind === 'ClusterRole' && (name.startsWith('system:') || ['view', 'edit', 'admin', 'cluster-admin'].includes(name));
    if (!given && find(kind, kind === 'Role' ? object.metadata.namespace : undefined, name) === undefined)
      yield { object, message: `${kind} ${name} is not there` };
  }
}

function* subjects({ ofKind, find }: View): Iterable<Fault> {
  for (const object of ofKind<Binding>('RoleBinding', 'ClusterRoleBinding')) {
    const all = object.subjects ?? [];
    if (all.length === 0) yield { object, message: 'binds nobody' };
    for (const { kind, name, namespace } of all) {
      if (kind !== 'ServiceAccount') continue;
      if (namespace === undefined) yield { object, message: `ServiceAccount ${name} has no namespace` };
      else if (!givenNamespaces.has(namespace) && find('ServiceAccount', namespace, name) === undefined)
        yield { object, message: `ServiceAccount ${namespace}/${name} is not there` };
    }
  }
}

function* governingServices({ ofKind, services }: View): Iterable<Fault> {
  for (const object of ofKind<WorkloadManifest>('StatefulSet')) {
    const name = object.spec.serviceName;
    if (name === undefined || !services.some((service) => service.name === name && service.namespace === object.metadata.namespace))
      yield { object, message: name === undefined ? 'names no governing Service' : `Service ${name} is not there` };
  }
}

/** Kubernetes leaves `$(NAME)` as it is when the container has no variable of that name. */
function* variables({ pods }: View): Iterable<Fault> {
  for (const { object, containers } of pods)
    for (const { name, args = [], command = [], env = [] } of containers)
      for (const word of [...command, ...args])
        for (const [, variable = ''] of word.matchAll(/\$\(([A-Za-z_]\w*)\)/g))
          if (!env.some((one) => one.name === variable)) yield { object, message: `container ${name} has no variable ${variable}` };
}

/** A name of the cluster's DNS with a port, after a scheme or in an SRV record: `query.metrics-central.svc:9090`. Others may be names in certificates. */
const address =
  /(?:_([a-z0-9-]+)\._tcp\.|:\/\/|(?<![\w.-]))((?:[a-z0-9-]+\.)?[a-z0-9-]+)\.([a-z0-9-]+)\.svc(?:\.cluster\.local)?(?::(\d+))?/g;

function* addresses(view: View): Iterable<Fault> {
  const namespaces = new Set(view.ofKind('Namespace').map(({ metadata }) => metadata.name));
  for (const object of view.resources) {
    const text = view.text(object);
    if (!text.includes('.svc')) continue;
    for (const [whole, srv, host = '', namespace = '', port] of text.matchAll(address)) {
      if (!namespaces.has(namespace) || (srv === undefined && port === undefined)) continue;
      // Before the Service there may be the name of a pod.
      const service = host.slice(host.lastIndexOf('.') + 1);
      const found = view.services.find((one) => one.name === service && one.namespace === namespace);
      if (found === undefined) yield { object, message: `${whole}: there is no such Service` };
      else if (srv !== undefined && !found.ports.some(({ name }) => name === srv))
        yield { object, message: `${whole}: the Service has no port "${srv}"` };
      else if (srv === undefined && !found.ports.some((one) => one.port === Number(port)))
        yield { object, message: `${whole}: the Service has no port ${port}` };
    }
  }
}

export const referenceChecks: readonly Check[] = [
  { code: 'verify/missing-config-map', find: configMaps },
  { code: 'verify/missing-secret', find: secrets },
  { code: 'verify/missing-service-account', find: serviceAccounts },
  { code: 'verify/missing-volume', find: volumes },
  { code: 'verify/missing-role', find: roles },
  { code: 'verify/missing-subject', find: subjects },
  { code: 'verify/missing-governing-service', find: governingServices },
  { code: 'verify/missing-service', find: addresses },
  { code: 'verify/missing-variable', find: variables },
];
