import type { Resource } from '../../../scripts/kubernetes/resource.ts';
import { type Api, messageOf } from './api.ts';

export interface PodTemplate {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>>; readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: {
    readonly serviceAccountName?: string;
    readonly volumes?: readonly object[];
    readonly containers: readonly { readonly name: string; readonly securityContext?: object }[];
  };
}
interface Workload extends Resource {
  readonly spec: {
    readonly template: PodTemplate;
    readonly volumeClaimTemplates?: readonly { readonly metadata: { readonly name: string } }[];
  };
}
export interface Pod extends Resource {
  readonly spec: PodTemplate['spec'];
}

/** The pod that a workload's controller would create first. */
export function podOf(object: Resource): Pod | undefined {
  if (!/^(Deployment|StatefulSet|DaemonSet)$/.test(object.kind)) return undefined;
  const { metadata, spec } = object as Workload;
  const { volumes = [], ...rest } = spec.template.spec;
  const claims = (spec.volumeClaimTemplates ?? []).map(({ metadata: { name } }) => ({
    name,
    persistentVolumeClaim: { claimName: `${name}-${metadata.name}-0` },
  }));
  const namespace = metadata.namespace === undefined ? {} : { namespace: metadata.namespace };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `${metadata.name}-0`, ...namespace, ...spec.template.metadata },
    spec: { ...rest, volumes: [...volumes, ...claims] },
  };
}

/** One that no level of Pod Security but `privileged` lets in. */
export const privileged = (pod: Pod): Pod => ({
  ...pod,
  spec: {
    ...pod.spec,
    containers: pod.spec.containers.map((container) => ({ ...container, securityContext: { privileged: true } })),
  },
});

/** What the server says against a pod, if anything; none is made. */
export async function refusalOf(api: Api, pod: Resource): Promise<string | undefined> {
  const answer = await api.request('POST', `/api/v1/namespaces/${pod.metadata.namespace}/pods?dryRun=All&fieldValidation=Strict`, pod);
  const said = [...(answer.status < 300 ? [] : [messageOf(answer)]), ...answer.warnings];
  return said.length === 0 ? undefined : said.join('; ');
}
