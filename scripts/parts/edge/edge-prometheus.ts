import type { IStatefulSet } from 'kubernetes-models/apps/v1/StatefulSet';
import type { IConfigMap } from 'kubernetes-models/v1/ConfigMap';
import type { IService } from 'kubernetes-models/v1/Service';
import { defaultVolume } from '../../advise/size/edge-volume.ts';
import type { Provisioned } from '../../advise/size/provision.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import { disruptionBudgets } from '../../kubernetes/disruption.ts';
import { labels, selector } from '../../kubernetes/labels.ts';
import { addresses, objectStorageEgress, ports } from '../../kubernetes/network.ts';
import { httpProbe } from '../../kubernetes/probes.ts';
import { containerSecurity, podSecurity } from '../../kubernetes/security.ts';
import { wave } from '../../kubernetes/waves.ts';
import { toYaml } from '../../kustomize/yaml.ts';
import { edgeLocalRules } from '../../telemetry/edge-rules.ts';
import { edgeScrapeConfigs } from '../../telemetry/edge-scrape.ts';
import { autoReload } from '../../telemetry/prometheus-flags.ts';
import { withinMemoryLimit } from '../../telemetry/thanos-flags.ts';
import { image, supports, type Versions } from '../../versions.ts';
import type { Part, PartBuilder } from '../part.ts';
import {
  collectorAccess,
  collectorPolicies,
  destinationOf,
  externalLabels,
  identityEnv,
  portOf,
  scrapeClientMount,
  scrapeClientSecret,
  scrapeClientVolume,
} from './collector.ts';

const name = 'edge-prometheus';
const sidecarTls = '/etc/thanos/tls';
const alertClient = '/etc/prometheus/alert-client';

/** Node port of the sidecar of replica 0; that of replica 1 is the next. */
export const sidecarNodePort = 30901;

interface Variant {
  readonly replicas: 1 | 2;
  readonly unsafeKubelet: boolean;
}

const build =
  (variant: Variant): PartBuilder =>
  (inventory, versions) =>
    part(variant, inventory, versions);

/**
 * A full Prometheus with a Thanos Sidecar: it keeps its own blocks, evaluates its own rules, answers the centre's queries
 * over mutual TLS and uploads each block of two hours.
 */
export const edgePrometheus = {
  verifiedKubelet: { 1: build({ replicas: 1, unsafeKubelet: false }), 2: build({ replicas: 2, unsafeKubelet: false }) },
  unsafeKubelet: { 1: build({ replicas: 1, unsafeKubelet: true }), 2: build({ replicas: 2, unsafeKubelet: true }) },
} as const;

function part({ replicas, unsafeKubelet }: Variant, inventory: Provisioned, versions: Versions): Part {
  const { fleet } = inventory;
  const { namespace } = fleet;
  const alerts = alertsUrl(inventory);
  return {
    name: [name, ...(replicas === 1 ? [] : ['pair']), ...(unsafeKubelet ? ['unsafe-kubelet'] : [])].join('-'),
    resources: [
      ...collectorAccess(fleet, name),
      config(inventory, versions, unsafeKubelet),
      rules(inventory),
      governingService(namespace),
      ...Array.from({ length: replicas }, (_, replica) => sidecarService(namespace, replica)),
      ...collectorPolicies(fleet, name, {
        egress: [{ to: addresses(destinationOf(alerts)), ports: ports(portOf(alerts)) }, objectStorageEgress],
        ingress: [
          // A node that forwards a connection to another node's pod does so under its own address.
          {
            from: addresses([...new Set([...fleet.network.centralCidrs, ...fleet.network.edgeCidrs])]),
            ports: ports(10901),
          },
        ],
      }),
      ...disruptionBudgets(name, namespace, replicas),
      statefulSet(inventory, versions, replicas),
    ],
    secrets: [
      scrapeClientSecret(fleet),
      {
        namespace,
        name: 'thanos-sidecar-tls',
        keys: ['ca.crt', 'tls.crt', 'tls.key'],
        purpose:
          "Serving certificate of the sidecar with the DNS name that the inventory gives as serverName (thanos-sidecar.<cluster>); ca.crt signs the centre's Query.",
      },
      {
        namespace,
        name: 'alert-client-tls',
        keys: ['ca.crt', 'tls.crt', 'tls.key'],
        purpose:
          "Client certificate for the centre's alert gateway, from an authority that signs alert senders only; ca.crt signs the gateway's certificate.",
      },
      {
        namespace,
        name: fleet.objectStorage.secretName,
        keys: [fleet.objectStorage.key],
        purpose: 'Thanos object storage configuration with the right to list, get and put, not to delete: only the Compactor deletes.',
      },
    ],
  };
}

function alertsUrl({ central }: Inventory): string {
  if (central.alertmanager.url === undefined) throw new Error('bug: a thanos-sidecar edge without an alert gateway in the centre');
  return central.alertmanager.url;
}

const config = (inventory: Inventory, versions: Versions, unsafeKubelet: boolean) =>
  ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: inventory.fleet.namespace, labels: labels(name), annotations: wave.config },
    data: { 'prometheus.yml': toYaml(edgePrometheusConfig(inventory, versions, unsafeKubelet)) },
  }) satisfies IConfigMap;

/** prometheus.yml: https://prometheus.io/docs/prometheus/latest/configuration/configuration/ */
export function edgePrometheusConfig(inventory: Inventory, versions: Versions, unsafeKubelet: boolean) {
  const { fleet } = inventory;
  const alerts = new URL(alertsUrl(inventory));
  return {
    global: {
      scrape_interval: fleet.scrapeInterval,
      evaluation_interval: fleet.scrapeInterval,
      external_labels: externalLabels,
    },
    ...(supports(versions, 'retention-in-config') ? { storage: { tsdb: { retention: { time: fleet.edgeRetention } } } } : {}),
    rule_files: ['/etc/prometheus/rules/*.yaml'],
    alerting: {
      // Both replicas of a pair find the same thing: Alertmanager must see one alert.
      alert_relabel_configs: [{ action: 'labeldrop', regex: 'prometheus_replica' }],
      alertmanagers: [
        {
          scheme: 'https',
          tls_config: {
            ca_file: `${alertClient}/ca.crt`,
            cert_file: `${alertClient}/tls.crt`,
            key_file: `${alertClient}/tls.key`,
          },
          static_configs: [{ targets: [`${alerts.hostname}:${alerts.port || 443}`] }],
        },
      ],
    },
    scrape_configs: [
      ...edgeScrapeConfigs(fleet, name, unsafeKubelet),
      {
        job_name: 'thanos-sidecar',
        scrape_interval: fleet.scrapeInterval,
        static_configs: [{ targets: ['127.0.0.1:10902'], labels: { instance: 'thanos-sidecar' } }],
      },
    ],
  };
}

const rules = ({ fleet }: Inventory) =>
  ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: `${name}-rules`, namespace: fleet.namespace, labels: labels(name), annotations: wave.config },
    data: { 'edge.yaml': toYaml({ groups: edgeLocalRules() }) },
  }) satisfies IConfigMap;

const governingService = (namespace: string) =>
  ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace, labels: labels(name), annotations: wave.config },
    spec: { clusterIP: 'None', selector: selector(name), ports: [{ name: 'http', port: 9090, targetPort: 'http' }] },
  }) satisfies IService;

/** One Service a replica: behind a shared one, Query would see one replica's half of the data at a time. */
const sidecarService = (namespace: string, replica: number) =>
  ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: `thanos-sidecar-${replica}`, namespace, labels: labels(name), annotations: wave.config },
    spec: {
      type: 'NodePort',
      selector: { ...selector(name), 'statefulset.kubernetes.io/pod-name': `${name}-${replica}` },
      ports: [{ name: 'grpc', port: 10901, targetPort: 'grpc', nodePort: sidecarNodePort + replica }],
    },
  }) satisfies IService;

/** Uploads are whole blocks of two hours: newer versions hold back compaction until a block is uploaded, older ones must not compact at all. */
const delaysCompaction = (versions: Versions) => supports(versions, 'delay-compact-file') && supports(versions, 'delay-compact');

const statefulSet = ({ fleet, provision }: Provisioned, versions: Versions, replicas: number) =>
  ({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name, namespace: fleet.namespace, labels: labels(name) },
    spec: {
      replicas,
      serviceName: name,
      podManagementPolicy: 'Parallel',
      selector: { matchLabels: selector(name) },
      template: {
        metadata: { labels: labels(name), annotations: { 'kubectl.kubernetes.io/default-container': 'prometheus' } },
        spec: {
          serviceAccountName: name,
          automountServiceAccountToken: true,
          nodeSelector: { 'kubernetes.io/os': 'linux' },
          securityContext: podSecurity(65534),
          terminationGracePeriodSeconds: 600,
          ...(replicas === 1 ? {} : { affinity: apart }),
          containers: [
            {
              name: 'prometheus',
              image: image(versions, 'prometheus'),
              args: [
                '--config.file=/etc/prometheus/config/prometheus.yml',
                ...autoReload(versions),
                '--storage.tsdb.path=/prometheus',
                ...(delaysCompaction(versions)
                  ? ['--storage.tsdb.delay-compact-file.path=/prometheus/thanos.shipper.json']
                  : ['--storage.tsdb.min-block-duration=2h', '--storage.tsdb.max-block-duration=2h']),
                ...(supports(versions, 'retention-in-config') ? [] : [`--storage.tsdb.retention.time=${fleet.edgeRetention}`]),
                '--web.listen-address=:9090',
              ],
              env: identityEnv,
              ports: [{ name: 'http', containerPort: 9090 }],
              // Replaying a WAL of hours may take minutes; until it is done the other two probes wait.
              startupProbe: { ...httpProbe('/-/ready', 'http'), failureThreshold: 90 },
              readinessProbe: httpProbe('/-/ready', 'http'),
              livenessProbe: httpProbe('/-/healthy', 'http', 30),
              resources: provision.shared(name),
              securityContext: containerSecurity,
              volumeMounts: [
                { name: 'data', mountPath: '/prometheus' },
                { name: 'config', mountPath: '/etc/prometheus/config', readOnly: true },
                { name: 'rules', mountPath: '/etc/prometheus/rules', readOnly: true },
                { name: 'alert-client', mountPath: alertClient, readOnly: true },
                scrapeClientMount,
              ],
            },
            {
              name: 'thanos-sidecar',
              image: image(versions, 'thanos'),
              args: [
                'sidecar',
                withinMemoryLimit,
                '--prometheus.url=http://127.0.0.1:9090',
                '--tsdb.path=/prometheus',
                '--objstore.config-file=/etc/thanos/objstore/config.yaml',
                '--grpc-address=:10901',
                '--http-address=:10902',
                `--grpc-server-tls-cert=${sidecarTls}/tls.crt`,
                `--grpc-server-tls-key=${sidecarTls}/tls.key`,
                `--grpc-server-tls-client-ca=${sidecarTls}/ca.crt`,
              ],
              ports: [
                { name: 'grpc', containerPort: 10901 },
                { name: 'http-sidecar', containerPort: 10902 },
              ],
              readinessProbe: httpProbe('/-/ready', 'http-sidecar'),
              livenessProbe: httpProbe('/-/healthy', 'http-sidecar', 30),
              resources: provision.shared('thanos-sidecar'),
              securityContext: containerSecurity,
              volumeMounts: [
                { name: 'data', mountPath: '/prometheus' },
                { name: 'objstore', mountPath: '/etc/thanos/objstore', readOnly: true },
                { name: 'sidecar-tls', mountPath: sidecarTls, readOnly: true },
              ],
            },
          ],
          volumes: [
            { name: 'config', configMap: { name } },
            { name: 'rules', configMap: { name: `${name}-rules` } },
            { name: 'alert-client', secret: { secretName: 'alert-client-tls', defaultMode: 0o440 } },
            { name: 'sidecar-tls', secret: { secretName: 'thanos-sidecar-tls', defaultMode: 0o440 } },
            {
              name: 'objstore',
              secret: {
                secretName: fleet.objectStorage.secretName,
                defaultMode: 0o440,
                items: [{ key: fleet.objectStorage.key, path: 'config.yaml' }],
              },
            },
            scrapeClientVolume,
          ],
        },
      },
      volumeClaimTemplates: [
        {
          apiVersion: 'v1',
          kind: 'PersistentVolumeClaim',
          metadata: { name: 'data' },
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: `${defaultVolume['thanos-sidecar']}Gi` } } },
        },
      ],
    },
  }) satisfies IStatefulSet;

/** A pair on one node would be down together. */
const apart = {
  podAntiAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: [
      { labelSelector: { matchLabels: selector(name) }, topologyKey: 'kubernetes.io/hostname' },
    ],
  },
};
