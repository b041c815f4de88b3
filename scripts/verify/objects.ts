import { identity, type Resource } from '../kubernetes/resource.ts';
import type { Check, Fault } from './check.ts';
import type { Container, EndpointSlice, PodSpec, Secret, WorkloadManifest } from './manifests.ts';
import type { View } from './view.ts';

type Scope = 'cluster' | 'namespace';

/** Everything that this compiler may emit; anything else is a slip of the pen. */
const kinds: Readonly<Record<string, Scope>> = {
  'v1/Namespace': 'cluster',
  'v1/ServiceAccount': 'namespace',
  'v1/ConfigMap': 'namespace',
  'v1/Secret': 'namespace',
  'v1/Service': 'namespace',
  'v1/PersistentVolumeClaim': 'namespace',
  'apps/v1/Deployment': 'namespace',
  'apps/v1/StatefulSet': 'namespace',
  'apps/v1/DaemonSet': 'namespace',
  'policy/v1/PodDisruptionBudget': 'namespace',
  'networking.k8s.io/v1/NetworkPolicy': 'namespace',
  'discovery.k8s.io/v1/EndpointSlice': 'namespace',
  'rbac.authorization.k8s.io/v1/ClusterRole': 'cluster',
  'rbac.authorization.k8s.io/v1/ClusterRoleBinding': 'cluster',
  'rbac.authorization.k8s.io/v1/Role': 'namespace',
  'rbac.authorization.k8s.io/v1/RoleBinding': 'namespace',
  'monitoring.coreos.com/v1/Prometheus': 'namespace',
  'monitoring.coreos.com/v1/Alertmanager': 'namespace',
  'monitoring.coreos.com/v1/ThanosRuler': 'namespace',
  'monitoring.coreos.com/v1/ServiceMonitor': 'namespace',
  'monitoring.coreos.com/v1/PodMonitor': 'namespace',
  'monitoring.coreos.com/v1/PrometheusRule': 'namespace',
  'monitoring.coreos.com/v1alpha1/ScrapeConfig': 'namespace',
  'external-secrets.io/v1/ExternalSecret': 'namespace',
};

/** Namespaces that every cluster has. */
export const givenNamespaces: ReadonlySet<string> = new Set(['default', 'kube-system', 'kube-public', 'kube-node-lease']);

function* duplicates({ resources }: View): Iterable<Fault> {
  const seen = new Set<string>();
  for (const object of resources) {
    const key = identity(object);
    if (seen.has(key)) yield { object, message: 'is there twice' };
    seen.add(key);
  }
}

function* unknownKinds({ resources }: View): Iterable<Fault> {
  for (const object of resources)
    if (kinds[`${object.apiVersion}/${object.kind}`] === undefined && object.kind !== 'Endpoints')
      yield { object, message: `${object.apiVersion} ${object.kind} is not a kind that fleetc emits` };
}

function* scopes({ resources }: View): Iterable<Fault> {
  for (const object of resources) {
    const scope = kinds[`${object.apiVersion}/${object.kind}`];
    if (scope === 'namespace' && object.metadata.namespace === undefined) yield { object, message: 'has no namespace' };
    if (scope === 'cluster' && object.metadata.namespace !== undefined) yield { object, message: 'belongs to no namespace, but has one' };
  }
}

function* missingNamespaces({ resources, find }: View): Iterable<Fault> {
  for (const object of resources) {
    const { namespace } = object.metadata;
    if (namespace !== undefined && !givenNamespaces.has(namespace) && find('Namespace', undefined, namespace) === undefined)
      yield { object, message: `namespace ${namespace} is not there` };
  }
}

const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** Kubernetes' own rule for the names of a kind: the longest one, and its form. */
function nameRule(object: Resource): readonly [longest: number, form: RegExp] {
  switch (object.kind) {
    case 'Service':
      return [63, /^[a-z]([-a-z0-9]*[a-z0-9])?$/];
    case 'Namespace':
      return [63, label];
    case 'StatefulSet':
      // The label controller-revision-hash adds a hyphen and ten characters; the name of a pod, which is its host name, fewer.
      return [52, label];
    case 'Prometheus':
      return [52 - 'prometheus-'.length, label];
    case 'Alertmanager':
      return [52 - 'alertmanager-'.length, label];
    case 'ThanosRuler':
      return [52 - 'thanos-ruler-'.length, label];
    case 'Deployment':
    case 'DaemonSet':
      return [63, label];
    case 'ClusterRole':
    case 'ClusterRoleBinding':
    case 'Role':
    case 'RoleBinding':
      return [253, /^(?!\.{1,2}$)[^/%]+$/];
    default:
      return [253, subdomain];
  }
}

function* names({ resources, ofKind }: View): Iterable<Fault> {
  for (const object of resources) {
    const [longest, form] = nameRule(object);
    const { name } = object.metadata;
    if (name.length > longest) yield { object, message: `the name has ${name.length} characters, more than ${longest}` };
    else if (!form.test(name)) yield { object, message: `"${name}" is no name for a ${object.kind}` };
  }
  for (const object of ofKind<WorkloadManifest>('Deployment', 'StatefulSet', 'DaemonSet')) {
    const { containers, initContainers = [], volumes = [] } = object.spec.template.spec;
    const claims = (object.spec.volumeClaimTemplates ?? []).map(({ metadata }) => metadata.name);
    for (const group of [[...containers, ...initContainers].map(({ name }) => name), [...volumes.map(({ name }) => name), ...claims]])
      for (const [i, name] of group.entries()) {
        if (!label.test(name) || name.length > 63) yield { object, message: `"${name}" is no name for a container or volume` };
        if (group.indexOf(name) !== i) yield { object, message: `two containers or volumes are called "${name}"` };
      }
  }
}

const labelName = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const labelValue = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

function isLabelKey(key: string): boolean {
  const slash = key.indexOf('/');
  return labelName.test(key.slice(slash + 1)) && (slash < 0 || (slash <= 253 && subdomain.test(key.slice(0, slash))));
}

function* labels({ resources, pods }: View): Iterable<Fault> {
  for (const object of resources) yield* badLabels(object, object.metadata.labels);
  for (const { object, spec, labels: podLabels } of pods) if (spec !== undefined) yield* badLabels(object, podLabels);
}

function* badLabels(object: Resource, all: Readonly<Record<string, string>> = {}): Iterable<Fault> {
  for (const [key, value] of Object.entries(all)) {
    if (!isLabelKey(key)) yield { object, message: `"${key}" is no key for a label` };
    if (typeof value !== 'string') yield { object, message: `label ${key} is not a string: it needs quotes` };
    else if (!labelValue.test(value)) yield { object, message: `"${value}" is no value for the label ${key}` };
  }
}

function* annotations({ resources }: View): Iterable<Fault> {
  for (const object of resources) {
    const all = Object.entries(object.metadata.annotations ?? {});
    for (const [key, value] of all) {
      if (typeof value !== 'string') yield { object, message: `annotation ${key} is not a string: it needs quotes` };
      if (!isLabelKey(key.toLowerCase())) yield { object, message: `"${key}" is no key for an annotation` };
    }
  }
}

function* endpointsKind({ ofKind }: View): Iterable<Fault> {
  for (const object of ofKind('Endpoints')) yield { object, message: 'Endpoints are deprecated, and Argo CD never syncs them' };
}

function* endpointSlices({ ofKind, find, context, services }: View): Iterable<Fault> {
  for (const object of ofKind<EndpointSlice>('EndpointSlice')) {
    if (!context.endpointSlices) yield { object, message: 'Argo CD does not sync EndpointSlices unless its settings say so' };
    const service = object.metadata.labels?.['kubernetes.io/service-name'] ?? '';
    if (find('Service', object.metadata.namespace, service) === undefined) yield { object, message: `Service "${service}" is not there` };
    const ports = services.find(({ name, namespace }) => name === service && namespace === object.metadata.namespace)?.ports ?? [];
    for (const { name } of object.ports ?? [])
      if (ports.length > 0 && !ports.some((port) => port.name === name))
        yield { object, message: `Service ${service} has no port "${name}"` };
  }
}

function* secretData({ ofKind }: View): Iterable<Fault> {
  for (const object of ofKind<Secret>('Secret'))
    if (object.data !== undefined || object.stringData !== undefined)
      yield { object, message: 'holds secret bytes, which do not belong in Git' };
}

/** Private keys, certificates, tokens, and credentials of object stores. */
const secretPatterns =
  /-----BEGIN [A-Z ]+-----|\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.|\bAKIA[0-9A-Z]{16}\b|\b[Bb]earer [\w.~+/-]{20,}|\b(?:access_key|secret_key|password|bearer_token|client_secret|sas_token)\\?"?: ?\\?"?[^\s"'\\{$<]{4,}/;

function* secretsInText(view: View): Iterable<Fault> {
  for (const object of view.resources) {
    const found = secretPatterns.exec(view.text(object));
    // Eight characters say which it is, and give nothing away.
    if (found !== null) yield { object, message: `holds what looks like a secret: ${found[0].slice(0, 8)}…` };
  }
}

const serverSideApply = /\bServerSideApply=true\b/;

function* sizes(view: View): Iterable<Fault> {
  for (const object of view.resources) {
    const size = view.text(object).length;
    if (size > 1_000_000) yield { object, message: `has ${size} characters: etcd takes no object of more than about a million` };
    else if (size > 200_000 && !serverSideApply.test(object.metadata.annotations?.['argocd.argoproj.io/sync-options'] ?? ''))
      yield { object, message: `has ${size} characters: more than 200,000 need ServerSideApply=true` };
  }
}

/** Kustomize and a sync take more than linear time, and an Application's status has to fit into etcd. */
const mostObjects = 300;
const nearlyMostObjects = 250;

function* tooMany({ resources, context }: View): Iterable<Fault> {
  const largest = Math.max(...(context.overlays ?? [resources.length]));
  if (largest <= mostObjects) return;
  const wayOut =
    context.role === 'central'
      ? ': let remote-scrape edges share a Secret (settings.credentials.secretName), or move them to prometheus-agent'
      : '';
  yield { message: `${largest} objects are too many for one Application, which should hold at most ${mostObjects}${wayOut}` };
}

/** The centre's division into several Applications moves objects between them, so somebody should choose when. */
function* aboutToDivide({ resources, context }: View): Iterable<Fault> {
  const { overlays = [resources.length], dividesBySize = false } = context;
  if (!dividesBySize) return;
  const advice = "set applications: 'per-bucket' on the centre at a time when scraping may pause for a minute or two";
  if (overlays.length > 1) yield { message: `has several Applications because of its size, and one again when it shrinks: ${advice}` };
  else if (resources.length > nearlyMostObjects)
    yield { message: `its Application holds ${resources.length} objects, and beyond ${mostObjects} it is divided: ${advice}` };
}

/** Prometheus and External Secrets have templates of their own, in these kinds; in a ConfigMap only those of alerts. */
const templated: Readonly<Record<string, RegExp>> = {
  PrometheusRule: /(?!)/,
  ExternalSecret: /(?!)/,
  ConfigMap: /\{\{(?!-?\s*(?:\$|end\b|if\b|else\b|range\b|with\b|query\b|printf\b|humanize))/,
};

function* placeholders(view: View): Iterable<Fault> {
  for (const object of view.resources) {
    const text = view.text(object);
    const found = (templated[object.kind] ?? /\{\{/).exec(text) ?? /<no value>|\[object Object\]|\bundefined\b/.exec(text);
    if (found !== null) yield { object, message: `holds a value that was never filled in: ${text.slice(found.index, found.index + 20)}` };
  }
}

const waveAnnotation = 'argocd.argoproj.io/sync-wave';
const mostWaves = 5;

/** The order in which things need each other. What is in no group may have any wave. */
const order: readonly (readonly string[])[] = [
  ['Namespace', 'ServiceAccount', 'ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'],
  ['ConfigMap', 'Secret', 'ExternalSecret', 'Service'],
  ['Deployment', 'StatefulSet', 'DaemonSet', 'Prometheus', 'Alertmanager', 'ThanosRuler'],
  ['ServiceMonitor', 'PodMonitor', 'ScrapeConfig', 'PrometheusRule'],
];

function* syncWaves({ resources }: View): Iterable<Fault> {
  const waves = new Map<number, Resource>();
  const latest: { readonly object: Resource; readonly wave: number }[] = [];
  const groups = order.map((group) => resources.filter(({ kind }) => group.includes(kind)));
  for (const object of resources) {
    const text: unknown = object.metadata.annotations?.[waveAnnotation];
    if (text !== undefined && (typeof text !== 'string' || !/^-?\d+$/.test(text)))
      yield { object, message: `sync wave ${JSON.stringify(text)} is not a whole number in quotes` };
    waves.set(waveOf(object), object);
  }
  if (waves.size > mostWaves) yield { message: `${waves.size} sync waves: more than ${mostWaves} cost time and order nothing` };
  for (const group of groups) {
    for (const object of group) {
      const earlier = latest.find(({ wave }) => wave > waveOf(object));
      if (earlier !== undefined)
        yield { object, message: `is synced before ${earlier.object.kind} ${earlier.object.metadata.name}, which it may need` };
    }
    const [first, ...rest] = group;
    if (first === undefined) continue;
    const last = rest.reduce((a, b) => (waveOf(b) > waveOf(a) ? b : a), first);
    latest.push({ object: last, wave: waveOf(last) });
  }
}

const waveOf = ({ metadata }: Resource): number => Number(metadata.annotations?.[waveAnnotation] ?? 0);

const enforce = 'pod-security.kubernetes.io/enforce';

function* podSecurityLevels({ ofKind }: View): Iterable<Fault> {
  for (const object of ofKind('Namespace'))
    if (!['restricted', 'baseline', 'privileged'].includes(object.metadata.labels?.[enforce] ?? ''))
      yield { object, message: `has no label ${enforce}` };
}

function* hostAccess({ pods, find }: View): Iterable<Fault> {
  for (const { object, namespace, spec } of pods) {
    const reasons = spec === undefined ? [] : hostReasons(spec);
    const level = find('Namespace', undefined, namespace)?.metadata.labels?.[enforce];
    if (reasons.length > 0 && level !== 'privileged')
      yield { object, message: `needs ${reasons.join(', ')}, which its namespace does not admit` };
    if (reasons.length === 0 && level === 'privileged')
      yield { object, message: 'needs nothing of the host, but runs where anything goes' };
  }
}

function hostReasons({ hostNetwork, hostPID, hostIPC, containers, initContainers = [], volumes = [] }: PodSpec): string[] {
  const all: readonly Container[] = [...containers, ...initContainers];
  return [
    ...(hostNetwork === true ? ['hostNetwork'] : []),
    ...(hostPID === true ? ['hostPID'] : []),
    ...(hostIPC === true ? ['hostIPC'] : []),
    ...(volumes.some(({ hostPath }) => hostPath !== undefined) ? ['hostPath'] : []),
    ...(all.some(({ ports = [] }) => ports.some(({ hostPort }) => hostPort !== undefined)) ? ['hostPort'] : []),
    ...(all.some(({ securityContext }) => securityContext?.privileged === true) ? ['privileged'] : []),
  ];
}

export const objectChecks: readonly Check[] = [
  { code: 'verify/duplicate-object', find: duplicates },
  { code: 'verify/unknown-kind', find: unknownKinds },
  { code: 'verify/scope', find: scopes },
  { code: 'verify/missing-namespace', find: missingNamespaces },
  { code: 'verify/name', find: names },
  { code: 'verify/label', find: labels },
  { code: 'verify/annotation', find: annotations },
  { code: 'verify/endpoints', find: endpointsKind },
  { code: 'verify/endpoint-slice', find: endpointSlices },
  { code: 'verify/secret-data', find: secretData },
  { code: 'verify/secret-text', find: secretsInText },
  { code: 'verify/object-size', find: sizes },
  { code: 'verify/too-many-objects', find: tooMany },
  { code: 'verify/about-to-divide', severity: 'warning', find: aboutToDivide },
  { code: 'verify/placeholder', find: placeholders },
  { code: 'verify/sync-wave', find: syncWaves },
  { code: 'verify/pod-security-level', find: podSecurityLevels },
  { code: 'verify/host-access', find: hostAccess },
];
