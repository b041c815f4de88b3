import type { IExternalSecret } from '@kubernetes-models/external-secrets/external-secrets.io/v1/ExternalSecret';
import type { IConfigMap } from 'kubernetes-models/v1/ConfigMap';
import type { Fleet } from '../inventory/inventory.ts';
import { labels } from '../kubernetes/labels.ts';
import type { Resource } from '../kubernetes/resource.ts';
import { wave } from '../kubernetes/waves.ts';
import type { RequiredSecret } from '../parts/part.ts';

/**
 * The Secrets that a cluster needs: with a secret store, one ExternalSecret each; without, a ConfigMap that lists them, which travels
 * with the cluster so that whoever looks for a missing Secret finds it: `kubectl get configmap required-secrets -o yaml`.
 */
export function secretResources(
  fleet: Fleet,
  cluster: string,
  secrets: readonly RequiredSecret[],
  list: { readonly name: string; readonly namespace: string },
): readonly Resource[] {
  const unique = uniqueSecrets(secrets);
  if (unique.length === 0) return [];
  const { secretStore } = fleet;
  return secretStore === undefined ? [secretList(unique, list)] : unique.map((secret) => externalSecret(secretStore, cluster, secret));
}

/** Parts may name the same Secret: it then has the keys of both. In the order of namespaces and names. */
export function uniqueSecrets(secrets: readonly RequiredSecret[]): readonly RequiredSecret[] {
  const unique = new Map<string, RequiredSecret>();
  for (const secret of secrets) {
    const key = `${secret.namespace}.${secret.name}`;
    const other = unique.get(key);
    unique.set(
      key,
      other === undefined || other.purpose === secret.purpose
        ? { ...secret, keys: [...new Set([...(other?.keys ?? []), ...secret.keys])] }
        : { ...other, keys: [...new Set([...other.keys, ...secret.keys])], purpose: `${other.purpose} ${secret.purpose}` },
    );
  }
  return [...unique].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, secret]) => secret);
}

const secretList = (secrets: readonly RequiredSecret[], { name, namespace }: { readonly name: string; readonly namespace: string }) =>
  ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace, labels: labels('required-secrets'), annotations: wave.config },
    data: Object.fromEntries(
      secrets.map((secret) => [`${secret.namespace}.${secret.name}`, `keys: ${secret.keys.join(', ')}\npurpose: ${secret.purpose}\n`]),
    ),
  }) satisfies IConfigMap;

const externalSecret = (store: NonNullable<Fleet['secretStore']>, cluster: string, { namespace, name, keys, purpose }: RequiredSecret) =>
  ({
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: {
      name,
      namespace,
      labels: labels('required-secrets'),
      annotations: { ...wave.config, 'fleetc.dev/purpose': purpose },
    },
    spec: {
      refreshInterval: store.refreshInterval,
      secretStoreRef: { kind: store.kind, name: store.name },
      target: { name, creationPolicy: 'Owner', deletionPolicy: 'Retain' },
      data: keys.map((key) => ({
        secretKey: key,
        // The API's defaults, which Argo CD would see as a difference: a list of a custom resource is compared whole.
        remoteRef: {
          key: `${store.keyPrefix}/${cluster}/${namespace}/${name}`,
          property: key,
          conversionStrategy: 'Default' as const,
          decodingStrategy: 'None' as const,
          metadataPolicy: 'None' as const,
        },
      })),
    },
  }) satisfies IExternalSecret;
