/** Kinds in namespaces by group and kind, and cluster-scoped objects by group, kind and name. */
export interface EverRun {
  readonly namespaced: readonly string[];
  readonly clusterScoped: readonly string[];
}

const common = ['/ConfigMap', '/Service', '/ServiceAccount', 'apps/Deployment', 'apps/StatefulSet', 'external-secrets.io/ExternalSecret'];
const guards = [
  'networking.k8s.io/NetworkPolicy',
  'policy/PodDisruptionBudget',
  'rbac.authorization.k8s.io/Role',
  'rbac.authorization.k8s.io/RoleBinding',
];
const edgeRoles = ['central-scraper', 'edge-prometheus', 'kube-state-metrics', 'prometheus-agent'].map((role) => `fleetc-${role}`);

/**
 * What an edge runs on any option, with any setting. Argo CD neither sees nor prunes what its project does not allow, so a project that allowed
 * only what is rendered now would leave behind what the last edge of an option leaves.
 */
export const everOnEdges: EverRun = {
  namespaced: [...common, '/Secret', 'apps/DaemonSet', ...guards],
  clusterScoped: edgeRoles.flatMap((role) =>
    ['ClusterRole', 'ClusterRoleBinding'].map((kind) => `rbac.authorization.k8s.io/${kind}/${role}`),
  ),
};

/** What the centre runs for any edges. */
export const everInCentre: EverRun = {
  namespaced: [
    ...common,
    'discovery.k8s.io/EndpointSlice',
    ...['Alertmanager', 'PodMonitor', 'Prometheus', 'PrometheusRule', 'ScrapeConfig', 'ServiceMonitor', 'ThanosRuler'].map(
      (kind) => `monitoring.coreos.com/${kind}`,
    ),
    ...guards,
  ],
  clusterScoped: [],
};

/** The root project: what it allows is what is rendered for it. */
export const nothingElse: EverRun = { namespaced: [], clusterScoped: [] };
