import type { Resource } from '../../../scripts/kubernetes/resource.ts';
import type { Api } from './api.ts';
import { podOf } from './pods.ts';

interface Node {
  readonly name: string;
  readonly address: string;
}

const merge = 'application/merge-patch+json';

/** A node as its kubelet would report it. */
export async function addNode(api: Api, { name, address }: Node): Promise<void> {
  await api.expect('POST', '/api/v1/nodes', { metadata: { name } });
  const status = {
    addresses: [
      { type: 'InternalIP', address },
      { type: 'Hostname', address: name },
    ],
    daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
  };
  await api.expect('PATCH', `/api/v1/nodes/${name}/status`, { status }, merge);
}

interface PodThere extends Partial<Node> {
  /** Added to the name of the workload. */
  readonly suffix: string;
  readonly ip: string;
  /** @default Running */
  readonly phase?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** A pod of a workload as the scheduler and the kubelet would have it; no process is behind it. */
export async function addPod(
  api: Api,
  workload: Resource,
  { suffix, ip, name: nodeName, phase = 'Running', labels }: PodThere,
): Promise<void> {
  const pod = podOf(workload);
  if (pod === undefined) throw new Error(`${workload.kind} makes no pods`);
  const { metadata, spec } = pod;
  const name = `${workload.metadata.name}-${suffix}`;
  const path = `/api/v1/namespaces/${metadata.namespace}/pods`;
  const placed = nodeName === undefined ? spec : { ...spec, nodeName };
  await api.expect('POST', path, { ...pod, metadata: { ...metadata, name, labels: labels ?? metadata.labels }, spec: placed });
  const status = { phase, podIP: ip, podIPs: [{ ip }], conditions: [{ type: 'Ready', status: phase === 'Running' ? 'True' : 'False' }] };
  await api.expect('PATCH', `${path}/${name}/status`, { status }, merge);
}
