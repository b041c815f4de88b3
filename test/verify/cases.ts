import { createHash } from 'node:crypto';
import type { Resource } from '../../scripts/kubernetes/resource.ts';
import type { Code, Context } from '../../scripts/verify/index.ts';
import {
  add,
  agentConfig,
  agentContext,
  agentEdge,
  type Change,
  centralContext,
  centre,
  configMap,
  drop,
  prometheusRule,
  put,
  scrapeConfig,
  service,
  serviceAccount,
  sidecarConfig,
  sidecarContext,
  sidecarEdge,
} from './example.ts';

interface Case {
  readonly code: Code;
  readonly what: string;
  readonly manifests: () => readonly Resource[];
  readonly context: Context;
}

const on =
  (base: () => Resource[], context: Context) =>
  (code: Code, what: string, ...changes: readonly Change[]): Case => ({
    code,
    what,
    manifests: () => changes.reduce((manifests, change) => change(manifests), base()),
    context,
  });

const agent = on(agentEdge, agentContext);
const sidecar = on(sidecarEdge, sidecarContext);
const central = on(centre, centralContext);

const ns = 'edge-metrics';
const metrics = 'metrics-central';
const pod = 'spec/template/spec';
const first = `${pod}/containers/0`;
const agentSet = 'StatefulSet prometheus-agent';
const ksm = 'Deployment kube-state-metrics';

const without = (prefix: string) => (args: readonly string[]) => args.filter((arg) => !arg.startsWith(prefix));
const plus =
  (...more: readonly unknown[]) =>
  (list: readonly unknown[] = []) => [...list, ...more];
const instead = (prefix: string, arg: string) => (args: readonly string[]) => args.map((one) => (one.startsWith(prefix) ? arg : one));

const agentYaml = (change: object) =>
  put('ConfigMap prometheus-agent', 'data/prometheus.yml', JSON.stringify({ ...agentConfig, ...change }));
const remoteWrite = (change: object) => agentYaml({ remote_write: [{ ...agentConfig.remote_write[0], ...change }] });

const object = (apiVersion: string, kind: string, name: string, namespace: string | undefined, rest: object = {}): Resource => ({
  apiVersion,
  kind,
  metadata: namespace === undefined ? { name } : { name, namespace },
  ...rest,
});

export const cases: readonly Case[] = [
  // Objects
  agent('verify/duplicate-object', 'F16: one object twice', add(serviceAccount('prometheus-agent', ns))),
  agent('verify/unknown-kind', 'a misspelt apiVersion', put('ServiceAccount prometheus-agent', 'apiVersion', 'v2')),
  agent(
    'verify/scope',
    'a namespaced object without a namespace',
    add({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'lost' } }),
  ),
  agent(
    'verify/scope',
    'a cluster-scoped object with one',
    put('ClusterRole fleetc-kube-state-metrics', 'metadata/namespace', ns),
    put('ClusterRole fleetc-kube-state-metrics', 'metadata/name', 'kept'),
    add(
      object('rbac.authorization.k8s.io/v1', 'ClusterRole', 'fleetc-kube-state-metrics', undefined, {
        rules: [{ apiGroups: [''], resources: ['nodes', 'pods'], verbs: ['list'] }],
      }),
    ),
  ),
  agent('verify/missing-namespace', 'F17: an object in a namespace that is not there', add(configMap('x', 'nowhere', {}))),
  agent('verify/name', 'F16: a Service of 64 characters', add(service('a'.repeat(64), ns, { ports: [{ port: 80 }] }))),
  agent('verify/name', 'F16: a Service that starts with a digit', add(service('1st', ns, { ports: [{ port: 80 }] }))),
  agent('verify/name', 'F16: a name with a capital letter', add(configMap('Config', ns, {}))),
  agent(
    'verify/name',
    'two containers of one name',
    put(agentSet, `${pod}/initContainers`, () => [
      {
        name: 'prometheus-agent',
        image: 'a/b:v1',
        resources: { requests: { cpu: '1', memory: '1Mi' }, limits: { memory: '1Mi' } },
        securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
      },
    ]),
  ),
  agent('verify/label', 'F16: a label of 64 characters', put('Service prometheus-agent', 'metadata/labels', { x: 'a'.repeat(64) })),
  agent('verify/label', 'F8: a label that YAML took for a number', put('Service prometheus-agent', 'metadata/labels', { version: 1.1 })),
  agent(
    'verify/label',
    'F8: a pod label that YAML took for a boolean',
    put(agentSet, `${pod.replace('/spec', '')}/metadata/labels/on`, true),
  ),
  agent('verify/label', 'a key with a blank', put('Service prometheus-agent', 'metadata/labels', { 'a b': 'c' })),
  agent('verify/annotation', 'F32: an annotation that is no string', put('Service prometheus-agent', 'metadata/annotations', { x: 1 })),
  agent('verify/endpoints', 'G10: the kind Endpoints', add(object('v1', 'Endpoints', 'x', ns))),
  central(
    'verify/endpoint-slice',
    'G10: an EndpointSlice that Argo CD would skip',
    add(service('edge', metrics, { clusterIP: 'None', ports: [{ name: 'metrics', port: 9100 }] }), {
      ...object('discovery.k8s.io/v1', 'EndpointSlice', 'edge', metrics, { ports: [{ name: 'metrics', port: 9100 }], endpoints: [] }),
      metadata: { name: 'edge', namespace: metrics, labels: { 'kubernetes.io/service-name': 'edge' } },
    }),
  ),
  agent('verify/secret-data', 'G2, F20: a Secret with bytes', add(object('v1', 'Secret', 'x', ns, { stringData: { user: 'x' } }))),
  agent('verify/secret-text', 'G2, F20: a private key', add(configMap('x', ns, { 'tls.key': '-----BEGIN EC PRIVATE KEY-----\nMHc\n' }))),
  agent(
    'verify/secret-text',
    'G2, F20: credentials of an object store',
    add(configMap('x', ns, { 'objstore.yml': 'config:\n  secret_key: abcdefgh\n' })),
  ),
  agent('verify/secret-text', 'G2, F20: a token', add(configMap('x', ns, { header: 'Authorization: Bearer abcdefghijklmnopqrstuvwxyz' }))),
  agent('verify/object-size', 'F19: 200 KB without server-side apply', add(configMap('x', ns, { text: 'x'.repeat(201_000) }))),
  agent(
    'verify/object-size',
    'F19: more than etcd takes',
    add({
      ...configMap('x', ns, { text: 'x'.repeat(1_001_000) }),
      metadata: { name: 'x', namespace: ns, annotations: { 'argocd.argoproj.io/sync-options': 'ServerSideApply=true' } },
    }),
  ),
  agent('verify/too-many-objects', 'F19: 301 objects', add(...Array.from({ length: 300 }, (_, i) => configMap(`x-${i}`, ns, {})))),
  on(centre, { ...centralContext, dividesBySize: true, overlays: [80, 40] })(
    'verify/about-to-divide',
    'F5: a centre that divided by its size',
  ),
  agent(
    'verify/placeholder',
    'F24: a value that a template left out',
    put('Service prometheus-agent', 'metadata/annotations', { x: '<no value>' }),
  ),
  agent('verify/placeholder', 'a template in a ConfigMap', add(configMap('x', ns, { text: 'cluster: {{.cluster}}' }))),
  agent('verify/placeholder', 'an object that became text', add(configMap('x', ns, { text: '[object Object]' }))),
  agent(
    'verify/sync-wave',
    'F32: a wave that is no whole number',
    put(agentSet, 'metadata/annotations', { 'argocd.argoproj.io/sync-wave': 'late' }),
  ),
  agent(
    'verify/sync-wave',
    'F32: a workload before its configuration',
    put(agentSet, 'metadata/annotations', { 'argocd.argoproj.io/sync-wave': '-30' }),
  ),
  agent(
    'verify/sync-wave',
    'F32: six waves',
    add(
      ...[20, 21, 22, 23, 24].map((wave) => ({
        ...object('policy/v1', 'PodDisruptionBudget', `x-${wave}`, ns, {
          spec: { selector: { matchLabels: { 'app.kubernetes.io/name': 'node-exporter' } } },
        }),
        metadata: { name: `x-${wave}`, namespace: 'edge-metrics-host', annotations: { 'argocd.argoproj.io/sync-wave': String(wave) } },
      })),
    ),
  ),
  agent('verify/pod-security-level', 'G7: a namespace without a level', add(object('v1', 'Namespace', 'x', undefined))),
  agent('verify/host-access', 'G7: a host network in a restricted namespace', put(ksm, `${pod}/hostNetwork`, true)),
  agent(
    'verify/host-access',
    'G7: a host path in a restricted namespace',
    put(ksm, `${pod}/volumes`, [{ name: 'root', hostPath: { path: '/' } }]),
    put(ksm, `${first}/volumeMounts`, [{ name: 'root', mountPath: '/host' }]),
  ),

  // References
  agent(
    'verify/missing-config-map',
    'F17: a volume',
    put(agentSet, `${pod}/volumes`, plus({ name: 'x', configMap: { name: 'x' } })),
    put(agentSet, `${first}/volumeMounts`, plus({ name: 'x', mountPath: '/x' })),
  ),
  agent('verify/missing-config-map', 'F17: a key of a variable', put('ConfigMap cluster-identity', 'data/REGION', undefined)),
  agent('verify/missing-secret', 'G2, F17: a volume', put(agentSet, `${pod}/volumes/1/secret/secretName`, 'x')),
  agent(
    'verify/missing-secret',
    'G2, F17: a variable',
    put(agentSet, `${first}/env`, plus({ name: 'X', valueFrom: { secretKeyRef: { name: 'x', key: 'y' } } })),
  ),
  agent(
    'verify/missing-secret',
    'G2, F17: all of a Secret as variables',
    put(agentSet, `${first}/envFrom`, [{ secretRef: { name: 'x' } }]),
  ),
  agent('verify/missing-secret', 'G2, F17: a pull secret', put(agentSet, `${pod}/imagePullSecrets`, [{ name: 'x' }])),
  agent(
    'verify/missing-secret',
    'G2, F17: a projected volume',
    put(agentSet, `${pod}/volumes`, plus({ name: 'x', projected: { sources: [{ secret: { name: 'x' } }] } })),
    put(agentSet, `${first}/volumeMounts`, plus({ name: 'x', mountPath: '/x' })),
  ),
  sidecar(
    'verify/missing-secret',
    'G2, F17: a key of a Secret that somebody provides',
    put('StatefulSet edge-prometheus', `${pod}/volumes/1/secret/items/0/key`, 'objstore.yaml'),
  ),
  central(
    'verify/missing-secret',
    'G2, F17: the bucket of a Prometheus',
    put('Prometheus central', 'spec/thanos/objectStorageConfig/name', 'x'),
  ),
  central(
    'verify/missing-secret',
    'G20, F17: credentials of a ScrapeConfig',
    put('ScrapeConfig kubelet', 'spec/tlsConfig/ca/secret/key', 'x'),
  ),
  central('verify/missing-secret', 'G2, F17: the configuration of an Alertmanager', put('Alertmanager central', 'spec/configSecret', 'x')),
  central('verify/missing-config-map', 'F17: a file of a Prometheus', put('Prometheus central', 'spec/configMaps', ['x'])),
  agent('verify/missing-service-account', 'G3: one that is not there', drop('ServiceAccount prometheus-agent')),
  agent('verify/missing-service-account', 'G3: none', put(agentSet, `${pod}/serviceAccountName`, undefined)),
  central('verify/missing-service-account', 'G3: of a Prometheus', drop('ServiceAccount prometheus')),
  agent('verify/missing-volume', 'a mount of nothing', put(agentSet, `${first}/volumeMounts`, plus({ name: 'x', mountPath: '/x' }))),
  agent('verify/missing-volume', 'a volume that nothing mounts', put(agentSet, `${pod}/volumes`, plus({ name: 'x', emptyDir: {} }))),
  agent(
    'verify/missing-volume',
    'F17: a claim',
    put(agentSet, `${pod}/volumes`, plus({ name: 'x', persistentVolumeClaim: { claimName: 'x' } })),
    put(agentSet, `${first}/volumeMounts`, plus({ name: 'x', mountPath: '/x' })),
  ),
  agent('verify/missing-role', 'G3, F17: a binding of no role', put('ClusterRoleBinding fleetc-kube-state-metrics', 'roleRef/name', 'x')),
  agent(
    'verify/missing-subject',
    'G3, F17: a binding of a ServiceAccount in another namespace',
    put('ClusterRoleBinding fleetc-kube-state-metrics', 'subjects/0/namespace', 'edge-metrics-host'),
  ),
  agent('verify/missing-governing-service', 'a StatefulSet without its Service', put(agentSet, 'spec/serviceName', 'x')),
  agent(
    'verify/missing-service',
    'A6: an address of no Service',
    add(configMap('x', ns, { url: `http://kube-state-metrics-2.${ns}.svc:8443/` })),
  ),
  agent(
    'verify/missing-service',
    'F18: an address with another port',
    add(configMap('x', ns, { url: `http://kube-state-metrics.${ns}.svc:8080/` })),
  ),
  central(
    'verify/missing-service',
    'an SRV record of no port',
    put('ThanosRuler central', 'spec/queryEndpoints', [`dnssrv+_https._tcp.store.${metrics}.svc`]),
  ),
  agent(
    'verify/missing-variable',
    'an argument with a variable that is not there',
    put(agentSet, `${first}/args`, plus('--web.external-url=http://$(NODE)/')),
  ),

  // Selectors and ports
  agent('verify/service-selects-nothing', 'F18', add(service('x', ns, { selector: { app: 'x' }, ports: [{ port: 80 }] }))),
  agent(
    'verify/service-selects-nothing',
    'G33: a Service for a replica that is not there',
    add(
      service('x', ns, {
        selector: { 'statefulset.kubernetes.io/pod-name': 'prometheus-agent-1', 'app.kubernetes.io/name': 'prometheus-agent' },
        ports: [{ port: 9090 }],
      }),
    ),
  ),
  agent(
    'verify/disruption-budget-selects-nothing',
    'F18',
    add(object('policy/v1', 'PodDisruptionBudget', 'x', ns, { spec: { selector: { matchLabels: { app: 'x' } } } })),
  ),
  agent(
    'verify/disruption-budget-of-one',
    'G12: one of a single replica',
    add(
      object('policy/v1', 'PodDisruptionBudget', 'x', ns, {
        spec: { selector: { matchLabels: { 'app.kubernetes.io/name': 'prometheus-agent' } } },
      }),
    ),
  ),
  agent(
    'verify/network-policy-selects-nothing',
    'F18',
    put('NetworkPolicy kube-state-metrics', 'spec/podSelector/matchLabels', { app: 'x' }),
  ),
  agent(
    'verify/network-policy-selects-nothing',
    'F18: a peer',
    put('NetworkPolicy kube-state-metrics', 'spec/ingress/0/from', [{ podSelector: { matchLabels: { app: 'x' } } }]),
  ),
  agent(
    'verify/network-policy-port',
    'F18: a port of the Service, not of the pods',
    put('NetworkPolicy kube-state-metrics', 'spec/ingress/0/ports/0/port', 443),
  ),
  central(
    'verify/network-policy-port',
    'F18: a port that a peer does not have',
    put('NetworkPolicy receive-router', 'spec/egress/0/ports/0/port', 19291),
  ),
  agent('verify/workload-selector', 'a selector of other pods', put(ksm, 'spec/selector/matchLabels', { app: 'x' })),
  agent(
    'verify/shared-selector',
    'a selector of another workload, too',
    put(ksm, 'spec/selector/matchLabels', { part: 'x' }),
    put(ksm, `${pod.replace('/spec', '')}/metadata/labels/part`, 'x'),
    put(agentSet, `${pod.replace('/spec', '')}/metadata/labels/part`, 'x'),
  ),
  agent(
    'verify/service-port',
    'F18: a name that no container has',
    put('Service kube-state-metrics', 'spec/ports/0/targetPort', 'metrics'),
  ),
  agent('verify/service-port', 'F18: a number that no container has', put('Service kube-state-metrics', 'spec/ports/0/targetPort', 8080)),
  agent('verify/probe-port', 'F18', put(ksm, `${first}/readinessProbe/tcpSocket/port`, 'metrics')),
  agent('verify/port', 'a name of 16 characters', add(service('x', ns, { ports: [{ name: 'a'.repeat(16), port: 80 }] }))),
  agent('verify/port', 'a number that is none', add(service('x', ns, { ports: [{ port: 70000 }] }))),
  agent('verify/port', 'G21: a node port outside of the range', put('Service kube-state-metrics', 'spec/ports/0/nodePort', 8443)),
  agent(
    'verify/port',
    'a node port that two Services want',
    add(service('x', ns, { type: 'NodePort', ports: [{ port: 80, nodePort: 30443 }] })),
  ),
  agent(
    'verify/port',
    'two ports of one name',
    add(
      service('x', ns, {
        ports: [
          { name: 'a', port: 80 },
          { name: 'a', port: 81 },
        ],
      }),
    ),
  ),
  central('verify/monitor-selects-nothing', 'F18: a PodMonitor', put('PodMonitor query', 'spec/selector/matchLabels', { app: 'x' })),
  central(
    'verify/monitor-selects-nothing',
    'F18: a port that the pods do not have',
    put('PodMonitor query', 'spec/podMetricsEndpoints/0/port', 'metrics'),
  ),
  central(
    'verify/monitor-selects-nothing',
    'A3: a ServiceMonitor',
    add(
      object('monitoring.coreos.com/v1', 'ServiceMonitor', 'x', metrics, {
        spec: { selector: { matchLabels: { app: 'kubelet' } }, endpoints: [] },
      }),
    ),
  ),
  central(
    'verify/not-selected',
    'G22: a ScrapeConfig that no Prometheus takes',
    put('ScrapeConfig node-exporter', 'metadata/labels', { scrape: 'no' }),
  ),
  central(
    'verify/not-selected',
    'G22: no scrapeConfigSelector selects nothing',
    put('Prometheus central', 'spec/scrapeConfigSelector', undefined),
  ),
  central(
    'verify/load-balancer-port',
    'G29, A27: StoreAPI for the world',
    put('Service receive-router', 'spec/ports', plus({ name: 'http', port: 10902, targetPort: 'http' })),
  ),

  // Workloads
  agent(
    'verify/image',
    'G4, F12: no tag',
    put(agentSet, `${first}/image`, 'quay.io/prometheus/prometheus'),
    put(agentSet, `${first}/image`, 'quay.io:5000/prometheus/prometheus@'),
  ),
  agent('verify/image', 'G4, F12: latest', put(agentSet, `${first}/image`, 'quay.io/prometheus/prometheus:latest')),
  central('verify/image', 'G4, F12: none', put('Prometheus central', 'spec/image', undefined)),
  agent(
    'verify/security-context',
    'G5: a container that may gain rights',
    put(agentSet, `${first}/securityContext/allowPrivilegeEscalation`, undefined),
  ),
  agent('verify/security-context', 'G5: capabilities', put(agentSet, `${first}/securityContext/capabilities`, undefined)),
  agent(
    'verify/security-context',
    'G5: a root file system that can be written',
    put(agentSet, `${first}/securityContext/readOnlyRootFilesystem`, false),
  ),
  agent('verify/security-context', 'G5: no seccomp profile', put(agentSet, `${pod}/securityContext/seccompProfile`, undefined)),
  central(
    'verify/security-context',
    'G5: a Prometheus that may be root',
    put('Prometheus central', 'spec/securityContext/runAsNonRoot', undefined),
  ),
  agent('verify/resources', 'G5: no memory limit', put(agentSet, `${first}/resources/limits`, undefined)),
  central('verify/resources', 'G5: a sidecar without requests', put('Prometheus central', 'spec/thanos/resources', undefined)),
  agent('verify/probes', 'G5: no liveness probe', put(agentSet, `${first}/livenessProbe`, undefined)),
  agent('verify/volume-group', 'G6, A12: no fsGroup', put(agentSet, `${pod}/securityContext/fsGroup`, undefined)),
  central('verify/volume-group', 'G6: of a Prometheus', put('Prometheus central', 'spec/securityContext/fsGroup', undefined)),

  // Access
  agent('verify/role-wildcard', 'G8', put('ClusterRole fleetc-kube-state-metrics', 'rules/0/verbs', ['*'])),
  agent(
    'verify/role-dangerous',
    'G8: nodes/proxy',
    add(
      object('rbac.authorization.k8s.io/v1', 'ClusterRole', 'x', undefined, {
        rules: [{ apiGroups: [''], resources: ['nodes/proxy'], verbs: ['get'] }],
      }),
    ),
  ),
  agent(
    'verify/scraper-role',
    'G8: a scraper with more than nodes/metrics',
    add(
      object('rbac.authorization.k8s.io/v1', 'ClusterRole', 'fleetc-central-scraper', undefined, {
        rules: [{ apiGroups: [''], resources: ['nodes/metrics', 'nodes/stats'], verbs: ['get'] }],
      }),
    ),
  ),
  agent('verify/read-only-kubelet-port', 'G8, A29', add(configMap('x', ns, { target: '192.0.2.9:10255' }))),
  agent(
    'verify/skip-verify',
    'G9: in a Prometheus configuration',
    agentYaml({ scrape_configs: [{ job_name: 'kubelet', honor_labels: true, tls_config: { insecure_skip_verify: true } }] }),
  ),
  central('telemetry/configuration-size', 'G22: more than one Secret holds', (manifests) => {
    const [one] = manifests.filter(({ kind, metadata }) => kind === 'ScrapeConfig' && metadata.name === 'node-exporter');
    const noise = (i: number) => Array.from({ length: 1_400 }, (_, n) => createHash('sha512').update(`${i} ${n}`).digest('hex')).join('');
    return [
      ...manifests,
      ...Array.from({ length: 12 }, (_, i) => {
        const copy = structuredClone(one) as Resource & { spec: { metricsPath?: string } };
        return { ...copy, metadata: { ...copy.metadata, name: `noise-${i}` }, spec: { ...copy.spec, params: { noise: [noise(i)] } } };
      }),
    ];
  }),
  central('verify/skip-verify', 'G9: in a ScrapeConfig', put('ScrapeConfig node-exporter', 'spec/tlsConfig', { insecureSkipVerify: true })),
  {
    ...central(
      'verify/token-without-verification',
      'G9, A28: a token to whoever answers, though the inventory accepts it',
      put('ScrapeConfig kubelet', 'spec/tlsConfig', { insecureSkipVerify: true }),
    ),
    context: { ...centralContext, unsafeSkipVerify: true },
  },

  // Telemetry
  central(
    'telemetry/address-overwritten',
    'G18, G42 A2: one address for every target',
    put('ScrapeConfig node-exporter', 'spec/relabelings', [{ targetLabel: '__address__', replacement: '192.0.2.9:9100' }]),
  ),
  central(
    'telemetry/address-overwritten',
    'G18, G42 A2: in a ServiceMonitor',
    add(
      service('edge', metrics, { ports: [{ name: 'metrics', port: 9100 }] }),
      object('monitoring.coreos.com/v1', 'ServiceMonitor', 'x', metrics, {
        spec: {
          selector: {},
          endpoints: [{ port: 'grpc', honorLabels: true, relabelings: [{ targetLabel: '__address__', replacement: '192.0.2.9:9100' }] }],
        },
      }),
    ),
  ),
  agent(
    'telemetry/address-overwritten',
    'G18: in a Prometheus configuration',
    agentYaml({
      scrape_configs: [{ job_name: 'x', relabel_configs: [{ target_label: '__address__', replacement: 'kubernetes.default.svc:443' }] }],
    }),
  ),
  central(
    'telemetry/central-token-to-edge',
    'G20, G42 A4: the token in the pod',
    put('ScrapeConfig kubelet', 'spec/bearerTokenFile', '/var/run/secrets/kubernetes.io/serviceaccount/token'),
  ),
  central(
    'telemetry/central-token-to-edge',
    'G42 A4: the token in a Secret of the centre',
    add(object('v1', 'Secret', 'prometheus-token', metrics, { type: 'kubernetes.io/service-account-token' })),
    put('ScrapeConfig kubelet', 'spec/authorization/credentials/name', 'prometheus-token'),
  ),
  central(
    'telemetry/honoured-labels',
    'G19, A18: kube-state-metrics',
    put('ScrapeConfig kube-state-metrics', 'spec/honorLabels', undefined),
  ),
  central('telemetry/honoured-labels', 'G19: timestamps of cAdvisor', put('ScrapeConfig cadvisor', 'spec/honorTimestamps', true)),
  central('telemetry/honoured-labels', 'G19, A20: cAdvisor under another job', put('ScrapeConfig cadvisor', 'spec/jobName', 'cadvisor')),
  agent('telemetry/honoured-labels', 'G19: on the edge', agentYaml({ scrape_configs: [{ job_name: 'kubelet' }] })),
  agent('telemetry/kube-state-metrics', 'G21, A31: text that is not compressed', put(ksm, `${first}/args`, without('--enable-gzip'))),
  agent(
    'telemetry/kube-state-metrics',
    'G21, A31: Secrets',
    put(ksm, `${first}/args`, instead('--resources', '--resources=nodes,pods,secrets')),
    put('ClusterRole fleetc-kube-state-metrics', 'metadata/name', 'other'),
    put('ClusterRoleBinding fleetc-kube-state-metrics', 'roleRef/name', 'other'),
  ),
  agent('telemetry/kube-state-metrics', 'two replicas', put(ksm, 'spec/replicas', 2)),
  agent(
    'telemetry/kube-state-metrics-role',
    'a right that is missing',
    put(ksm, `${first}/args`, instead('--resources', '--resources=nodes,pods,services')),
  ),
  central(
    'telemetry/cluster-in-central-external-labels',
    'G14, G42 A22',
    put('Prometheus central', 'spec/externalLabels', { cluster: 'cluster-01' }),
  ),
  central('telemetry/central-replica-label', 'G14', put('Prometheus central', 'spec/replicaExternalLabelName', undefined)),
  central('telemetry/rule-owner', 'G38: a rule that two evaluate', put('ThanosRuler central', 'spec/ruleSelector', {})),
  central(
    'telemetry/rule-owner',
    'G38: a name that two record',
    add(prometheusRule('x', 'prometheus', [{ record: 'edge_cluster:expected', expr: '1' }])),
  ),
  central('telemetry/no-watchdog', 'G38', put('PrometheusRule central', 'spec/groups/0/rules/0/alert', 'Other')),
  agent(
    'telemetry/external-labels',
    'G32: no region',
    agentYaml({ global: { external_labels: { cluster: 'a', prometheus_replica: 'b' } } }),
  ),
  agent(
    'telemetry/external-labels',
    'G32: a variable that the container does not have',
    put(agentSet, `${first}/env`, (env: readonly { name: string }[]) => env.filter(({ name }) => name !== 'CLUSTER')),
  ),
  central('telemetry/removed-store-flag', 'G35, G42 A10', put('Deployment query', `${first}/args`, plus('--store=store:10901'))),
  agent(
    'telemetry/option',
    'F21: an agent edge with two Prometheus',
    put(agentSet, `${pod}/containers`, (all: readonly { ports: readonly object[] }[]) => [
      ...all,
      {
        ...all[0],
        name: 'x',
        args: [],
        ports: [{ name: 'other', containerPort: 9091 }],
        readinessProbe: { tcpSocket: { port: 'other' } },
        livenessProbe: { tcpSocket: { port: 'other' } },
      },
    ]),
  ),
  { ...agent('telemetry/option', 'F21: a Prometheus on a remote-scrape edge'), context: { ...agentContext, option: 'remote-scrape' } },
  agent(
    'telemetry/option',
    'F21: no node-exporter',
    drop('DaemonSet node-exporter'),
    drop('Namespace edge-metrics-host'),
    drop('ServiceAccount node-exporter'),
  ),

  agent('telemetry/agent-feature-flag', 'G23, G42 A9', put(agentSet, `${first}/args`, instead('--agent', '--enable-feature=agent'))),
  agent('telemetry/agent-storage', 'G23: storage of a server', put(agentSet, `${first}/args`, plus('--storage.tsdb.retention.time=2h'))),
  agent('telemetry/agent-configuration', 'G23: rules', agentYaml({ rule_files: ['x'] })),
  agent('telemetry/agent-configuration', 'no remote_write', agentYaml({ remote_write: [] })),
  agent('telemetry/agent-backlog', 'G25: no reload', put(agentSet, `${first}/args`, without('--config.auto-reload'))),
  agent(
    'telemetry/agent-backlog',
    'G25: a name with a hash',
    put('ConfigMap prometheus-agent', 'metadata/name', 'prometheus-agent-5h2k9mfc8t'),
    put(agentSet, `${pod}/volumes/0/configMap/name`, 'prometheus-agent-5h2k9mfc8t'),
  ),
  agent('telemetry/agent-backlog', 'G25: killed before it has flushed', put(agentSet, `${pod}/terminationGracePeriodSeconds`, 30)),
  agent(
    'telemetry/agent-backlog',
    'a WAL that goes with the pod',
    put(agentSet, 'spec/volumeClaimTemplates', undefined),
    put(agentSet, `${pod}/volumes`, plus({ name: 'data', emptyDir: {} })),
  ),
  agent('telemetry/remote-write-v2', 'G42 A26', remoteWrite({ protobuf_message: 'io.prometheus.write.v2.Request' })),
  central(
    'telemetry/remote-write-v2',
    'G42 A26: of a Prometheus',
    put('Prometheus central', 'spec/remoteWrite', [{ url: 'https://x', messageVersion: 'V2.0' }]),
  ),
  agent(
    'telemetry/remote-write-target',
    'G24, A7: a name of another cluster',
    remoteWrite({ url: 'https://receive.metrics.svc.cluster-01.local:19291/api/v1/receive' }),
  ),
  agent('telemetry/remote-write-target', 'G24, A27: plain HTTP', remoteWrite({ url: 'http://receive.example:19291/api/v1/receive' })),
  agent('telemetry/remote-write-target', 'F21: another centre', remoteWrite({ url: 'https://other.example:19291/api/v1/receive' })),
  agent('telemetry/remote-write-target', 'G24: no client certificate', remoteWrite({ tls_config: { ca_file: '/tls/ca.crt' } })),

  central(
    'telemetry/receive-without-hashring',
    'G42 A1',
    put('StatefulSet receive-ingestor', `${first}/args`, plus('--receive.replication-factor=2')),
  ),
  central(
    'telemetry/receive-router',
    'G26: hashmod',
    put('Deployment receive-router', `${first}/args`, without('--receive.hashrings-algorithm')),
  ),
  central(
    'telemetry/receive-router',
    'G26: two copies',
    put('Deployment receive-router', `${first}/args`, instead('--receive.replication', '--receive.replication-factor=2')),
  ),
  central(
    'telemetry/receive-router',
    'G26: nobody asks for a certificate',
    put('Deployment receive-router', `${first}/args`, without('--remote-write.server-tls-client-ca')),
  ),
  central(
    'telemetry/receive-router',
    'G26: a local endpoint',
    put('Deployment receive-router', `${first}/args`, plus('--receive.local-endpoint=x:10901')),
  ),
  central(
    'telemetry/receive-ingestor',
    'G27: a label that is no Go string',
    put('StatefulSet receive-ingestor', `${first}/args`, instead('--label', '--label=receive_replica=$(POD_NAME)')),
  ),
  central(
    'telemetry/receive-ingestor',
    'G27: the tenant is not the cluster',
    put('StatefulSet receive-ingestor', `${first}/args`, without('--receive.tenant-label-name')),
  ),
  central(
    'telemetry/receive-ingestor',
    'G27, A24: two hours',
    put('StatefulSet receive-ingestor', `${first}/args`, instead('--tsdb.retention', '--tsdb.retention=2h')),
  ),
  central('telemetry/hashring', 'G28: another number of ingestors', put('StatefulSet receive-ingestor', 'spec/replicas', 4)),
  central('telemetry/hashring', 'G28: a file that is no hashring', put('ConfigMap receive-hashrings', 'data/hashrings.json', '{')),
  central('telemetry/governing-service-not-headless', 'G28, G42 A11', put('Service compact', 'spec/clusterIP', undefined)),
  central('telemetry/ingestor-disruption', 'G30: two at once', put('PodDisruptionBudget receive-ingestor', 'spec/maxUnavailable', 2)),
  central(
    'telemetry/ingestor-disruption',
    'G30: killed before it has uploaded',
    put('StatefulSet receive-ingestor', `${pod}/terminationGracePeriodSeconds`, 30),
  ),

  sidecar(
    'telemetry/block-upload',
    'G31: neither rule',
    put('StatefulSet edge-prometheus', `${first}/args`, without('--storage.tsdb.delay')),
  ),
  sidecar(
    'telemetry/block-upload',
    'G31: both rules',
    put(
      'StatefulSet edge-prometheus',
      `${first}/args`,
      plus('--storage.tsdb.min-block-duration=2h', '--storage.tsdb.max-block-duration=2h'),
    ),
  ),
  sidecar(
    'telemetry/block-upload',
    'G31: another file than the sidecar writes',
    put(
      'StatefulSet edge-prometheus',
      `${first}/args`,
      instead('--storage.tsdb.delay', '--storage.tsdb.delay-compact-file.path=/prometheus/x.json'),
    ),
  ),
  sidecar(
    'telemetry/block-upload',
    'G31: chunks as xor2',
    put(
      'ConfigMap edge-prometheus',
      'data/prometheus.yml',
      JSON.stringify({ ...sidecarConfig, storage: { tsdb: { retention: { time: '3d' }, chunk_encoding: { floats: 'xor2' } } } }),
    ),
  ),
  sidecar(
    'telemetry/edge-retention',
    'G34: two hours',
    put(
      'ConfigMap edge-prometheus',
      'data/prometheus.yml',
      JSON.stringify({ ...sidecarConfig, storage: { tsdb: { retention: { time: '2h' } } } }),
    ),
  ),
  sidecar(
    'telemetry/sidecar-tls',
    'G33: nobody asks for a certificate',
    put('StatefulSet edge-prometheus', `${pod}/containers/1/args`, without('--grpc-server-tls-client-ca')),
  ),
  sidecar('telemetry/sidecar-service', 'G33: one Service for two replicas', put('StatefulSet edge-prometheus', 'spec/replicas', 2)),
  central(
    'telemetry/query-flags',
    'G35: an endpoint by flag',
    put('Deployment query', `${first}/args`, plus('--endpoint=192.0.2.9:30901')),
  ),
  central(
    'telemetry/query-replica-labels',
    'G16: one is missing',
    put('Deployment query', `${first}/args`, without('--query.replica-label=rule')),
  ),
  central(
    'telemetry/query-endpoints',
    'G35, G37: the Ruler is not asked',
    endpoints((all) => all.filter(({ address }) => !address.includes('ruler'))),
  ),
  central(
    'telemetry/query-endpoints',
    'G35: one twice',
    endpoints((all) => [...all, ...all.slice(0, 1)]),
  ),
  central(
    'telemetry/query-endpoints',
    'G35: one by DNS that is strict',
    endpoints((all) => all.map((one, i) => (i === 0 ? { ...one, strict: true } : one))),
  ),
  central(
    'telemetry/query-endpoints',
    'G35: an edge whose name is not checked',
    endpoints((all) => [...all, { address: '192.0.2.11:30901' }]),
  ),
  central('telemetry/compactor', 'G36: two', put('StatefulSet compact', 'spec/replicas', 2)),
  central(
    'telemetry/compactor',
    'G36: copies of two Prometheus',
    put('StatefulSet compact', `${first}/args`, plus('--deduplication.replica-label=prometheus_replica')),
  ),
  central('telemetry/bucket-unread', 'G37, A13: no Compactor', drop('StatefulSet compact'), drop('Service compact')),
  central('telemetry/no-alertmanager', 'G37', put('ThanosRuler central', 'spec/alertmanagersUrl', undefined)),
  central('telemetry/no-alertmanager', 'G37: of a Prometheus', put('Prometheus central', 'spec/alerting', undefined)),
  central(
    'telemetry/honoured-labels',
    'G19: the kubelet',
    add(scrapeConfig('kubelet-2', { jobName: 'kubelet', staticConfigs: [{ targets: ['192.0.2.9:10250'], labels: { cluster: 'x' } }] })),
  ),
];

interface Endpoint {
  readonly address: string;
  readonly strict?: boolean;
}

function endpoints(change: (all: readonly Endpoint[]) => readonly Endpoint[]): Change {
  return put('ConfigMap query-endpoints', 'data/endpoints.yaml', (text: string) =>
    JSON.stringify({ endpoints: change((JSON.parse(text) as { endpoints: readonly Endpoint[] }).endpoints) }),
  );
}
