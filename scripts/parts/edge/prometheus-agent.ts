import type { IStatefulSet } from 'kubernetes-models/apps/v1/StatefulSet';
import type { IConfigMap } from 'kubernetes-models/v1/ConfigMap';
import type { IService } from 'kubernetes-models/v1/Service';
import { defaultVolume } from '../../advise/size/edge-volume.ts';
import type { Provisioned } from '../../advise/size/provision.ts';
import type { Resources } from '../../advise/size/resources.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import { labels, selector } from '../../kubernetes/labels.ts';
import { addresses, ports } from '../../kubernetes/network.ts';
import { httpProbe } from '../../kubernetes/probes.ts';
import { containerSecurity, podSecurity } from '../../kubernetes/security.ts';
import { wave } from '../../kubernetes/waves.ts';
import { toYaml } from '../../kustomize/yaml.ts';
import { edgeScrapeConfigs } from '../../telemetry/edge-scrape.ts';
import { autoReload } from '../../telemetry/prometheus-flags.ts';
import { image, type Versions } from '../../versions.ts';
import type { Part } from '../part.ts';
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

const name = 'prometheus-agent';
const receiveClient = '/etc/prometheus/receive-client';

/** Seconds that a stopping agent tries to hand over what it holds. The grace period below leaves it time for that and for its WAL. */
const flushDeadline = 30;

/**
 * Prometheus in agent mode: it scrapes the edge and writes to Receive in the centre.
 *
 * What waits in its WAL survives a cut link, but neither a restart nor a changed remote_write section or external label
 * (telemetry/prometheus-agent.md). So its ConfigMap keeps its name, and the agent reloads it by itself.
 */
export const prometheusAgent = (inventory: Provisioned, versions: Versions): Part => agent(inventory, versions, name, false);

/** The same for an edge whose kubelets sign their own certificates. */
export const prometheusAgentUnsafeKubelet = (inventory: Provisioned, versions: Versions): Part =>
  agent(inventory, versions, `${name}-unsafe-kubelet`, true);

function agent(inventory: Provisioned, versions: Versions, part: string, unsafeKubelet: boolean): Part {
  const { fleet } = inventory;
  const url = receiveUrl(inventory);
  return {
    name: part,
    resources: [
      ...collectorAccess(fleet, name),
      config(inventory, unsafeKubelet),
      service(fleet.namespace),
      ...collectorPolicies(fleet, name, { egress: [{ to: addresses(destinationOf(url)), ports: ports(portOf(url)) }] }),
      statefulSet(fleet.namespace, versions, inventory.provision.shared(name)),
    ],
    secrets: [
      scrapeClientSecret(fleet),
      {
        namespace: fleet.namespace,
        name: 'receive-client-tls',
        keys: ['ca.crt', 'tls.crt', 'tls.key'],
        purpose:
          "Client certificate for Receive whose common name is this cluster's name: Receive takes the tenant from it. ca.crt signs Receive's certificate.",
      },
    ],
  };
}

function receiveUrl({ central }: Inventory): string {
  if (central.receive === undefined) throw new Error('bug: a prometheus-agent edge without Receive in the centre');
  return central.receive.url;
}

const config = (inventory: Inventory, unsafeKubelet: boolean) =>
  ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: inventory.fleet.namespace, labels: labels(name), annotations: wave.config },
    data: { 'prometheus.yml': toYaml(agentConfig(inventory, unsafeKubelet)) },
  }) satisfies IConfigMap;

/** prometheus.yml: https://prometheus.io/docs/prometheus/latest/configuration/configuration/ */
export const agentConfig = (inventory: Inventory, unsafeKubelet: boolean) => ({
  global: { scrape_interval: inventory.fleet.scrapeInterval, external_labels: externalLabels },
  scrape_configs: edgeScrapeConfigs(inventory.fleet, name, unsafeKubelet),
  remote_write: [
    {
      // Renaming it starts a new queue and forgets the old one's place in the WAL.
      name: 'central',
      url: receiveUrl(inventory),
      tls_config: {
        ca_file: `${receiveClient}/ca.crt`,
        cert_file: `${receiveClient}/tls.crt`,
        key_file: `${receiveClient}/tls.key`,
      },
      // Receive drops metadata, so sending it would only cost the link.
      metadata_config: { send: false },
      queue_config: {
        capacity: 10_000,
        max_samples_per_send: 2_000,
        min_shards: 1,
        max_shards: 10,
        batch_send_deadline: '5s',
        // A cut link is the normal case: no need to knock thirty times a second.
        min_backoff: '1s',
        max_backoff: '30s',
        // Receive answers 429 when a tenant is over its limit; without this the samples would be dropped.
        retry_on_http_429: true,
      },
    },
  ],
});

const service = (namespace: string) =>
  ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace, labels: labels(name), annotations: wave.config },
    spec: { clusterIP: 'None', selector: selector(name), ports: [{ name: 'http', port: 9090, targetPort: 'http' }] },
  }) satisfies IService;

const statefulSet = (namespace: string, versions: Versions, resources: Resources) =>
  ({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name, namespace, labels: labels(name) },
    spec: {
      replicas: 1,
      serviceName: name,
      selector: { matchLabels: selector(name) },
      template: {
        metadata: { labels: labels(name), annotations: { 'kubectl.kubernetes.io/default-container': name } },
        spec: {
          serviceAccountName: name,
          automountServiceAccountToken: true,
          nodeSelector: { 'kubernetes.io/os': 'linux' },
          securityContext: podSecurity(65534),
          terminationGracePeriodSeconds: flushDeadline * 4,
          containers: [
            {
              name,
              image: image(versions, 'prometheus'),
              args: [
                '--agent',
                '--config.file=/etc/prometheus/config/prometheus.yml',
                ...autoReload(versions),
                '--storage.agent.path=/prometheus',
                `--storage.remote.flush-deadline=${flushDeadline}s`,
                '--web.listen-address=:9090',
              ],
              env: identityEnv,
              ports: [{ name: 'http', containerPort: 9090 }],
              // Replaying a WAL of hours may take minutes; until it is done the other two probes wait.
              startupProbe: { ...httpProbe('/-/ready', 'http'), failureThreshold: 90 },
              readinessProbe: httpProbe('/-/ready', 'http'),
              livenessProbe: httpProbe('/-/healthy', 'http', 30),
              resources,
              securityContext: containerSecurity,
              volumeMounts: [
                { name: 'data', mountPath: '/prometheus' },
                { name: 'config', mountPath: '/etc/prometheus/config', readOnly: true },
                { name: 'receive-client', mountPath: receiveClient, readOnly: true },
                scrapeClientMount,
              ],
            },
          ],
          volumes: [
            { name: 'config', configMap: { name } },
            { name: 'receive-client', secret: { secretName: 'receive-client-tls', defaultMode: 0o440 } },
            scrapeClientVolume,
          ],
        },
      },
      volumeClaimTemplates: [
        {
          apiVersion: 'v1',
          kind: 'PersistentVolumeClaim',
          metadata: { name: 'data' },
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: `${defaultVolume['prometheus-agent']}Gi` } } },
        },
      ],
    },
  }) satisfies IStatefulSet;
