import type { IPodMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor';
import { labels, scrapedByCentre, selector } from '../../kubernetes/labels.ts';
import { wave } from '../../kubernetes/waves.ts';

/** The central Prometheus scrapes the pods of the workload `name`; their series have `job="<name>"`. */
export const podMonitor = (name: string, namespace: string, ...ports: readonly string[]) =>
  ({
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PodMonitor',
    metadata: { name, namespace, labels: { ...labels(name), ...scrapedByCentre }, annotations: wave.monitors },
    spec: {
      jobLabel: 'app.kubernetes.io/name',
      selector: { matchLabels: selector(name) },
      podMetricsEndpoints: ports.map((port) => ({ port })),
    },
  }) satisfies IPodMonitor;
