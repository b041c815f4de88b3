import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import type { IConfigMap } from 'kubernetes-models/v1/ConfigMap';
import type { IService } from 'kubernetes-models/v1/Service';
import { onOption } from '../../advise/size/groups.ts';
import type { Provisioned } from '../../advise/size/provision.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import { disruptionBudgets, spread } from '../../kubernetes/disruption.ts';
import { labels, selector } from '../../kubernetes/labels.ts';
import { addresses, podsOf, ports } from '../../kubernetes/network.ts';
import { containerSecurity, podSecurity } from '../../kubernetes/security.ts';
import { serviceAccount } from '../../kubernetes/service-account.ts';
import { wave } from '../../kubernetes/waves.ts';
import { toYaml } from '../../kustomize/yaml.ts';
import { withinMemoryLimit } from '../../telemetry/thanos-flags.ts';
import { image, supports, type Versions } from '../../versions.ts';
import type { Part } from '../part.ts';
import { receiveOf, receiveSize } from './needs.ts';
import { podMonitor } from './pod-monitor.ts';
import { grpcPort, httpPort, listenGrpc, listenHttp, metricsIngress, thanosPorts, thanosProbes, thanosUser } from './thanos.ts';

const name = 'receive-router';
const tls = '/etc/thanos/tls';

/**
 * The routing half of Thanos Receive: ends the edges' mutual TLS, takes the tenant from the client certificate and hands each
 * series to as many ingestors as the replication factor says. It keeps nothing. https://thanos.io/tip/components/receive.md/
 */
export const receiveRouter = (inventory: Provisioned, versions: Versions): Part => {
  const { namespace } = inventory.central;
  return {
    name,
    resources: [
      serviceAccount(name, namespace),
      limits(inventory),
      service(inventory),
      networkPolicy(inventory),
      ...disruptionBudgets(name, namespace, routers(inventory)),
      deployment(inventory, versions),
      podMonitor(name, namespace, 'http'),
    ],
    secrets: [
      {
        namespace,
        name: 'receive-router-tls',
        keys: ['ca.crt', 'tls.crt', 'tls.key'],
        purpose: `Serving certificate of remote write with the name ${remoteWriteUrl(inventory).hostname}; ca.crt signs the client certificates of the edges, whose common name is the cluster's name and becomes the tenant. Routers read ca.crt when they start.`,
      },
    ],
  };
};

const routers = (inventory: Provisioned): number => receiveSize(inventory).routers.value.middle;

const remoteWriteUrl = ({ central }: Inventory): URL => new URL(receiveOf(central).url);

/** Thanos reads the file anew when it changes. */
const limits = (inventory: Provisioned) =>
  ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'receive-limits', namespace: inventory.central.namespace, labels: labels(name), annotations: wave.config },
    data: { 'limits.yaml': toYaml(limitsFile(inventory)) },
  }) satisfies IConfigMap;

const limitsFile = (inventory: Provisioned) => ({
  write: {
    global: {
      meta_monitoring_url: `http://prometheus-operated.${inventory.central.namespace}.svc:9090`,
      meta_monitoring_limit_query: 'sum by (tenant) (prometheus_tsdb_head_series{job="receive-ingestor"})',
    },
    default: {
      // A refusal for size (413) is data lost: this only stops what no agent of ours sends, which is about 0.1 MB.
      request: { size_bytes_limit: 16 * 2 ** 20 },
      // A refusal for series (429) is retried. Counted over all copies of a tenant.
      head_series_limit: headSeriesLimit(inventory),
    },
  },
});

/** Series that a small edge may have whatever the model says of it. */
const leastHeadSeries = 2 ** 18;

/** Eight times what the largest edge is likely to have, so that one runaway edge stops before the ingestors do; a power of two, which new edges leave alone. */
const headSeriesLimit = ({ central, provision }: Provisioned): number => {
  const largest = Math.max(...onOption(provision.size.groups, 'prometheus-agent').groups.map(({ size }) => size.series.value.middle));
  return receiveOf(central).replicationFactor * Math.max(leastHeadSeries, 2 ** Math.ceil(Math.log2(8 * largest)));
};

const service = (inventory: Inventory) =>
  ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: inventory.central.namespace, labels: labels(name), annotations: wave.config },
    spec: {
      type: 'LoadBalancer',
      // Keeps the client's address, which the network policy looks at.
      externalTrafficPolicy: 'Local',
      selector: selector(name),
      ports: [{ name: 'remote-write', port: Number(remoteWriteUrl(inventory).port || 443), targetPort: 'remote-write' }],
    },
  }) satisfies IService;

const networkPolicy = ({ fleet, central }: Inventory) =>
  ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace: central.namespace, labels: labels(name), annotations: wave.config },
    spec: {
      podSelector: { matchLabels: selector(name) },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: addresses(fleet.network.edgeCidrs), ports: ports(thanosPorts.remoteWrite) }, metricsIngress],
      egress: [
        { to: [podsOf('receive-ingestor')], ports: ports(thanosPorts.grpc) },
        { to: [podsOf('prometheus')], ports: ports(9090) },
      ],
    },
  }) satisfies INetworkPolicy;

const deployment = (inventory: Provisioned, versions: Versions) =>
  ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: inventory.central.namespace, labels: labels(name) },
    spec: {
      replicas: routers(inventory),
      selector: { matchLabels: selector(name) },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      template: {
        metadata: { labels: labels(name) },
        spec: {
          serviceAccountName: name,
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          securityContext: podSecurity(thanosUser),
          topologySpreadConstraints: spread(name),
          terminationGracePeriodSeconds: 130,
          containers: [
            {
              name,
              image: image(versions, 'thanos'),
              args: [
                'receive',
                withinMemoryLimit,
                listenHttp,
                listenGrpc,
                `--remote-write.address=:${thanosPorts.remoteWrite}`,
                // A second way to write, which asks for no certificate, and which Thanos opens to everybody unless told.
                '--receive.capnproto-address=127.0.0.1:19391',
                `--remote-write.server-tls-cert=${tls}/tls.crt`,
                `--remote-write.server-tls-key=${tls}/tls.key`,
                `--remote-write.server-tls-client-ca=${tls}/ca.crt`,
                '--receive.tenant-certificate-field=commonName',
                '--receive.hashrings-file=/etc/thanos/hashring/hashrings.json',
                // A ConfigMap changes by a link, which the watch on the file does not see.
                '--receive.hashrings-file-refresh-interval=1m',
                '--receive.hashrings-algorithm=ketama',
                `--receive.replication-factor=${receiveOf(inventory.central).replicationFactor}`,
                '--receive.limits-config-file=/etc/thanos/limits/limits.yaml',
                // Thanos wants an external label of every Receive, and reads its value as a quoted Go string.
                '--label=receive_role="router"',
              ],
              ports: [{ name: 'remote-write', containerPort: thanosPorts.remoteWrite }, httpPort, grpcPort],
              ...thanosProbes,
              resources: inventory.provision.inCentre(name),
              securityContext: containerSecurity,
              volumeMounts: [
                { name: 'hashring', mountPath: '/etc/thanos/hashring', readOnly: true },
                { name: 'limits', mountPath: '/etc/thanos/limits', readOnly: true },
                { name: 'tls', mountPath: tls, readOnly: true },
                ...(supports(versions, 'stateless-router') ? [] : [{ name: 'data', mountPath: '/data' }]),
              ],
            },
          ],
          volumes: [
            { name: 'hashring', configMap: { name: 'receive-hashrings' } },
            { name: 'limits', configMap: { name: 'receive-limits' } },
            { name: 'tls', secret: { secretName: 'receive-router-tls', defaultMode: 0o440 } },
            // Older routers open a TSDB in ./data, which stays empty.
            ...(supports(versions, 'stateless-router') ? [] : [{ name: 'data', emptyDir: {} }]),
          ],
        },
      },
    },
  }) satisfies IDeployment;
