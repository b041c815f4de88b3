const syncWave = (wave: `${number}`) => ({ 'argocd.argoproj.io/sync-wave': wave });

/** Argo CD applies an Application's objects wave by wave, the lowest first; a workload has none, which is "0". Annotations, so strings. */
export const wave = {
  /** Namespace, ServiceAccount, RBAC; AppProject. */
  access: syncWave('-20'),
  /** ConfigMap, ExternalSecret, Service, NetworkPolicy. */
  config: syncWave('-10'),
  /** ScrapeConfig, ServiceMonitor, PodMonitor, PrometheusRule. */
  monitors: syncWave('10'),
} as const;
