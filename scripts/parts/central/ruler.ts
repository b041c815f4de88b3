import type { IPrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule';
import type { IThanosRuler } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ThanosRuler';
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import type { Provisioned } from '../../advise/size/provision.ts';
import { disruptionBudgets, spread } from '../../kubernetes/disruption.ts';
import { evaluatedBy, labels, selector } from '../../kubernetes/labels.ts';
import { objectStorageEgress, podsOf, ports } from '../../kubernetes/network.ts';
import { podSecurity } from '../../kubernetes/security.ts';
import { serviceAccount } from '../../kubernetes/service-account.ts';
import { wave } from '../../kubernetes/waves.ts';
import { fleetRules } from '../../telemetry/fleet-rules.ts';
import { operatedWithinMemoryLimit } from '../../telemetry/thanos-flags.ts';
import { image, type Versions } from '../../versions.ts';
import type { Part } from '../part.ts';
import { podMonitor } from './pod-monitor.ts';
import { gibibytes, metricsIngress, objectStorageSecret, operatedVolume, thanosPorts, thanosProbes, thanosUser } from './thanos.ts';

/** Also the name that the operator gives to its pods. */
const name = 'thanos-ruler';
const replicas = 2;

/** Evaluates the rules about the fleet on Query, so that an alert does not depend on how an edge's metrics get here. */
export const ruler = (inventory: Provisioned, versions: Versions): Part => {
  const { namespace } = inventory.central;
  return {
    name: 'ruler',
    resources: [
      serviceAccount(name, namespace),
      networkPolicy(namespace),
      ...disruptionBudgets(name, namespace, replicas),
      resource(inventory, versions),
      rules(namespace, versions),
      podMonitor(name, namespace, 'web'),
    ],
    secrets: [objectStorageSecret(inventory)],
  };
};

const networkPolicy = (namespace: string) =>
  ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace, labels: labels(name), annotations: wave.config },
    spec: {
      podSelector: { matchLabels: selector(name) },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: [podsOf('query')], ports: ports(thanosPorts.grpc) }, metricsIngress],
      egress: [
        { to: [podsOf('query')], ports: ports(thanosPorts.http) },
        { to: [podsOf('alertmanager')], ports: ports(9093) },
        objectStorageEgress,
      ],
    },
  }) satisfies INetworkPolicy;

const resource = (inventory: Provisioned, versions: Versions) =>
  ({
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'ThanosRuler',
    metadata: { name: 'central', namespace: inventory.central.namespace, labels: labels(name) },
    spec: {
      image: image(versions, 'thanos'),
      version: versions.thanos,
      replicas,
      evaluationInterval: '30s',
      retention: '48h',
      labels: { rule_replica: '$(POD_NAME)' },
      alertDropLabels: ['rule_replica'],
      ruleSelector: { matchLabels: evaluatedBy.ruler },
      queryEndpoints: [`dnssrv+_http._tcp.query.${inventory.central.namespace}.svc`],
      alertmanagersUrl: [`dnssrv+http://_web._tcp.alertmanager-operated.${inventory.central.namespace}.svc`],
      objectStorageConfig: { name: inventory.fleet.objectStorage.secretName, key: inventory.fleet.objectStorage.key },
      portName: 'web',
      serviceAccountName: name,
      podMetadata: { labels: selector(name) },
      securityContext: podSecurity(thanosUser),
      topologySpreadConstraints: spread(name),
      resources: inventory.provision.inCentre('ruler'),
      additionalArgs: operatedWithinMemoryLimit,
      storage: operatedVolume(inventory, gibibytes(inventory.provision.size.centre.storage.ruler)),
      // The operator gives this container no probes.
      containers: [
        {
          name: 'thanos-ruler',
          readinessProbe: { ...thanosProbes.readinessProbe, httpGet: { path: '/-/ready', port: 'web' } },
          livenessProbe: { ...thanosProbes.livenessProbe, httpGet: { path: '/-/healthy', port: 'web' } },
        },
      ],
    },
  }) satisfies IThanosRuler;

const rules = (namespace: string, versions: Versions) =>
  ({
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name: 'fleet', namespace, labels: { ...labels(name), ...evaluatedBy.ruler }, annotations: wave.monitors },
    spec: { groups: fleetRules(versions) },
  }) satisfies IPrometheusRule;
