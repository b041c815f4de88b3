/** The images this compiler writes and the versions its output is tested with; a fleet may override a version. */
export type Component =
  | 'prometheus'
  | 'thanos'
  | 'nodeExporter'
  | 'kubeStateMetrics'
  | 'alertmanager'
  | 'kubeRbacProxy'
  | 'prometheusOperator';

interface Pin {
  readonly image: string;
  /** `major.minor.patch`; the image's tag has a `v` before it. */
  readonly version: string;
  /** `sha256:…` of the multi-platform index, where it is known. */
  readonly digest?: string;
}

/** The newest stable releases on 2026-11-23, except the operator. */
export const versions: Readonly<Record<Component, Pin>> = {
  prometheus: { image: 'quay.io/prometheus/prometheus', version: '3.16.0' },
  thanos: { image: 'quay.io/thanos/thanos', version: '0.42.5' },
  nodeExporter: { image: 'quay.io/prometheus/node-exporter', version: '1.12.1' },
  kubeStateMetrics: { image: 'registry.k8s.io/kube-state-metrics/kube-state-metrics', version: '2.20.0' },
  alertmanager: { image: 'quay.io/prometheus/alertmanager', version: '0.34.2' },
  kubeRbacProxy: { image: 'quay.io/brancz/kube-rbac-proxy', version: '0.22.1' },
  // Not installed by us: the oldest release that the custom resources work with, so that nobody has to upgrade for us.
  prometheusOperator: { image: 'quay.io/prometheus-operator/prometheus-operator', version: '0.93.0' },
};

/** Every component's version after a fleet's overrides. */
export type Versions = Readonly<Record<Component, string>>;

export const resolveVersions = (overrides: Partial<Versions>): Versions => ({
  prometheus: versions.prometheus.version,
  thanos: versions.thanos.version,
  nodeExporter: versions.nodeExporter.version,
  kubeStateMetrics: versions.kubeStateMetrics.version,
  alertmanager: versions.alertmanager.version,
  kubeRbacProxy: versions.kubeRbacProxy.version,
  prometheusOperator: versions.prometheusOperator.version,
  ...overrides,
});

/** Such as `quay.io/thanos/thanos:v0.42.5`. A digest belongs to one version, so an overridden one goes without. */
export function image(resolved: Versions, component: Component): string {
  const { image: name, version, digest } = versions[component];
  const tagged = `${name}:v${resolved[component]}`;
  return digest !== undefined && resolved[component] === version ? `${tagged}@${digest}` : tagged;
}

interface Since {
  readonly component: Component;
  /** The first version that has it in a form that works. */
  readonly since: string;
  /** The first version that no longer has it, or where something better replaces it. */
  readonly until?: string;
  /** Where that is written. */
  readonly source: string;
}

/** What the output relies on and not every version has. Flags that a binary does not know keep it from starting. */
export const capabilities = {
  /** `--agent`. */
  'agent-flag': { component: 'prometheus', since: '3.0.0', source: 'prometheus CHANGELOG 3.0.0, #14747' },
  /** `--enable-feature=agent`; later versions only warn about it and then refuse `--storage.agent.path`. */
  'agent-feature': {
    component: 'prometheus',
    since: '2.32.0',
    until: '3.0.0',
    source: 'prometheus CHANGELOG 2.32.0, #8785; removed in 3.0.0, #14747',
  },
  /** `--config.auto-reload`; it also watches rule files and scrape config files. */
  'config-auto-reload': { component: 'prometheus', since: '3.12.0', source: 'prometheus CHANGELOG 3.12.0, #18620' },
  /** `--enable-feature=auto-reload-config`, the name of the same thing before it was stable. Blind to rule files until 3.4. */
  'auto-reload-feature': {
    component: 'prometheus',
    since: '3.0.0',
    until: '3.12.0',
    source: 'prometheus CHANGELOG 3.0.0, #14769; 3.4.0, #16340; 3.12.0, #18620',
  },
  /** `${NAME}` in `external_labels` without a feature flag; a literal dollar is `$$`. */
  'external-label-env': { component: 'prometheus', since: '3.0.0', source: 'prometheus CHANGELOG 3.0.0, #14657' },
  /** `prometheus_remote_storage_queue_highest_timestamp_seconds`, for the lag of remote write. */
  'queue-highest-timestamp': { component: 'prometheus', since: '3.7.0', source: 'prometheus CHANGELOG 3.7.0, #17065' },
  /** `--storage.tsdb.delay-compact-file.path`. */
  'delay-compact-file': { component: 'prometheus', since: '3.9.0', source: 'prometheus CHANGELOG 3.9.0, #17435' },
  /** `storage.tsdb.retention.time` in the file. It was read before, but in the wrong unit: a million times too long. */
  'retention-in-config': { component: 'prometheus', since: '3.11.0', source: 'prometheus CHANGELOG 3.11.0, #18200' },

  /** `--receive.tenant-certificate-field`. */
  'tenant-from-certificate': { component: 'thanos', since: '0.25.0', source: 'thanos CHANGELOG 0.25.0, #5153' },
  /** `--receive.hashrings-algorithm=ketama`; 0.30 fixed a quorum that called failed replication a success. */
  ketama: { component: 'thanos', since: '0.30.0', source: 'thanos CHANGELOG 0.27.0, #5408; 0.30.0, #5910' },
  /** `az` of a hashring's endpoint. */
  'zone-aware-ketama': { component: 'thanos', since: '0.32.0', source: 'thanos CHANGELOG 0.32.0, #6369' },
  /** `--tsdb.too-far-in-future.time-window`. */
  'future-window': { component: 'thanos', since: '0.32.0', source: 'thanos CHANGELOG 0.32.0, #6195' },
  /** `--endpoint.sd-config-file`, which replaced `--store`. */
  'endpoint-sd-config-file': { component: 'thanos', since: '0.38.0', source: 'thanos CHANGELOG 0.38.0, #7890' },
  /** `client_config` of an entry in the endpoint file; before, every endpoint had TLS or none had. */
  'per-endpoint-tls': { component: 'thanos', since: '0.42.0', source: 'thanos CHANGELOG 0.42.0, #8594' },
  /** A sidecar beside a Prometheus that delays compaction. 0.41 accepts it too, but compares the paths wrongly and exits. */
  'delay-compact': {
    component: 'thanos',
    since: '0.42.0',
    source: 'thanos CHANGELOG 0.41.0, #8582; prometheus-operator CHANGELOG 0.94.0, #8764',
  },
  /** A Receive that only routes and writes nothing to `--tsdb.path`, so that it needs no volume. */
  'stateless-router': { component: 'thanos', since: '0.42.0', source: 'thanos 0.42.0, cmd/thanos/receive.go, #8881' },

  /** `--web.config.file`; it was `--web.config` before. */
  'web-config-file': { component: 'nodeExporter', since: '1.5.0', source: 'node_exporter CHANGELOG 1.5.0' },
  /** `/livez` on the port of the metrics and `/readyz` on the port of the telemetry. */
  'livez-readyz': {
    component: 'kubeStateMetrics',
    since: '2.13.0',
    source: 'kube-state-metrics CHANGELOG 2.13.0, #2418, #2442',
  },
  /** `authorization.static` in the file that `--config-file` names. */
  'static-authorization': {
    component: 'kubeRbacProxy',
    since: '0.10.0',
    source: 'kube-rbac-proxy CHANGELOG 0.10.0, #125',
  },
  /** Uploads with compaction left on, through `delay-compact-file`. */
  'operator-delay-compact': {
    component: 'prometheusOperator',
    since: '0.93.0',
    source: 'prometheus-operator CHANGELOG 0.93.0, #8694',
  },
} as const satisfies Readonly<Record<string, Since>>;

export type Capability = keyof typeof capabilities;

export function supports(resolved: Versions, name: Capability): boolean {
  const { component, since, until }: Since = capabilities[name];
  const version = resolved[component];
  return compare(version, since) >= 0 && (until === undefined || compare(version, until) < 0);
}

/** Releases only: the fleet's schema lets nothing but `major.minor.patch` through. */
function compare(a: string, b: string): number {
  const [x, y] = [numbers(a), numbers(b)];
  return x[0] - y[0] || x[1] - y[1] || x[2] - y[2];
}

function numbers(version: string): readonly [number, number, number] {
  const [, major, minor, patch] = /^(\d+)\.(\d+)\.(\d+)$/.exec(version) ?? [];
  if (major === undefined) throw new Error(`bug: ${version} is not a version`);
  return [Number(major), Number(minor), Number(patch)];
}
