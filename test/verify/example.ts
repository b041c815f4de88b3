import type { Resource } from '../../scripts/kubernetes/resource.ts';
import { type Context, verifyCluster } from '../../scripts/verify/index.ts';

// Small clusters in which everything is right: each test makes one thing wrong.

const selector = (name: string) => ({ 'app.kubernetes.io/name': name });

const securityContext = { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } };
const podSecurity = { runAsNonRoot: true, runAsUser: 65534, fsGroup: 65534, seccompProfile: { type: 'RuntimeDefault' } };
const resources = { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '128Mi' } };

const container = (name: string, image: string, args: readonly string[], ports: readonly object[], more: object = {}) => ({
  name,
  image,
  args,
  ports,
  readinessProbe: { tcpSocket: { port: (ports[0] as { name: string }).name } },
  livenessProbe: { tcpSocket: { port: (ports[0] as { name: string }).name } },
  resources,
  securityContext,
  ...more,
});

const object = (apiVersion: string, kind: string, name: string, namespace: string | undefined, rest: object = {}): Resource => ({
  apiVersion,
  kind,
  metadata: namespace === undefined ? { name } : { name, namespace },
  ...rest,
});

export const namespace = (name: string, level: string): Resource => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels: { 'pod-security.kubernetes.io/enforce': level }, annotations: wave('-20') },
});

const wave = (value: string) => ({ 'argocd.argoproj.io/sync-wave': value });

export const serviceAccount = (name: string, ns: string) => object('v1', 'ServiceAccount', name, ns);
export const configMap = (name: string, ns: string, data: Record<string, string>) => object('v1', 'ConfigMap', name, ns, { data });
export const service = (name: string, ns: string, spec: object) => object('v1', 'Service', name, ns, { spec });

const workload = (kind: string, name: string, ns: string, containers: readonly object[], pod: object = {}, spec: object = {}) =>
  object('apps/v1', kind, name, ns, {
    spec: {
      ...(kind === 'DaemonSet' ? {} : { replicas: 1 }),
      selector: { matchLabels: selector(name) },
      template: {
        metadata: { labels: selector(name) },
        spec: { serviceAccountName: name, securityContext: podSecurity, containers, ...pod },
      },
      ...spec,
    },
  });

const claim = { volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: {} }] };

const secretList = (ns: string, secrets: Record<string, string>): Resource => ({
  ...configMap(
    'required-secrets',
    ns,
    Object.fromEntries(Object.entries(secrets).map(([name, keys]) => [`${ns}.${name}`, `keys: ${keys}\n`])),
  ),
  metadata: { name: 'required-secrets', namespace: ns, labels: { 'app.kubernetes.io/name': 'required-secrets' } },
});

const ns = 'edge-metrics';
const hostNs = 'edge-metrics-host';

/** What every edge runs. */
const exporters = (): Resource[] => [
  namespace(ns, 'restricted'),
  namespace(hostNs, 'privileged'),
  serviceAccount('node-exporter', hostNs),
  workload(
    'DaemonSet',
    'node-exporter',
    hostNs,
    [
      container(
        'node-exporter',
        'quay.io/prometheus/node-exporter:v1.12.1',
        ['--path.rootfs=/host'],
        [{ name: 'metrics', containerPort: 9100, hostPort: 9100 }],
        {
          volumeMounts: [{ name: 'root', mountPath: '/host' }],
        },
      ),
    ],
    { hostNetwork: true, volumes: [{ name: 'root', hostPath: { path: '/' } }] },
  ),
  serviceAccount('kube-state-metrics', ns),
  object('rbac.authorization.k8s.io/v1', 'ClusterRole', 'fleetc-kube-state-metrics', undefined, {
    rules: [{ apiGroups: [''], resources: ['nodes', 'pods'], verbs: ['list', 'watch'] }],
  }),
  object('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', 'fleetc-kube-state-metrics', undefined, {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'fleetc-kube-state-metrics' },
    subjects: [{ kind: 'ServiceAccount', name: 'kube-state-metrics', namespace: ns }],
  }),
  service('kube-state-metrics', ns, {
    type: 'NodePort',
    selector: selector('kube-state-metrics'),
    ports: [{ name: 'https-metrics', port: 8443, targetPort: 'https-metrics', nodePort: 30443 }],
  }),
  object('networking.k8s.io/v1', 'NetworkPolicy', 'kube-state-metrics', ns, {
    spec: {
      podSelector: { matchLabels: selector('kube-state-metrics') },
      ingress: [{ from: [{ ipBlock: { cidr: '192.0.2.0/24' } }], ports: [{ protocol: 'TCP', port: 8443 }] }],
    },
  }),
  workload('Deployment', 'kube-state-metrics', ns, [
    container(
      'kube-state-metrics',
      'registry.k8s.io/kube-state-metrics/kube-state-metrics:v2.20.0',
      ['--enable-gzip-encoding', '--resources=nodes,pods'],
      [{ name: 'https-metrics', containerPort: 8443 }],
    ),
  ]),
];

const externalLabels = { cluster: '${CLUSTER}', region: '${REGION}', prometheus_replica: '${POD_NAME}' };
const identityEnv = [
  { name: 'CLUSTER', valueFrom: { configMapKeyRef: { name: 'cluster-identity', key: 'CLUSTER' } } },
  { name: 'REGION', valueFrom: { configMapKeyRef: { name: 'cluster-identity', key: 'REGION' } } },
  { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
];
const cluster = 'cluster-02';

/** JSON is YAML. */
export const agentConfig = {
  global: { external_labels: externalLabels },
  scrape_configs: [
    { job_name: 'kubelet', honor_labels: true },
    { job_name: 'cadvisor', honor_labels: true, honor_timestamps: false, metrics_path: '/metrics/cadvisor' },
  ],
  remote_write: [
    {
      name: 'central',
      url: 'https://receive.example:19291/api/v1/receive',
      tls_config: { ca_file: '/tls/ca.crt', cert_file: '/tls/tls.crt', key_file: '/tls/tls.key' },
    },
  ],
};

export const agentContext: Context = {
  cluster,
  role: 'edge',
  option: 'prometheus-agent',
  unsafeSkipVerify: false,
  endpointSlices: false,
  remoteWriteUrl: 'https://receive.example:19291/api/v1/receive',
};

export const agentEdge = (): Resource[] => [
  ...exporters(),
  configMap('cluster-identity', ns, { CLUSTER: cluster, REGION: 'kr' }),
  secretList(ns, { 'receive-client-tls': 'ca.crt, tls.crt, tls.key' }),
  serviceAccount('prometheus-agent', ns),
  configMap('prometheus-agent', ns, { 'prometheus.yml': JSON.stringify(agentConfig) }),
  service('prometheus-agent', ns, {
    clusterIP: 'None',
    selector: selector('prometheus-agent'),
    ports: [{ name: 'http', port: 9090, targetPort: 'http' }],
  }),
  workload(
    'StatefulSet',
    'prometheus-agent',
    ns,
    [
      container(
        'prometheus-agent',
        'quay.io/prometheus/prometheus:v3.16.0',
        [
          '--agent',
          '--config.file=/config/prometheus.yml',
          '--config.auto-reload',
          '--storage.agent.path=/prometheus',
          '--storage.remote.flush-deadline=30s',
        ],
        [{ name: 'http', containerPort: 9090 }],
        {
          env: identityEnv,
          volumeMounts: [
            { name: 'data', mountPath: '/prometheus' },
            { name: 'config', mountPath: '/config' },
            { name: 'tls', mountPath: '/tls' },
          ],
        },
      ),
    ],
    {
      terminationGracePeriodSeconds: 120,
      volumes: [
        { name: 'config', configMap: { name: 'prometheus-agent' } },
        { name: 'tls', secret: { secretName: 'receive-client-tls' } },
      ],
    },
    { serviceName: 'prometheus-agent', ...claim },
  ),
];

export const sidecarConfig = {
  global: { external_labels: externalLabels },
  storage: { tsdb: { retention: { time: '3d' } } },
  scrape_configs: [],
};

export const sidecarContext: Context = { cluster, role: 'edge', option: 'thanos-sidecar', unsafeSkipVerify: false, endpointSlices: false };

export const sidecarEdge = (): Resource[] => [
  ...exporters(),
  configMap('cluster-identity', ns, { CLUSTER: cluster, REGION: 'kr' }),
  secretList(ns, { objstore: 'objstore.yml', 'sidecar-tls': 'ca.crt, tls.crt, tls.key' }),
  serviceAccount('edge-prometheus', ns),
  configMap('edge-prometheus', ns, { 'prometheus.yml': JSON.stringify(sidecarConfig) }),
  service('edge-prometheus', ns, {
    clusterIP: 'None',
    selector: selector('edge-prometheus'),
    ports: [{ name: 'http', port: 9090, targetPort: 'http' }],
  }),
  service('thanos-sidecar-0', ns, {
    type: 'NodePort',
    selector: { ...selector('edge-prometheus'), 'statefulset.kubernetes.io/pod-name': 'edge-prometheus-0' },
    ports: [{ name: 'grpc', port: 10901, targetPort: 'grpc', nodePort: 30901 }],
  }),
  workload(
    'StatefulSet',
    'edge-prometheus',
    ns,
    [
      container(
        'prometheus',
        'quay.io/prometheus/prometheus:v3.16.0',
        [
          '--config.file=/config/prometheus.yml',
          '--storage.tsdb.path=/prometheus',
          '--storage.tsdb.delay-compact-file.path=/prometheus/thanos.shipper.json',
        ],
        [{ name: 'http', containerPort: 9090 }],
        {
          env: identityEnv,
          volumeMounts: [
            { name: 'data', mountPath: '/prometheus' },
            { name: 'config', mountPath: '/config' },
          ],
        },
      ),
      container(
        'thanos-sidecar',
        'quay.io/thanos/thanos:v0.42.5',
        [
          'sidecar',
          '--tsdb.path=/prometheus',
          '--objstore.config-file=/objstore/objstore.yml',
          '--grpc-server-tls-cert=/tls/tls.crt',
          '--grpc-server-tls-key=/tls/tls.key',
          '--grpc-server-tls-client-ca=/tls/ca.crt',
        ],
        [{ name: 'grpc', containerPort: 10901 }],
        {
          volumeMounts: [
            { name: 'data', mountPath: '/prometheus' },
            { name: 'objstore', mountPath: '/objstore' },
            { name: 'tls', mountPath: '/tls' },
          ],
        },
      ),
    ],
    {
      volumes: [
        { name: 'config', configMap: { name: 'edge-prometheus' } },
        { name: 'objstore', secret: { secretName: 'objstore', items: [{ key: 'objstore.yml', path: 'objstore.yml' }] } },
        { name: 'tls', secret: { secretName: 'sidecar-tls' } },
      ],
    },
    { serviceName: 'edge-prometheus', ...claim },
  ),
];

const central = 'metrics-central';

const thanos = (name: string, args: readonly string[], ports: readonly object[], more: object = {}) =>
  container(name, 'quay.io/thanos/thanos:v0.42.5', [name.split('-')[0] ?? '', ...args], ports, more);
const grpc = { name: 'grpc', containerPort: 10901 };
const http = { name: 'http', containerPort: 10902 };
const headlessGrpc = (name: string) =>
  service(name, central, { clusterIP: 'None', selector: selector(name), ports: [{ name: 'grpc', port: 10901, targetPort: 'grpc' }] });
const budget = (name: string) =>
  object('policy/v1', 'PodDisruptionBudget', name, central, { spec: { maxUnavailable: 1, selector: { matchLabels: selector(name) } } });

const objstore = { mount: { name: 'objstore', mountPath: '/objstore' }, volume: { name: 'objstore', secret: { secretName: 'objstore' } } };
const ruleSelector = (owner: string) => ({ matchLabels: { rules: owner } });

export const prometheusRule = (name: string, owner: string, rules: readonly object[]): Resource => ({
  ...object('monitoring.coreos.com/v1', 'PrometheusRule', name, central, { spec: { groups: [{ name, rules }] } }),
  metadata: { name, namespace: central, labels: { rules: owner } },
});

export const scrapeConfig = (name: string, spec: object): Resource => ({
  ...object('monitoring.coreos.com/v1alpha1', 'ScrapeConfig', name, central, { spec }),
  metadata: { name, namespace: central, labels: { scrape: 'yes' } },
});

const target = (address: string) => [{ targets: [address], labels: { cluster, region: 'kr' } }];

export const centralContext: Context = { cluster: 'cluster-01', role: 'central', unsafeSkipVerify: false, endpointSlices: false };

/** Query, Receive, a Compactor, a Store Gateway, and what the operator makes. */
export const centre = (): Resource[] => [
  namespace(central, 'restricted'),
  secretList(central, { objstore: 'objstore.yml', 'scrape-cluster-02': 'ca.crt, token' }),
  ...['query', 'receive-router', 'receive-ingestor', 'compact', 'store', 'prometheus'].map((name) => serviceAccount(name, central)),
  object('monitoring.coreos.com/v1', 'Prometheus', 'central', central, {
    spec: {
      image: 'quay.io/prometheus/prometheus:v3.16.0',
      replicas: 2,
      serviceAccountName: 'prometheus',
      prometheusExternalLabelName: '',
      replicaExternalLabelName: 'prometheus_replica',
      scrapeConfigSelector: { matchLabels: { scrape: 'yes' } },
      podMonitorSelector: {},
      serviceMonitorSelector: {},
      ruleSelector: ruleSelector('prometheus'),
      alerting: { alertmanagers: [{ name: 'alertmanager-operated' }] },
      securityContext: podSecurity,
      resources,
      storage: { volumeClaimTemplate: {} },
      thanos: { image: 'quay.io/thanos/thanos:v0.42.5', resources, objectStorageConfig: { name: 'objstore', key: 'objstore.yml' } },
    },
  }),
  prometheusRule('central', 'prometheus', [{ alert: 'Watchdog', expr: 'vector(1)' }]),
  object('monitoring.coreos.com/v1', 'ThanosRuler', 'central', central, {
    spec: {
      image: 'quay.io/thanos/thanos:v0.42.5',
      replicas: 2,
      ruleSelector: ruleSelector('ruler'),
      alertmanagersUrl: [`dnssrv+http://_web._tcp.alertmanager-operated.${central}.svc`],
      securityContext: podSecurity,
      resources,
    },
  }),
  prometheusRule('fleet', 'ruler', [
    { alert: 'Watchdog', expr: 'vector(1)' },
    { record: 'edge_cluster:expected', expr: 'vector(1)', labels: { cluster, region: 'kr' } },
  ]),
  object('monitoring.coreos.com/v1', 'Alertmanager', 'central', central, {
    spec: { image: 'quay.io/prometheus/alertmanager:v0.34.2', replicas: 3, securityContext: podSecurity, resources },
  }),
  object('monitoring.coreos.com/v1', 'PodMonitor', 'query', central, {
    spec: { selector: { matchLabels: selector('query') }, podMetricsEndpoints: [{ port: 'http' }] },
  }),
  scrapeConfig('node-exporter', { jobName: 'node-exporter', staticConfigs: target('192.0.2.9:9100') }),
  scrapeConfig('kubelet', {
    jobName: 'kubelet',
    honorLabels: true,
    authorization: { credentials: { name: 'scrape-cluster-02', key: 'token' } },
    tlsConfig: { ca: { secret: { name: 'scrape-cluster-02', key: 'ca.crt' } } },
    staticConfigs: target('192.0.2.9:10250'),
  }),
  scrapeConfig('cadvisor', {
    jobName: 'kubelet',
    metricsPath: '/metrics/cadvisor',
    honorLabels: true,
    honorTimestamps: false,
    staticConfigs: target('192.0.2.9:10250'),
  }),
  scrapeConfig('kube-state-metrics', { jobName: 'kube-state-metrics', honorLabels: true, staticConfigs: target('192.0.2.9:30443') }),
  configMap('query-endpoints', central, {
    'endpoints.yaml': JSON.stringify({
      endpoints: [
        ...['prometheus-operated', 'thanos-ruler-operated', 'receive-ingestor', 'store'].map((name) => ({
          address: `dnssrv+_grpc._tcp.${name}.${central}.svc`,
        })),
        { address: '192.0.2.10:30901', client_config: { server_name: 'thanos-sidecar.cluster-03' } },
      ],
    }),
  }),
  workload(
    'Deployment',
    'query',
    central,
    [
      thanos(
        'query',
        [
          '--endpoint.sd-config-file=/endpoints/endpoints.yaml',
          '--query.replica-label=prometheus_replica',
          '--query.replica-label=receive_replica',
          '--query.replica-label=rule_replica',
        ],
        [http, grpc],
        { volumeMounts: [{ name: 'endpoints', mountPath: '/endpoints' }] },
      ),
    ],
    { volumes: [{ name: 'endpoints', configMap: { name: 'query-endpoints' } }] },
    { replicas: 2 },
  ),
  budget('query'),
  configMap('receive-hashrings', central, {
    'hashrings.json': JSON.stringify([
      { endpoints: [0, 1, 2].map((i) => `receive-ingestor-${i}.receive-ingestor.${central}.svc.cluster.local:10901`) },
    ]),
  }),
  service('receive-router', central, {
    type: 'LoadBalancer',
    selector: selector('receive-router'),
    ports: [{ name: 'remote-write', port: 443, targetPort: 'remote-write' }],
  }),
  object('networking.k8s.io/v1', 'NetworkPolicy', 'receive-router', central, {
    spec: {
      podSelector: { matchLabels: selector('receive-router') },
      egress: [{ to: [{ podSelector: { matchLabels: selector('receive-ingestor') } }], ports: [{ protocol: 'TCP', port: 10901 }] }],
    },
  }),
  workload(
    'Deployment',
    'receive-router',
    central,
    [
      thanos(
        'receive-router',
        [
          '--receive.hashrings-file=/hashring/hashrings.json',
          '--receive.hashrings-algorithm=ketama',
          '--receive.replication-factor=3',
          '--receive.tenant-certificate-field=commonName',
          '--remote-write.server-tls-cert=/tls/tls.crt',
          '--remote-write.server-tls-key=/tls/tls.key',
          '--remote-write.server-tls-client-ca=/tls/ca.crt',
          '--label=receive_role="router"',
        ],
        [{ name: 'remote-write', containerPort: 19291 }, http],
        { volumeMounts: [{ name: 'hashring', mountPath: '/hashring' }] },
      ),
    ],
    { volumes: [{ name: 'hashring', configMap: { name: 'receive-hashrings' } }] },
  ),
  headlessGrpc('receive-ingestor'),
  budget('receive-ingestor'),
  workload(
    'StatefulSet',
    'receive-ingestor',
    central,
    [
      thanos(
        'receive-ingestor',
        [
          '--tsdb.path=/data',
          '--tsdb.retention=48h',
          '--receive.tenant-label-name=cluster',
          '--label=receive_replica="$(POD_NAME)"',
          '--objstore.config-file=/objstore/objstore.yml',
        ],
        [http, grpc],
        {
          env: [{ name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
          volumeMounts: [{ name: 'data', mountPath: '/data' }, objstore.mount],
        },
      ),
    ],
    { terminationGracePeriodSeconds: 900, volumes: [objstore.volume] },
    { replicas: 3, serviceName: 'receive-ingestor', ...claim },
  ),
  headlessGrpc('store'),
  workload(
    'StatefulSet',
    'store',
    central,
    [
      thanos('store', ['--data-dir=/data', '--objstore.config-file=/objstore/objstore.yml'], [http, grpc], {
        volumeMounts: [{ name: 'data', mountPath: '/data' }, objstore.mount],
      }),
    ],
    { volumes: [objstore.volume] },
    { serviceName: 'store', ...claim },
  ),
  service('compact', central, {
    clusterIP: 'None',
    selector: selector('compact'),
    ports: [{ name: 'http', port: 10902, targetPort: 'http' }],
  }),
  workload(
    'StatefulSet',
    'compact',
    central,
    [
      thanos(
        'compact',
        ['--data-dir=/data', '--objstore.config-file=/objstore/objstore.yml', '--deduplication.replica-label=receive_replica'],
        [http],
        {
          volumeMounts: [{ name: 'data', mountPath: '/data' }, objstore.mount],
        },
      ),
    ],
    { volumes: [objstore.volume] },
    { serviceName: 'compact', ...claim },
  ),
];

/** One change of the manifests. */
export type Change = (manifests: Resource[]) => Resource[];

export const add =
  (...more: readonly Resource[]): Change =>
  (manifests) => [...manifests, ...more];

const isCalled =
  (name: string) =>
  ({ kind, metadata }: Resource): boolean =>
    `${kind} ${metadata.name}` === name;

export const drop =
  (name: string): Change =>
  (manifests) => {
    if (!manifests.some(isCalled(name))) throw new Error(`no ${name}`);
    return manifests.filter((one) => !isCalled(name)(one));
  };

/** Puts a value at a path of one object, such as `spec/replicas`; undefined takes the field away; a function changes what is there. */
export const put =
  (name: string, path: string, value: unknown): Change =>
  (manifests) => {
    const copy = structuredClone(manifests);
    const found = copy.find(isCalled(name));
    if (found === undefined) throw new Error(`no ${name}`);
    const steps = path.split('/').map((step) => step.replaceAll('~1', '/'));
    const last = steps.pop() ?? '';
    let parent = found as unknown as Record<string, unknown>;
    for (const step of steps) {
      parent[step] ??= {};
      parent = parent[step] as Record<string, unknown>;
    }
    const next = typeof value === 'function' ? value(parent[last]) : value;
    if (next === undefined) delete parent[last];
    else parent[last] = next;
    return copy;
  };

export const codes = (manifests: readonly Resource[], context: Context): readonly string[] => [
  ...new Set(verifyCluster(manifests, context).map(({ code }) => code)),
];
