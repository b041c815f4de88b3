import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import type { IConfigMap } from 'kubernetes-models/v1/ConfigMap';
import type { IService } from 'kubernetes-models/v1/Service';
import type { Provisioned } from '../../advise/size/provision.ts';
import type { Resources } from '../../advise/size/resources.ts';
import { disruptionBudgets, spread } from '../../kubernetes/disruption.ts';
import { labels, selector } from '../../kubernetes/labels.ts';
import { podsOf, ports } from '../../kubernetes/network.ts';
import { httpProbe } from '../../kubernetes/probes.ts';
import { containerSecurity, podSecurity } from '../../kubernetes/security.ts';
import { serviceAccount } from '../../kubernetes/service-account.ts';
import { wave } from '../../kubernetes/waves.ts';
import { toYaml } from '../../kustomize/yaml.ts';
import { image, type Versions } from '../../versions.ts';
import type { Part } from '../part.ts';

const name = 'alert-gateway';
const replicas = 2;
const tls = '/etc/alert-gateway/tls';
const config = '/etc/alert-gateway/config';
const alertsPath = '/api/v2/alerts';

/** Port on every node of the centre at which edges hand in their alerts. */
const alertGatewayNodePort = 30943;

/**
 * The way of a thanos-sidecar edge to Alertmanager: mutual TLS, and nothing but handing in alerts. Alertmanager itself would also
 * let an edge silence the alerts of all others. https://github.com/brancz/kube-rbac-proxy/tree/master/examples/static-auth
 */
export const alertGateway = (inventory: Provisioned, versions: Versions): Part => {
  const { namespace, alertmanager } = inventory.central;
  return {
    name,
    resources: [
      serviceAccount(name, namespace),
      configuration(namespace),
      service(namespace),
      networkPolicy(namespace),
      ...disruptionBudgets(name, namespace, replicas),
      deployment(namespace, versions, inventory.provision.inCentre(name)),
    ],
    secrets: [
      {
        namespace,
        name: 'alert-gateway-tls',
        keys: ['ca.crt', 'tls.crt', 'tls.key'],
        purpose: `Serving certificate of the alert gateway with the name ${alertmanager.url === undefined ? 'that edges use' : new URL(alertmanager.url).hostname}; ca.crt signs the client certificates of the edges.`,
      },
    ],
  };
};

const configuration = (namespace: string) =>
  ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace, labels: labels(name), annotations: wave.config },
    data: {
      'authorization.yaml': toYaml({
        // Whoever has a certificate of the fleet; `create` is POST.
        authorization: { static: [{ verb: 'create', path: alertsPath, resourceRequest: false }] },
      }),
      // About all else the proxy asks the Kubernetes API. Here it has neither its address nor a token, so the answer is no.
      'kubeconfig.yaml': toYaml({
        apiVersion: 'v1',
        kind: 'Config',
        clusters: [{ name: 'none', cluster: { server: 'https://127.0.0.1:1' } }],
        contexts: [{ name: 'none', context: { cluster: 'none', user: 'none' } }],
        users: [{ name: 'none', user: {} }],
        'current-context': 'none',
      }),
    },
  }) satisfies IConfigMap;

const service = (namespace: string) =>
  ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace, labels: labels(name), annotations: wave.config },
    spec: {
      type: 'NodePort',
      // An edge stays with one gateway, and that with one Alertmanager: see the Service `alertmanager`.
      sessionAffinity: 'ClientIP',
      selector: selector(name),
      ports: [{ name: 'https', port: 8443, targetPort: 'https', nodePort: alertGatewayNodePort }],
    },
  }) satisfies IService;

const networkPolicy = (namespace: string) =>
  ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace, labels: labels(name), annotations: wave.config },
    spec: {
      podSelector: { matchLabels: selector(name) },
      policyTypes: ['Ingress', 'Egress'],
      // No peer: behind a node port every client has the address of a node of the centre. Its certificate decides.
      ingress: [{ ports: ports(8443) }],
      egress: [{ to: [podsOf('alertmanager')], ports: ports(9093) }],
    },
  }) satisfies INetworkPolicy;

const deployment = (namespace: string, versions: Versions, resources: Resources) =>
  ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace, labels: labels(name) },
    spec: {
      replicas,
      selector: { matchLabels: selector(name) },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      template: {
        metadata: { labels: labels(name) },
        spec: {
          serviceAccountName: name,
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          // The user of the image. https://github.com/brancz/kube-rbac-proxy/blob/master/Dockerfile
          securityContext: podSecurity(65532),
          topologySpreadConstraints: spread(name),
          terminationGracePeriodSeconds: 30,
          containers: [
            {
              name: 'kube-rbac-proxy',
              image: image(versions, 'kubeRbacProxy'),
              args: [
                '--secure-listen-address=:8443',
                '--proxy-endpoints-port=8643',
                `--upstream=http://alertmanager.${namespace}.svc:9093/`,
                `--allow-paths=${alertsPath}`,
                `--config-file=${config}/authorization.yaml`,
                `--kubeconfig=${config}/kubeconfig.yaml`,
                `--client-ca-file=${tls}/ca.crt`,
                `--tls-cert-file=${tls}/tls.crt`,
                `--tls-private-key-file=${tls}/tls.key`,
                '--tls-min-version=VersionTLS13',
                '--http2-disable',
              ],
              ports: [
                { name: 'https', containerPort: 8443 },
                { name: 'health', containerPort: 8643 },
              ],
              readinessProbe: httpProbe('/healthz', 'health', 10, 'HTTPS'),
              livenessProbe: httpProbe('/healthz', 'health', 30, 'HTTPS'),
              resources,
              securityContext: containerSecurity,
              volumeMounts: [
                { name: 'config', mountPath: config, readOnly: true },
                { name: 'tls', mountPath: tls, readOnly: true },
              ],
            },
          ],
          volumes: [
            { name: 'config', configMap: { name } },
            { name: 'tls', secret: { secretName: 'alert-gateway-tls', defaultMode: 0o440 } },
          ],
        },
      },
    },
  }) satisfies IDeployment;
