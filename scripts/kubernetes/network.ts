import { selector } from './labels.ts';

type Protocol = 'TCP' | 'UDP';

/** Ports of a NetworkPolicy rule: the numbers of the pods' own ports. */
export const ports = (...numbers: readonly number[]) => numbers.map((port) => ({ protocol: 'TCP' as Protocol, port }));

/** The pods of the workload `name` in the policy's own namespace. */
export const podsOf = (name: string) => ({ podSelector: { matchLabels: selector(name) } });

export const addresses = (cidrs: readonly string[]) => cidrs.map((cidr) => ({ ipBlock: { cidr } }));

/** The cluster's DNS: its pods in kube-system, or NodeLocal DNSCache on the address that Kubernetes documents for it. */
export const dnsEgress = {
  to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } } }, { ipBlock: { cidr: '169.254.20.10/32' } }],
  ports: [
    { protocol: 'UDP' as Protocol, port: 53 },
    { protocol: 'TCP' as Protocol, port: 53 },
  ],
};

/**
 * The Kubernetes API, whose address a compiler does not know: its Service's port and the one behind it. No peer, which is
 * any: to some network plugins a node is not part of 0.0.0.0/0. https://docs.cilium.io/en/stable/security/policy/language/#ip-cidr-based
 */
export const apiServerEgress = { ports: ports(443, 6443) };

/** The bucket, whose address only the Secret knows: HTTPS, or the port of MinIO, inside the cluster or out of it. */
export const objectStorageEgress = { ports: ports(443, 9000) };
