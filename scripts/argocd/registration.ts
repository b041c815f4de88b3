import type { IExternalSecret } from '@kubernetes-models/external-secrets/external-secrets.io/v1/ExternalSecret';
import type { Cluster, Fleet, Inventory } from '../inventory/inventory.ts';
import { sortedLabels } from '../overlays/overlay.ts';
import { keep } from './application.ts';
import { folderApplication } from './root.ts';
import { fromHub, sha256 } from './shards.ts';

/** What is comfortable for one Application; a sync of much more is slow and its status outgrows etcd. */
const comfortable = 250;

/** Folder of the ExternalSecrets that register the clusters with Argo CD. */
const folder = 'generated/argocd/clusters';

type Registered = Cluster & { readonly server: string };

/** Clusters that can be registered: the store is known, Argo CD reaches them, and their address is known. */
const registered = ({ fleet, central, edges }: Inventory): readonly Registered[] =>
  fleet.secretStore === undefined
    ? []
    : [central, ...edges.filter(fromHub)].filter((cluster): cluster is Registered => cluster.server !== undefined);

/** Two hexadecimal digits: a change of one cluster rewrites one file of a few, not a list of all. */
const bucket = ({ name }: Cluster): string => sha256(name).slice(0, 2);

/** Files of ExternalSecrets, each a bucket of clusters. */
export function registrations(inventory: Inventory): ReadonlyMap<string, readonly ReturnType<typeof registration>[]> {
  const files = new Map<string, ReturnType<typeof registration>[]>();
  const byName = [...registered(inventory)].sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const cluster of byName) {
    const path = `${folder}/${bucket(cluster)}.yaml`;
    files.set(path, [...(files.get(path) ?? []), registration(inventory.fleet, cluster)]);
  }
  return files;
}

/** The Applications that sync those files: one, or one for each first digit, or one for each bucket. */
export function registrationApplications(inventory: Inventory) {
  const buckets = registered(inventory).map(bucket);
  if (buckets.length === 0) return [];
  const name = `${inventory.fleet.name}-clusters`;
  const digits = [0, 1, 2].find((count) => largestGroup(buckets, count) <= comfortable) ?? 2;
  const groups = [...new Set(buckets.map((text) => text.slice(0, digits)))].sort();
  return groups.map((group) =>
    folderApplication(inventory.fleet, { name: group === '' ? name : `${name}-${group}`, path: folder, include: `${group}*.yaml` }),
  );
}

function largestGroup(buckets: readonly string[], digits: number): number {
  const sizes = new Map<string, number>();
  for (const text of buckets) sizes.set(text.slice(0, digits), (sizes.get(text.slice(0, digits)) ?? 0) + 1);
  return Math.max(...sizes.values());
}

/**
 * The Secret by which Argo CD knows the cluster: its name and address from the inventory, the credentials (Argo CD's `config`, JSON) from
 * the store. The Secret stays when the store forgets it: without it Argo CD would let go of the cluster's Application.
 * Defaults of the API are written out, since Argo CD would otherwise see a difference.
 */
function registration(fleet: Fleet, { name, server, region, role, labels }: Registered) {
  const store = fleet.secretStore;
  if (store === undefined) throw new Error('bug: registration without a secret store');
  return {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { name: `cluster-${name}`, namespace: fleet.argocd.namespace, annotations: keep },
    spec: {
      refreshInterval: store.refreshInterval,
      secretStoreRef: { kind: store.kind, name: store.name },
      target: {
        name: `cluster-${name}`,
        creationPolicy: 'Owner',
        deletionPolicy: 'Retain',
        template: {
          engineVersion: 'v2',
          mergePolicy: 'Replace',
          metadata: {
            labels: {
              ...sortedLabels(labels),
              'argocd.argoproj.io/secret-type': 'cluster',
              'fleetc.dev/cluster': name,
              'fleetc.dev/region': region,
              'fleetc.dev/role': role,
            },
          },
          data: { name, server, config: '{{ .config }}' },
        },
      },
      data: [
        {
          secretKey: 'config',
          remoteRef: {
            key: `${store.keyPrefix}/${name}/argocd-cluster`,
            property: 'config',
            conversionStrategy: 'Default',
            decodingStrategy: 'None',
            metadataPolicy: 'None',
          },
        },
      ],
    },
  } satisfies IExternalSecret;
}
