import { needsEndpointSlices } from '../argocd/settings.ts';
import type { Diagnostic } from '../diagnostic.ts';
import type { Cluster, Inventory } from '../inventory/inventory.ts';
import { identity, type Resource } from '../kubernetes/resource.ts';
import { accessChecks } from './access.ts';
import { agentChecks } from './agent.ts';
import type { Check, Code, Context, Fault } from './check.ts';
import { findInFleet } from './fleet.ts';
import { objectChecks } from './objects.ts';
import { receiveChecks } from './receive.ts';
import { referenceChecks } from './references.ts';
import { scrapingChecks } from './scraping.ts';
import { selectorChecks } from './selectors.ts';
import { storeChecks } from './stores.ts';
import { view } from './view.ts';
import { workloadChecks } from './workloads.ts';

export type { Code, Context } from './check.ts';

/** What Kustomize and Kubernetes would let pass, or tell much later. */
export interface Finding {
  readonly code: Code;
  readonly severity: 'error' | 'warning';
  readonly cluster: string;
  /** What the finding is about, as `identity` writes it; absent when it is something that is missing. */
  readonly object?: string;
  readonly message: string;
}

/** A new check is a function and a line in the list of its file. */
export const checks: readonly Check[] = [
  ...objectChecks,
  ...referenceChecks,
  ...selectorChecks,
  ...workloadChecks,
  ...accessChecks,
  ...scrapingChecks,
  ...agentChecks,
  ...receiveChecks,
  ...storeChecks,
];

/** Whether the final manifests of one cluster hold together, and are what the option promises. */
export function verifyCluster(resources: readonly Resource[], context: Context): readonly Finding[] {
  const manifests = view(resources, context);
  return checks.flatMap(({ code, severity = 'error' as const, find }) =>
    [...find(manifests)].map((fault) => finding(code, severity, context.cluster, fault)),
  );
}

export interface Output {
  readonly inventory: Inventory;
  /** Final manifests by the name of the cluster, for each of its overlays. */
  readonly overlays: ReadonlyMap<string, readonly (readonly Resource[])[]>;
  /** What Argo CD reads, by path. */
  readonly argocd: ReadonlyMap<string, readonly object[]>;
}

/** Everything that is compiled: each cluster by itself, then what they have to do with each other. */
export function verifyFleet({ inventory, overlays, argocd }: Output): readonly Finding[] {
  const parsed = new Map<string, unknown>();
  const clusters = [inventory.central, ...inventory.edges].map((cluster) => {
    const own = overlays.get(cluster.name) ?? [];
    return { context: { ...contextOf(inventory, cluster), parsed, overlays: own.map(({ length }) => length) }, resources: own.flat() };
  });
  const alone = clusters.flatMap(({ context, resources }) => verifyCluster(resources, context));
  const views = new Map(clusters.map(({ context, resources }) => [context.cluster, view(resources, context)]));
  const together = findInFleet({ inventory, views, argocd });
  return [...alone, ...[...together].map((fault) => finding(fault.code, 'error', fault.cluster, fault))];
}

export function contextOf(inventory: Inventory, cluster: Cluster): Context {
  const { central, edges } = inventory;
  const shared = { cluster: cluster.name, endpointSlices: needsEndpointSlices(inventory) };
  if (cluster.role === 'central')
    return {
      ...shared,
      role: 'central',
      dividesBySize: central.applications === 'auto',
      unsafeSkipVerify: edges.some(({ option, kubelet }) => option === 'remote-scrape' && kubelet.unsafeSkipVerify),
    };
  return {
    ...shared,
    role: 'edge',
    option: cluster.option,
    unsafeSkipVerify: cluster.kubelet.unsafeSkipVerify,
    ...(central.receive === undefined ? {} : { remoteWriteUrl: central.receive.url }),
  };
}

const finding = (code: Code, severity: Finding['severity'], cluster: string, { object, message }: Fault): Finding => ({
  code,
  severity,
  cluster,
  ...(object === undefined ? {} : { object: identity(object) }),
  message,
});

/** No line of the inventory is at fault: what is wrong is in the output. */
export const asDiagnostic = ({ code, severity, cluster, object, message }: Finding): Diagnostic => ({
  code,
  severity,
  message: `${cluster}: ${object === undefined ? '' : `${object}: `}${message}`,
});
