/** Where the type and the validator of each kind that fleetc emits are: npm packages, made from Kubernetes' and the operators' own schemas.
 *  A kind that is not here is not emitted by mistake: the packages still know versions that Kubernetes has removed. */
export const models: Readonly<Record<string, string>> = {
  'v1 ConfigMap': 'kubernetes-models/v1/ConfigMap',
  'v1 Namespace': 'kubernetes-models/v1/Namespace',
  // Only a request for a ServiceAccount's token: it comes without bytes.
  'v1 Secret': 'kubernetes-models/v1/Secret',
  'v1 Service': 'kubernetes-models/v1/Service',
  'v1 ServiceAccount': 'kubernetes-models/v1/ServiceAccount',
  'apps/v1 DaemonSet': 'kubernetes-models/apps/v1/DaemonSet',
  'apps/v1 Deployment': 'kubernetes-models/apps/v1/Deployment',
  'apps/v1 StatefulSet': 'kubernetes-models/apps/v1/StatefulSet',
  'discovery.k8s.io/v1 EndpointSlice': 'kubernetes-models/discovery.k8s.io/v1/EndpointSlice',
  'networking.k8s.io/v1 NetworkPolicy': 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy',
  'policy/v1 PodDisruptionBudget': 'kubernetes-models/policy/v1/PodDisruptionBudget',
  'rbac.authorization.k8s.io/v1 ClusterRole': 'kubernetes-models/rbac.authorization.k8s.io/v1/ClusterRole',
  'rbac.authorization.k8s.io/v1 ClusterRoleBinding': 'kubernetes-models/rbac.authorization.k8s.io/v1/ClusterRoleBinding',
  'rbac.authorization.k8s.io/v1 Role': 'kubernetes-models/rbac.authorization.k8s.io/v1/Role',
  'rbac.authorization.k8s.io/v1 RoleBinding': 'kubernetes-models/rbac.authorization.k8s.io/v1/RoleBinding',
  'argoproj.io/v1alpha1 Application': '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/Application',
  'argoproj.io/v1alpha1 ApplicationSet': '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/ApplicationSet',
  'argoproj.io/v1alpha1 AppProject': '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/AppProject',
  'external-secrets.io/v1 ExternalSecret': '@kubernetes-models/external-secrets/external-secrets.io/v1/ExternalSecret',
  'monitoring.coreos.com/v1 Alertmanager': '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/Alertmanager',
  'monitoring.coreos.com/v1 PodMonitor': '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor',
  'monitoring.coreos.com/v1 Prometheus': '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/Prometheus',
  'monitoring.coreos.com/v1 PrometheusRule': '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule',
  'monitoring.coreos.com/v1 ServiceMonitor': '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor',
  'monitoring.coreos.com/v1 ThanosRuler': '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ThanosRuler',
  'monitoring.coreos.com/v1alpha1 ScrapeConfig': '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1alpha1/ScrapeConfig',
};

/** The key of an object in `models`. */
export const kindOf = ({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): string => `${apiVersion} ${kind}`;

/** The module of an object's kind. */
export function modelOf(object: { readonly apiVersion: string; readonly kind: string }): string {
  const module = models[kindOf(object)];
  if (module === undefined) throw new Error(`test/support/models.ts has no ${kindOf(object)}: no type and no validator to check it with`);
  return module;
}

interface WithStorage {
  readonly spec?: { readonly storage?: { readonly volumeClaimTemplate?: object } };
}

/** An object as the packages would have it. They make two fields of the operator's volume claims required, with values that no API server
 *  takes; in the operator's own type both are optional: pkg/apis/monitoring/v1/types.go, EmbeddedPersistentVolumeClaim. */
export function asModelled<T extends { readonly apiVersion: string }>(object: T): T {
  const { spec } = object as T & WithStorage;
  const claim = spec?.storage?.volumeClaimTemplate;
  if (!object.apiVersion.startsWith('monitoring.coreos.com/') || claim === undefined) return object;
  const volumeClaimTemplate = { apiVersion: 'monitoring.coreos.com/v1', kind: 'EmbeddedPersistentVolumeClaim', ...claim };
  return { ...object, spec: { ...spec, storage: { ...spec?.storage, volumeClaimTemplate } } };
}
