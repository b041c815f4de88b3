import type { IServiceAccount } from 'kubernetes-models/v1/ServiceAccount';
import { labels } from './labels.ts';
import { wave } from './waves.ts';

/** The identity of one workload. Its token is mounted only where the pod says so. */
export const serviceAccount = (name: string, namespace: string) =>
  ({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name, namespace, labels: labels(name), annotations: wave.access },
    automountServiceAccountToken: false,
  }) satisfies IServiceAccount;
