import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import type { INamespace } from 'kubernetes-models/v1/Namespace';
import type { Inventory } from '../../inventory/inventory.ts';
import { labels } from '../../kubernetes/labels.ts';
import { dnsEgress } from '../../kubernetes/network.ts';
import { wave } from '../../kubernetes/waves.ts';
import type { Part } from '../part.ts';

const name = 'central-namespace';

/** The namespace of the centre, which Argo CD never deletes, closed but for DNS: each part opens what it needs. */
export const centralNamespace = ({ central }: Inventory): Part => ({
  name,
  resources: [namespace(central.namespace), denyAll(central.namespace), allowDns(central.namespace)],
  secrets: [],
});

const namespace = (namespaceName: string) =>
  ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: namespaceName,
      labels: {
        ...labels(name),
        'pod-security.kubernetes.io/enforce': 'restricted',
        'pod-security.kubernetes.io/audit': 'restricted',
        'pod-security.kubernetes.io/warn': 'restricted',
      },
      annotations: { ...wave.access, 'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false' },
    },
  }) satisfies INamespace;

const denyAll = (namespaceName: string) =>
  ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'default-deny', namespace: namespaceName, labels: labels(name), annotations: wave.config },
    spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
  }) satisfies INetworkPolicy;

const allowDns = (namespaceName: string) =>
  ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'allow-dns', namespace: namespaceName, labels: labels(name), annotations: wave.config },
    spec: { podSelector: {}, policyTypes: ['Egress'], egress: [dnsEgress] },
  }) satisfies INetworkPolicy;
