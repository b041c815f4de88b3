import type { Provisioned } from '../../advise/size/provision.ts';
import type { Edge } from '../../inventory/inventory.ts';
import type { JsonPatch } from '../../kustomize/kustomization.ts';

/** Where the containers of a workload on an edge stand, by their places in the pod. */
interface Workload {
  readonly kind: 'DaemonSet' | 'Deployment' | 'StatefulSet';
  readonly name: string;
  /** The part in the size model and the container's name, which are not always the same. */
  readonly containers: readonly { readonly part: string; readonly name: string }[];
}

const workload = (kind: Workload['kind'], name: string): Workload => ({ kind, name, containers: [{ part: name, name }] });

const onEveryEdge = [workload('DaemonSet', 'node-exporter'), workload('Deployment', 'kube-state-metrics')];

/** The workloads of an edge of each option. */
const workloads: Readonly<Record<Edge['option'], readonly Workload[]>> = {
  'remote-scrape': onEveryEdge,
  'prometheus-agent': [...onEveryEdge, workload('StatefulSet', 'prometheus-agent')],
  'thanos-sidecar': [
    ...onEveryEdge,
    {
      kind: 'StatefulSet',
      name: 'edge-prometheus',
      containers: [
        { part: 'edge-prometheus', name: 'prometheus' },
        { part: 'thanos-sidecar', name: 'thanos-sidecar' },
      ],
    },
  ],
};

/** Requests and limits of an edge where they are others than the part's, which are those of a small edge. */
export function resourcesPatches(edge: Edge, { provision }: Provisioned): readonly JsonPatch[] {
  return workloads[edge.option].flatMap(({ kind, name, containers }) => {
    const operations = containers.flatMap(({ part, name: container }, i) => {
      const own = provision.onEdge(edge, part);
      if (JSON.stringify(own) === JSON.stringify(provision.shared(part))) return [];
      const path = `/spec/template/spec/containers/${i}`;
      return [
        { op: 'test' as const, path: `${path}/name`, value: container },
        { op: 'replace' as const, path: `${path}/resources`, value: own },
      ];
    });
    return operations.length === 0 ? [] : [{ target: { group: 'apps', version: 'v1', kind, name }, operations }];
  });
}
