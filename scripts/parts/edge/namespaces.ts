import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import type { INamespace } from 'kubernetes-models/v1/Namespace';
import { hostNamespace, type Inventory } from '../../inventory/inventory.ts';
import { labels } from '../../kubernetes/labels.ts';
import { wave } from '../../kubernetes/waves.ts';
import type { Part } from '../part.ts';

/**
 * The two namespaces of an edge: exporters that need the host run in one that admits them, everything else under `restricted`.
 * They are manifests, since `CreateNamespace` makes only one and gives both the same level; Argo CD never deletes them.
 */
export const namespaces = ({ fleet }: Inventory): Part => ({
  name: 'namespaces',
  resources: [
    namespace(fleet.namespace, 'restricted'),
    namespace(hostNamespace(fleet), 'privileged'),
    denyAll(fleet.namespace),
    denyAll(hostNamespace(fleet)),
  ],
  secrets: [],
});

const namespace = (name: string, level: 'restricted' | 'privileged') =>
  ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name,
      labels: {
        ...labels('namespaces'),
        'pod-security.kubernetes.io/enforce': level,
        'pod-security.kubernetes.io/audit': level,
        'pod-security.kubernetes.io/warn': level,
      },
      annotations: { ...wave.access, 'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false' },
    },
  }) satisfies INamespace;

/** Everything that a workload needs is opened by its own policy. A pod on the host's network is beyond any policy. */
const denyAll = (namespaceName: string) =>
  ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'default-deny', namespace: namespaceName, labels: labels('namespaces'), annotations: wave.config },
    spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
  }) satisfies INetworkPolicy;
