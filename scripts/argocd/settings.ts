import type { IConfigMap } from 'kubernetes-models/v1/ConfigMap';
import type { Diagnostic } from '../diagnostic.ts';
import type { Inventory } from '../inventory/inventory.ts';

export const settingsFile = 'generated/argocd/settings/argocd-cm.yaml';

/** ServiceMonitors find the edges through EndpointSlices of ours, which Argo CD leaves out unless told otherwise. */
export const needsEndpointSlices = ({ central, edges }: Inventory): boolean =>
  central.prometheus.mode === 'service-monitor' && edges.some(({ option }) => option === 'remote-scrape');

export function* endpointSlicesExcluded(inventory: Inventory): Iterable<Diagnostic> {
  if (!needsEndpointSlices(inventory)) return;
  yield {
    code: 'argocd/endpoint-slices-excluded',
    severity: 'warning',
    message: 'Argo CD 3 skips EndpointSlices by default, so that the ServiceMonitors of the remote-scrape edges would find no target',
    hint: `apply ${settingsFile} to the Argo CD of the fleet, or set prometheus.mode of the centre to 'scrape-config'`,
  };
}

/**
 * A patch of Argo CD's own ConfigMap, for its administrator to merge: fleetc does not own that object, so the root Application does
 * not sync it. The value is Argo CD's default of 3.6 without EndpointSlice.
 * https://github.com/argoproj/argo-cd/blob/v3.6.1/manifests/base/config/argocd-cm.yaml
 */
export const exclusions = ({ fleet }: Inventory) =>
  ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: 'argocd-cm',
      namespace: fleet.argocd.namespace,
      labels: { 'app.kubernetes.io/name': 'argocd-cm', 'app.kubernetes.io/part-of': 'argocd' },
    },
    data: { 'resource.exclusions': defaultExclusions },
  }) satisfies IConfigMap;

const defaultExclusions = `\
### Network resources created by the Kubernetes control plane; EndpointSlices are ours too, so they are not excluded
- apiGroups:
  - ''
  kinds:
  - Endpoints
### Internal Kubernetes resources
- apiGroups:
  - coordination.k8s.io
  kinds:
  - Lease
### Internal Kubernetes authorization and authentication resources
- apiGroups:
  - authentication.k8s.io
  - authorization.k8s.io
  kinds:
  - SelfSubjectReview
  - TokenReview
  - LocalSubjectAccessReview
  - SelfSubjectAccessReview
  - SelfSubjectRulesReview
  - SubjectAccessReview
### Intermediate certificate requests
- apiGroups:
  - certificates.k8s.io
  kinds:
  - CertificateSigningRequest
- apiGroups:
  - cert-manager.io
  kinds:
  - CertificateRequest
### Internal resources of Cilium
- apiGroups:
  - cilium.io
  kinds:
  - CiliumIdentity
  - CiliumEndpoint
  - CiliumEndpointSlice
### Intermediate and reporting resources of Kyverno
- apiGroups:
  - kyverno.io
  - reports.kyverno.io
  - wgpolicyk8s.io
  kinds:
  - PolicyReport
  - ClusterPolicyReport
  - EphemeralReport
  - ClusterEphemeralReport
  - AdmissionReport
  - ClusterAdmissionReport
  - BackgroundScanReport
  - ClusterBackgroundScanReport
  - UpdateRequest
`;
