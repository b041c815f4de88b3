import { parse } from 'yaml';
import type { Resource } from '../kubernetes/resource.ts';
import type { Context } from './check.ts';
import type {
  ConfigMap,
  Container,
  ExternalSecret,
  Operated,
  PodSpec,
  Port,
  Secret,
  Selector,
  Service,
  ServicePort,
  WorkloadManifest,
} from './manifests.ts';

/** Pods that are alike: those of a workload, or those that the operator makes of a custom resource. */
export interface Pods {
  readonly object: Resource;
  readonly namespace: string;
  /** StatefulSet pods are called `<name>-0` and on; others have no name to know. */
  readonly ordinalName?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly replicas: number;
  readonly ports: readonly Port[];
  /** Absent for an operator's pods, whose specification is not ours. */
  readonly spec?: PodSpec;
  readonly containers: readonly Container[];
  /** It has a volume that outlives the pod. */
  readonly keepsData: boolean;
}

/** A Service of ours, or one that the operator makes: `prometheus-operated`. */
export interface ServiceView {
  readonly object: Resource;
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly headless: boolean;
  readonly type: string;
  readonly ports: readonly ServicePort[];
  readonly pods: readonly Pods[];
  readonly selector?: Readonly<Record<string, string>>;
}

/** What a container of ours runs. */
export interface Command {
  readonly pods: Pods;
  readonly container: Container;
  readonly flags: ReadonlyMap<string, readonly string[]>;
  /** Thanos' sub-command, such as `receive`. */
  readonly thanos?: string;
  readonly prometheus: boolean;
}

/** The manifests of one cluster, looked up in the ways in which checks need them. */
export interface View {
  readonly context: Context;
  readonly resources: readonly Resource[];
  readonly ofKind: <T extends Resource>(...kinds: readonly string[]) => readonly T[];
  readonly find: (kind: string, namespace: string | undefined, name: string) => Resource | undefined;
  readonly pods: readonly Pods[];
  readonly commands: readonly Command[];
  readonly services: readonly ServiceView[];
  /** Keys of the Secrets that will exist, by `namespace/name`; undefined when the keys are not known. */
  readonly secrets: ReadonlyMap<string, ReadonlySet<string> | undefined>;
  readonly podsMatching: (namespace: string, selector: Selector) => readonly Pods[];
  /** The object as JSON. */
  readonly text: (resource: Resource) => string;
  /** The file at `path` in the container, when a ConfigMap holds it. */
  readonly file: (pods: Pods, container: Container, path: string) => { readonly object: ConfigMap; readonly text: string } | undefined;
  /** A YAML or JSON text; undefined when it is neither. */
  readonly parsed: (text: string) => unknown;
}

export const operatorKinds = ['Prometheus', 'Alertmanager', 'ThanosRuler'] as const;

export function view(resources: readonly Resource[], context: Context): View {
  const byKind = new Map<string, Resource[]>();
  for (const resource of resources) {
    const list = byKind.get(resource.kind);
    if (list) list.push(resource);
    else byKind.set(resource.kind, [resource]);
  }
  // The caller asks for a kind by its name and says what its manifests look like.
  const ofKind = <T extends Resource>(...kinds: readonly string[]): readonly T[] =>
    (kinds.length === 1
      ? (byKind.get(kinds[0] as string) ?? [])
      : kinds.flatMap((kind) => byKind.get(kind) ?? [])) as readonly Resource[] as readonly T[];
  const named = new Map(
    resources.map((resource) => [nameKey(resource.kind, resource.metadata.namespace, resource.metadata.name), resource]),
  );
  const pods = [
    ...ofKind<WorkloadManifest>('Deployment', 'StatefulSet', 'DaemonSet').map(podsOf),
    ...ofKind<Operated>(...operatorKinds).map(operatedPods),
  ];
  const podsMatching = (namespace: string, selector: Selector): readonly Pods[] =>
    pods.filter((candidate) => candidate.namespace === namespace && selects(selector, candidate));
  const services = [...ofKind<Service>('Service').map((service) => serviceView(service, podsMatching)), ...operatedServices(pods)];
  const texts = new Map<Resource, string>();
  const parsed = context.parsed ?? new Map<string, unknown>();
  const find = (kind: string, namespace: string | undefined, name: string) => named.get(nameKey(kind, namespace, name));
  return {
    context,
    resources,
    ofKind,
    find,
    pods,
    commands: commandsOf(pods),
    services,
    secrets: secretsOf(ofKind, context),
    podsMatching,
    text(resource) {
      const text = texts.get(resource) ?? JSON.stringify(resource);
      texts.set(resource, text);
      return text;
    },
    file({ spec, namespace }, container, path) {
      const mount = container.volumeMounts?.find(({ mountPath }) => path.startsWith(`${mountPath}/`));
      const volume = spec?.volumes?.find(({ name }) => name === mount?.name);
      if (mount === undefined || volume?.configMap === undefined) return undefined;
      const key = path.slice(mount.mountPath.length + 1);
      const source = volume.configMap.items?.find((item) => item.path === key)?.key ?? key;
      const object = find('ConfigMap', namespace, volume.configMap.name) as ConfigMap | undefined;
      const text = object?.data?.[source];
      return object === undefined || text === undefined ? undefined : { object, text };
    },
    parsed(text) {
      if (!parsed.has(text)) parsed.set(text, parseOrNothing(text));
      return parsed.get(text);
    },
  };
}

const nameKey = (kind: string, namespace: string | undefined, name: string): string => `${kind} ${namespace ?? ''}/${name}`;

function parseOrNothing(text: string): unknown {
  try {
    return parse(text);
  } catch {
    // What cannot be read lacks everything, which the check that wanted it says.
    return undefined;
  }
}

function podsOf(object: WorkloadManifest): Pods {
  const { spec, metadata, kind } = object;
  const pod = spec.template.spec;
  return {
    object,
    namespace: metadata.namespace ?? '',
    ...(kind === 'StatefulSet' ? { ordinalName: metadata.name } : {}),
    labels: spec.template.metadata?.labels ?? {},
    // A DaemonSet has a pod on every node.
    replicas: kind === 'DaemonSet' ? Number.POSITIVE_INFINITY : (spec.replicas ?? 1),
    ports: pod.containers.flatMap(({ ports }) => ports ?? []),
    spec: pod,
    containers: pod.containers,
    keepsData:
      (spec.volumeClaimTemplates ?? []).length > 0 || (pod.volumes ?? []).some((volume) => volume.persistentVolumeClaim !== undefined),
  };
}

/** Labels and ports by which the operator makes the pods. https://github.com/prometheus-operator/prometheus-operator/blob/main/pkg/prometheus/server/statefulset.go */
function operatedPods(object: Operated): Pods {
  const { kind, metadata, spec } = object;
  const name = { Prometheus: 'prometheus', Alertmanager: 'alertmanager', ThanosRuler: 'thanos-ruler' }[
    kind as (typeof operatorKinds)[number]
  ];
  return {
    object,
    namespace: metadata.namespace ?? '',
    ordinalName: `${name}-${metadata.name}`,
    labels: {
      ...spec.podMetadata?.labels,
      'app.kubernetes.io/name': name,
      'app.kubernetes.io/instance': metadata.name,
      'app.kubernetes.io/managed-by': 'prometheus-operator',
      [name]: metadata.name,
    },
    replicas: spec.replicas ?? 1,
    ports: operatedPorts(object),
    containers: spec.containers ?? [],
    keepsData: spec.storage?.volumeClaimTemplate !== undefined,
  };
}

function operatedPorts({ kind, spec }: Operated): readonly Port[] {
  const web = (containerPort: number) => ({ name: spec.portName ?? 'web', containerPort });
  const grpc = { name: 'grpc', containerPort: 10901 };
  const reloader = { name: 'reloader-web', containerPort: 8080 };
  const extra = (spec.containers ?? []).flatMap(({ ports }) => ports ?? []);
  switch (kind) {
    case 'Prometheus':
      return [web(9090), reloader, ...(spec.thanos === undefined ? [] : [grpc, { name: 'http', containerPort: 10902 }]), ...extra];
    case 'Alertmanager':
      return [
        web(9093),
        reloader,
        { name: 'mesh-tcp', containerPort: 9094 },
        { name: 'mesh-udp', containerPort: 9094, protocol: 'UDP' },
        ...extra,
      ];
    default:
      return [web(10902), grpc, reloader, ...extra];
  }
}

/** The operator's governing Service of each kind is headless, and has the pods' ports by their names. */
function operatedServices(pods: readonly Pods[]): readonly ServiceView[] {
  return pods
    .filter(({ object }) => (operatorKinds as readonly string[]).includes(object.kind))
    .map((each) => ({
      object: each.object,
      name: `${each.labels['app.kubernetes.io/name']}-operated`,
      namespace: each.namespace,
      labels: {},
      headless: true,
      type: 'ClusterIP',
      ports: each.ports.map(({ name, containerPort }) => ({ ...(name === undefined ? {} : { name }), port: containerPort })),
      pods: [each],
    }));
}

function serviceView(object: Service, podsMatching: View['podsMatching']): ServiceView {
  const { metadata, spec } = object;
  const namespace = metadata.namespace ?? '';
  return {
    object,
    name: metadata.name,
    namespace,
    labels: metadata.labels ?? {},
    headless: spec.clusterIP === 'None',
    type: spec.type ?? 'ClusterIP',
    ports: spec.ports ?? [],
    pods: spec.selector === undefined ? [] : podsMatching(namespace, { matchLabels: spec.selector }),
    ...(spec.selector === undefined ? {} : { selector: spec.selector }),
  };
}

const podName = 'statefulset.kubernetes.io/pod-name';

/** Whether the selector takes one of these pods. An empty one takes all, as in Kubernetes. */
export function selects({ matchLabels = {}, matchExpressions = [] }: Selector, { labels, ordinalName, replicas }: Pods): boolean {
  for (const [key, value] of Object.entries(matchLabels)) {
    if (key === podName && ordinalName !== undefined) {
      const ordinal = value.startsWith(`${ordinalName}-`) ? Number(value.slice(ordinalName.length + 1)) : Number.NaN;
      if (!(ordinal >= 0 && ordinal < replicas)) return false;
    } else if (labels[key] !== value) return false;
  }
  return matchesExpressions(matchExpressions, labels);
}

/** The same for an object's own labels. */
export const matchesLabels = ({ matchLabels = {}, matchExpressions = [] }: Selector, labels: Readonly<Record<string, string>>): boolean =>
  Object.entries(matchLabels).every(([key, value]) => labels[key] === value) && matchesExpressions(matchExpressions, labels);

const matchesExpressions = (expressions: NonNullable<Selector['matchExpressions']>, labels: Readonly<Record<string, string>>): boolean =>
  expressions.every(({ key, operator, values = [] }) => {
    const value = labels[key];
    switch (operator) {
      case 'In':
        return value !== undefined && values.includes(value);
      case 'NotIn':
        return value === undefined || !values.includes(value);
      case 'Exists':
        return value !== undefined;
      default:
        return value === undefined;
    }
  });

/** Secrets that exist already, that the cluster fetches, that it lists for somebody to provide, and that the caller knows of. */
function secretsOf(ofKind: View['ofKind'], { secrets = [] }: Context): ReadonlyMap<string, ReadonlySet<string> | undefined> {
  const known = new Map<string, ReadonlySet<string> | undefined>();
  for (const { metadata, type } of ofKind<Secret>('Secret'))
    known.set(
      `${metadata.namespace}/${metadata.name}`,
      type === 'kubernetes.io/service-account-token' ? new Set(['token', 'ca.crt', 'namespace']) : undefined,
    );
  for (const { metadata, spec } of ofKind<ExternalSecret>('ExternalSecret'))
    known.set(
      `${metadata.namespace}/${spec?.target?.name ?? metadata.name}`,
      spec?.dataFrom === undefined
        ? new Set([...(spec?.data ?? []).map(({ secretKey }) => secretKey), ...Object.keys(spec?.target?.template?.data ?? {})])
        : undefined,
    );
  for (const { metadata, data } of ofKind<ConfigMap>('ConfigMap'))
    if (metadata.labels?.['app.kubernetes.io/name'] === 'required-secrets')
      for (const [key, text] of Object.entries(data ?? {}))
        known.set(key.replace('.', '/'), new Set(/^keys: (.*)$/m.exec(text)?.[1]?.split(', ') ?? []));
  for (const { namespace, name, keys } of secrets) known.set(`${namespace}/${name}`, new Set(keys));
  return known;
}

/** Flags of a command line: `--name=value`, `--name value` or `--name`; a flag may come several times. */
export function flagsOf({ command = [], args = [] }: Container): ReadonlyMap<string, readonly string[]> {
  const flags = new Map<string, readonly string[]>();
  const words = [...command, ...args];
  for (const [i, word] of words.entries()) {
    if (!word.startsWith('--')) continue;
    const equals = word.indexOf('=');
    const next = words[i + 1];
    const [name, value] =
      equals > 0 ? [word.slice(2, equals), word.slice(equals + 1)] : [word.slice(2), next?.startsWith('-') === false ? next : ''];
    flags.set(name, [...(flags.get(name) ?? []), value]);
  }
  return flags;
}

function commandsOf(pods: readonly Pods[]): readonly Command[] {
  return pods.flatMap((each) =>
    each.containers.map((container) => {
      const [first] = [...(container.command ?? []).filter((word) => !/(^|\/)thanos$/.test(word)), ...(container.args ?? [])];
      const thanos = /\/thanos[:@]/.test(container.image ?? '') && first !== undefined && /^[a-z][a-z-]*$/.test(first) ? first : undefined;
      return {
        pods: each,
        container,
        flags: flagsOf(container),
        ...(thanos === undefined ? {} : { thanos }),
        prometheus: /\/prometheus[:@]/.test(container.image ?? ''),
      };
    }),
  );
}

/** Fields of a value that may be anything. */
export const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;

/** The same for a field that should be a text: empty when it is not. */
export const textOf = (value: unknown, name: string): string => {
  const found = field(value, name);
  return typeof found === 'string' ? found : '';
};

export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

export const commandsWith = ({ commands }: View, thanos: string): readonly Command[] =>
  commands.filter((command) => command.thanos === thanos);

/** A Prometheus whose configuration is in a ConfigMap, with that configuration. */
export interface Configured extends Command {
  readonly source: ConfigMap;
  readonly text: string;
  readonly config: unknown;
  /** Its scrape configurations. */
  readonly jobs: readonly unknown[];
}

export const prometheusConfigs = (view: View): readonly Configured[] =>
  view.commands.flatMap((command) => {
    const path = command.prometheus ? command.flags.get('config.file')?.[0] : undefined;
    const file = path === undefined ? undefined : view.file(command.pods, command.container, path);
    if (file === undefined) return [];
    const config = view.parsed(file.text);
    return [{ ...command, source: file.object, text: file.text, config, jobs: list(field(config, 'scrape_configs')) }];
  });

const units: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86400, w: 604800, y: 31536000 };

/** A duration as Prometheus writes it: `1h30m`. */
export const seconds = (duration: string): number =>
  [...duration.matchAll(/(\d+)(ms|[smhdwy])/g)].reduce((sum, [, count, unit]) => sum + Number(count) * (units[unit ?? ''] ?? 0), 0);
