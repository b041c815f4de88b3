import type { IAlertmanager } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/Alertmanager';
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import type { IService } from 'kubernetes-models/v1/Service';
import type { Provisioned } from '../../advise/size/provision.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import { disruptionBudgets, spread } from '../../kubernetes/disruption.ts';
import { labels, selector } from '../../kubernetes/labels.ts';
import { podsOf, ports } from '../../kubernetes/network.ts';
import { podSecurity } from '../../kubernetes/security.ts';
import { serviceAccount } from '../../kubernetes/service-account.ts';
import { wave } from '../../kubernetes/waves.ts';
import { image, type Versions } from '../../versions.ts';
import type { Part } from '../part.ts';
import { sidecarEdges } from './needs.ts';
import { podMonitor } from './pod-monitor.ts';
import { gibibytes, operatedVolume } from './thanos.ts';

/** Also the name that the operator gives to its pods. */
const name = 'alertmanager';

/** Receives the alerts of the Ruler, the central Prometheus and the alert gateway, and notifies people as the Secret says. */
export const alertmanager = (inventory: Provisioned, versions: Versions): Part => {
  const { namespace, alertmanager: settings } = inventory.central;
  return {
    name,
    resources: [
      serviceAccount(name, namespace),
      ...(sidecarEdges(inventory).length > 0 ? [service(namespace)] : []),
      networkPolicy(inventory),
      ...disruptionBudgets(name, namespace, settings.replicas),
      resource(inventory, versions),
      podMonitor(name, namespace, 'web'),
    ],
    secrets: [
      {
        namespace,
        name: 'alertmanager-config',
        keys: ['alertmanager.yaml'],
        purpose:
          'Configuration of Alertmanager: routes, receivers and their credentials. Route the alert Watchdog to a heartbeat outside the fleet, which raises the alarm when it stops.',
      },
    ],
  };
};

/**
 * For the alert gateway, which knows one address. Alertmanagers share what they have sent, not what they were told: an edge whose
 * alerts went to one and then to another would look resolved to the first, so the gateway stays with the one it has.
 */
const service = (namespace: string) =>
  ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace, labels: labels(name), annotations: wave.config },
    spec: {
      type: 'ClusterIP',
      sessionAffinity: 'ClientIP',
      selector: selector(name),
      ports: [{ name: 'web', port: 9093, targetPort: 'web' }],
    },
  }) satisfies IService;

const networkPolicy = (inventory: Inventory) =>
  ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace: inventory.central.namespace, labels: labels(name), annotations: wave.config },
    spec: {
      podSelector: { matchLabels: selector(name) },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        {
          from: [podsOf('prometheus'), podsOf('thanos-ruler'), ...(sidecarEdges(inventory).length > 0 ? [podsOf('alert-gateway')] : [])],
          ports: ports(9093),
        },
        { from: [podsOf(name)], ports: mesh },
      ],
      egress: [
        { to: [podsOf(name)], ports: mesh },
        // Receivers, which only the Secret knows: HTTPS, or mail by submission.
        { ports: ports(443, 587) },
      ],
    },
  }) satisfies INetworkPolicy;

/** Alertmanagers gossip over both. */
const mesh = [
  { protocol: 'TCP' as const, port: 9094 },
  { protocol: 'UDP' as const, port: 9094 },
];

const resource = (inventory: Provisioned, versions: Versions) =>
  ({
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'Alertmanager',
    metadata: { name: 'central', namespace: inventory.central.namespace, labels: labels(name) },
    spec: {
      image: image(versions, 'alertmanager'),
      version: versions.alertmanager,
      replicas: inventory.central.alertmanager.replicas,
      configSecret: 'alertmanager-config',
      retention: '120h',
      portName: 'web',
      serviceAccountName: name,
      automountServiceAccountToken: false,
      podMetadata: { labels: selector(name) },
      securityContext: podSecurity(65534),
      topologySpreadConstraints: spread(name),
      resources: inventory.provision.inCentre(name),
      storage: operatedVolume(inventory, gibibytes(inventory.provision.size.centre.storage.alertmanager)),
    },
  }) satisfies IAlertmanager;
