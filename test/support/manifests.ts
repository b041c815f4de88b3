import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import type { Edge } from '../../scripts/inventory/inventory.ts';
import type { Resource } from '../../scripts/kubernetes/resource.ts';
import type { CompiledFleet } from './fleet.ts';

export interface NamedFleet extends CompiledFleet {
  readonly name: string;
  /** Final manifests of each overlay: what one Application applies. */
  readonly overlays: CompiledFleet['rendered'];
}

/** An object of a cluster of a fleet, and how to find it in the output. */
export interface Found<T extends Resource = Resource> {
  readonly where: string;
  readonly fleet: NamedFleet;
  readonly cluster: string;
  /** Everything in the same cluster. */
  readonly resources: readonly Resource[];
  readonly object: T;
}

/** What is wrong, in a few words that go on from the name of the thing; nothing when it is right. */
type Fault = string | false | undefined;

/** Tells every fault of every thing at once. To have found nothing to look at is a fault, too. */
export function each<T extends { readonly where: string }>(things: readonly T[], ...faults: readonly ((thing: T) => Fault)[]): void {
  assert.ok(things.length > 0, 'there is nothing to look at');
  none(things.flatMap((thing) => faults.map((fault) => fault(thing)).flatMap((fault) => (fault ? [`${thing.where} ${fault}`] : []))));
}

export const none = (faults: readonly string[]): void => assert.equal([...new Set(faults)], []);

// Finding objects

/** What a function finds in each of some fleets; it looks into each once. */
const remembered = <T>(look: (fleet: NamedFleet) => readonly T[]) => {
  const seen = new WeakMap<NamedFleet, readonly T[]>();
  return (fleets: readonly NamedFleet[]): readonly T[] =>
    fleets.flatMap((fleet) => {
      const found = seen.get(fleet) ?? look(fleet);
      seen.set(fleet, found);
      return found;
    });
};

const everything = remembered((fleet) =>
  [...fleet.rendered].flatMap(([cluster, resources]) =>
    resources.map((object) => ({ where: `${fleet.name}: ${cluster}: ${object.kind} ${key(object)}`, fleet, cluster, resources, object })),
  ),
);

/** Objects of some kinds, or of all, in all clusters of some fleets. */
export const all = <T extends Resource>(fleets: readonly NamedFleet[], ...kinds: readonly string[]): readonly Found<T>[] =>
  everything(fleets).filter(
    ({ object }) => kinds.length === 0 || kinds.includes(object.kind),
  ) as readonly Found<Resource>[] as readonly Found<T>[];

const key = ({ metadata: { namespace, name } }: Resource): string => (namespace === undefined ? name : `${namespace}/${name}`);

export const find = <T extends Resource>(resources: readonly Resource[], kind: string, namespace: string | undefined, name: string) =>
  resources.find((one) => one.kind === kind && one.metadata.namespace === namespace && one.metadata.name === name) as T | undefined;

export const inCentre = ({ fleet, cluster }: Found): boolean => fleet.inventory.central.name === cluster;

export const edgesOn = ({ inventory }: NamedFleet, ...options: readonly Edge['option'][]): readonly Edge[] =>
  inventory.edges.filter(({ option }) => options.includes(option));

/** Every value inside a value, with the path to it. */
export function* within(
  value: unknown,
  path: readonly string[] = [],
): Iterable<{ readonly path: readonly string[]; readonly value: unknown }> {
  yield { path, value };
  if (typeof value === 'object' && value !== null) for (const [name, inner] of Object.entries(value)) yield* within(inner, [...path, name]);
}

/** The value at a path, where there is one. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let current = value;
  for (const name of path) {
    if (typeof current !== 'object' || current === null) return undefined;
    current = (current as Readonly<Record<string | number, unknown>>)[name];
  }
  return current;
}

export const listAt = (value: unknown, ...path: readonly (string | number)[]): readonly unknown[] => {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
};

// What a check reads of an object

type Labels = Readonly<Record<string, string>>;

export interface ConfigMap extends Resource {
  readonly data: Readonly<Record<string, string>>;
}

export interface Service extends Resource {
  readonly spec: {
    readonly type?: string;
    readonly clusterIP?: string;
    readonly selector?: Labels;
    readonly ports: readonly {
      readonly name?: string;
      readonly port: number;
      readonly targetPort?: string | number;
      readonly nodePort?: number;
    }[];
  };
}

interface Resources {
  readonly requests?: Readonly<Record<string, string>>;
  readonly limits?: Readonly<Record<string, string>>;
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly args?: readonly string[];
  readonly env?: readonly {
    readonly name: string;
    readonly value?: string;
    readonly valueFrom?: {
      readonly fieldRef?: { readonly fieldPath: string };
      readonly configMapKeyRef?: { readonly name: string; readonly key: string };
    };
  }[];
  readonly ports?: readonly { readonly name?: string; readonly containerPort: number; readonly hostPort?: number }[];
  readonly readinessProbe?: object;
  readonly livenessProbe?: object;
  readonly resources?: Resources;
  readonly securityContext?: {
    readonly runAsNonRoot?: boolean;
    readonly privileged?: boolean;
    readonly allowPrivilegeEscalation?: boolean;
    readonly readOnlyRootFilesystem?: boolean;
    readonly capabilities?: { readonly drop?: readonly string[]; readonly add?: readonly string[] };
    readonly seccompProfile?: { readonly type: string };
  };
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
}

interface PodSecurity {
  readonly runAsNonRoot?: boolean;
  readonly fsGroup?: number;
  readonly seccompProfile?: { readonly type: string };
}

export interface PodSpec {
  readonly serviceAccountName?: string;
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly hostIPC?: boolean;
  readonly securityContext?: PodSecurity;
  readonly terminationGracePeriodSeconds?: number;
  readonly initContainers?: readonly Container[];
  readonly containers: readonly Container[];
  readonly volumes?: readonly {
    readonly name: string;
    readonly configMap?: { readonly name: string };
    readonly secret?: { readonly secretName: string };
    readonly hostPath?: { readonly path: string };
    readonly persistentVolumeClaim?: object;
  }[];
}

interface Claim {
  readonly spec: { readonly resources: { readonly requests: { readonly storage: string } } };
}

export interface Workload extends Resource {
  readonly spec: {
    readonly replicas?: number;
    readonly serviceName?: string;
    readonly template: { readonly metadata: { readonly labels: Labels }; readonly spec: PodSpec };
    readonly volumeClaimTemplates?: readonly Claim[];
  };
}

/** A custom resource of which the Prometheus operator makes a StatefulSet. */
export interface Operated extends Resource {
  readonly spec: {
    readonly image: string;
    readonly version: string;
    readonly replicas?: number;
    readonly serviceAccountName?: string;
    readonly securityContext?: PodSecurity;
    readonly resources?: Resources;
    readonly storage?: { readonly volumeClaimTemplate?: Claim };
    readonly podMetadata?: { readonly labels?: Labels };
    readonly containers?: readonly Partial<Container>[];
    readonly thanos?: {
      readonly image: string;
      readonly version: string;
      readonly resources?: Resources;
      readonly objectStorageConfig?: { readonly name: string; readonly key: string };
    };
    readonly [field: string]: unknown;
  };
}

export const workloads = remembered((fleet) => all<Workload>([fleet], 'Deployment', 'StatefulSet', 'DaemonSet'));

export const operated = remembered((fleet) => all<Operated>([fleet], 'Prometheus', 'Alertmanager', 'ThanosRuler'));

/** Labels that the operator puts on pods. https://github.com/prometheus-operator/prometheus-operator/tree/main/pkg */
const operatorLabels = ({ kind, metadata: { name }, spec }: Operated): Labels => {
  const pods = { Prometheus: 'prometheus', Alertmanager: 'alertmanager', ThanosRuler: 'thanos-ruler' }[kind] ?? '';
  return {
    'app.kubernetes.io/name': pods,
    'app.kubernetes.io/instance': name,
    'app.kubernetes.io/managed-by': 'prometheus-operator',
    [pods]: name,
    ...spec.podMetadata?.labels,
  };
};

/** Pods that are alike, whoever makes them. */
export interface Pods extends Found<Workload | Operated> {
  readonly labels: Labels;
  /** A DaemonSet has as many as the cluster has nodes. */
  readonly replicas: number;
  readonly security: PodSecurity;
  readonly serviceAccountName: string | undefined;
  readonly claims: readonly Claim[];
}

export const pods = remembered((fleet): readonly Pods[] => [
  ...workloads([fleet]).map((found) => {
    const { replicas = 1, template, volumeClaimTemplates = [] } = found.object.spec;
    const nodes = fleet.inventory.edges.find(({ name }) => name === found.cluster)?.nodes.length ?? 0;
    return {
      ...found,
      labels: template.metadata.labels,
      replicas: found.object.kind === 'DaemonSet' ? nodes : replicas,
      security: template.spec.securityContext ?? {},
      serviceAccountName: template.spec.serviceAccountName,
      claims: [
        ...volumeClaimTemplates,
        ...(template.spec.volumes ?? []).flatMap(({ persistentVolumeClaim }) =>
          persistentVolumeClaim === undefined ? [] : [{ spec: { resources: { requests: { storage: '0Gi' } } } }],
        ),
      ],
    };
  }),
  ...operated([fleet]).map((found) => {
    const { replicas = 1, securityContext = {}, serviceAccountName, storage } = found.object.spec;
    return {
      ...found,
      labels: operatorLabels(found.object),
      replicas,
      security: securityContext,
      serviceAccountName,
      claims: storage?.volumeClaimTemplate === undefined ? [] : [storage.volumeClaimTemplate],
    };
  }),
]);

export const matches = (selector: Labels, labels: Labels): boolean =>
  Object.entries(selector).every(([name, value]) => labels[name] === value);

// What a container runs

export interface Running extends Found<Workload> {
  readonly container: Container;
  readonly pod: PodSpec;
}

export const containers = remembered((fleet): readonly Running[] =>
  workloads([fleet]).flatMap((found) => {
    const pod = found.object.spec.template.spec;
    return [...(pod.initContainers ?? []), ...pod.containers].map((container) => ({
      ...found,
      where: `${found.where} container ${container.name}`,
      container,
      pod,
    }));
  }),
);

/** Values of each flag, by its name without the dashes; a flag without a value has an empty one. */
export function flagsOf({ args = [] }: Container): ReadonlyMap<string, readonly string[]> {
  const flags = new Map<string, string[]>();
  for (const arg of args) {
    const [, name, value = ''] = /^--([^=]+)(?:=(.*))?$/s.exec(arg) ?? [];
    if (name !== undefined) flags.set(name, [...(flags.get(name) ?? []), value]);
  }
  return flags;
}

export interface Command extends Running {
  readonly flags: ReadonlyMap<string, readonly string[]>;
}

const withFlags = (running: Running): Command => ({ ...running, flags: flagsOf(running.container) });

/** Containers that run a component of Thanos. */
export const thanos = (fleets: readonly NamedFleet[], component: string): readonly Command[] =>
  containers(fleets)
    .filter(({ container }) => container.image.includes('/thanos:') && container.args?.[0] === component)
    .map(withFlags);

/** Containers that run some image, by the last part of its name. */
export const runningImage = (fleets: readonly NamedFleet[], image: string): readonly Command[] =>
  containers(fleets)
    .filter(({ container }) => new RegExp(`/${image}[:@]`).test(container.image))
    .map(withFlags);

export const isRouter = ({ flags }: Command): boolean => flags.has('receive.hashrings-file') || flags.has('receive.hashrings');

/** The text of a file that a container has by a ConfigMap. */
export function fileOf({ container, pod, object, resources }: Running, path: string): string | undefined {
  for (const { name, mountPath } of container.volumeMounts ?? []) {
    if (!path.startsWith(`${mountPath}/`)) continue;
    const volume = pod.volumes?.find((one) => one.name === name);
    if (volume?.configMap === undefined) continue;
    return find<ConfigMap>(resources, 'ConfigMap', object.metadata.namespace, volume.configMap.name)?.data[
      path.slice(mountPath.length + 1)
    ];
  }
  return undefined;
}

/** The configuration of a Prometheus that we run ourselves. */
export interface Prometheus extends Command {
  readonly config: unknown;
}

export const prometheus = remembered((fleet): readonly Prometheus[] =>
  runningImage([fleet], 'prometheus').map((command) => {
    const path = command.flags.get('config.file')?.[0] ?? '';
    const text = fileOf(command, path);
    if (text === undefined) throw new Error(`${command.where} has no ${path}`);
    return { ...command, config: parse(text) as unknown };
  }),
);

export const isAgent = ({ flags }: Command): boolean => flags.has('agent');

/** A text with `${NAME}` and `$(NAME)` as a pod of the workload would see it. */
export function expanded(text: string, { container, object, resources }: Running, pod: string): string {
  return text.replace(/\$[({](\w+)[)}]/g, (_, name: string) => {
    const { value, valueFrom } = container.env?.find((one) => one.name === name) ?? {};
    const reference = valueFrom?.configMapKeyRef;
    if (valueFrom?.fieldRef?.fieldPath === 'metadata.name') return pod;
    if (reference === undefined) return value ?? '';
    return find<ConfigMap>(resources, 'ConfigMap', object.metadata.namespace, reference.name)?.data[reference.key] ?? '';
  });
}

export const podNames = ({ metadata, spec: { replicas = 1 } }: Workload): readonly string[] =>
  Array.from({ length: replicas }, (_, i) => `${metadata.name}-${i}`);

/** The number of the container port that a port of a Service leads to. */
export function targetOf(
  { targetPort, port }: Service['spec']['ports'][number],
  { object: { spec } }: Found<Workload>,
): number | undefined {
  if (targetPort === undefined || typeof targetPort === 'number') return targetPort ?? port;
  return spec.template.spec.containers.flatMap(({ ports = [] }) => ports).find(({ name }) => name === targetPort)?.containerPort;
}

// What the centre scrapes of the edges

export interface Target {
  readonly where: string;
  readonly fleet: NamedFleet;
  readonly cluster: string;
  readonly region: string | undefined;
  readonly job: string;
  readonly path: string;
  /** As Prometheus writes it: an IPv6 address in brackets. */
  readonly address: string;
  readonly host: string;
  readonly port: number;
  readonly endpoint: Endpoint;
  /** The ScrapeConfig or ServiceMonitor. */
  readonly object: Resource;
}

interface Relabeling {
  readonly sourceLabels?: readonly string[];
  readonly targetLabel?: string;
  readonly replacement?: string;
  readonly action?: string;
}

export interface Endpoint {
  readonly port?: string;
  readonly path?: string;
  readonly scheme?: string;
  readonly honorLabels?: boolean;
  readonly honorTimestamps?: boolean;
  readonly authorization?: { readonly credentials?: { readonly name: string; readonly key: string } };
  readonly tlsConfig?: { readonly insecureSkipVerify?: boolean };
  readonly relabelings?: readonly Relabeling[];
}

export interface ScrapeConfig extends Resource {
  readonly spec: Endpoint & {
    readonly jobName: string;
    readonly metricsPath?: string;
    readonly staticConfigs: readonly { readonly targets: readonly string[]; readonly labels: Labels }[];
  };
}

export interface ServiceMonitor extends Resource {
  readonly spec: {
    readonly jobLabel: string;
    readonly targetLabels?: readonly string[];
    readonly selector: { readonly matchLabels: Labels };
    readonly endpoints: readonly Endpoint[];
  };
}

export interface EndpointSlice extends Resource {
  readonly ports: readonly { readonly name: string; readonly port: number }[];
  readonly endpoints: readonly { readonly addresses: readonly string[] }[];
}

export const targets = remembered((fleet): readonly Target[] => [
  ...all<ScrapeConfig>([fleet], 'ScrapeConfig').flatMap((found) => {
    const { jobName, metricsPath = '/metrics', staticConfigs } = found.object.spec;
    return staticConfigs.flatMap(({ targets: addresses, labels }) =>
      addresses.map((address) => target(found, labels, jobName, metricsPath, address, found.object.spec)),
    );
  }),
  ...all<ServiceMonitor>([fleet], 'ServiceMonitor').flatMap((found) => {
    const { jobLabel, targetLabels = [], selector, endpoints } = found.object.spec;
    return all<Service>([fleet], 'Service')
      .filter(({ cluster, object }) => cluster === found.cluster && matches(selector.matchLabels, object.metadata.labels ?? {}))
      .flatMap(({ object: service }) =>
        all<EndpointSlice>([fleet], 'EndpointSlice')
          .filter(({ object }) => object.metadata.labels?.['kubernetes.io/service-name'] === service.metadata.name)
          .flatMap(({ object: slice }) =>
            slice.endpoints.flatMap(({ addresses }) =>
              endpoints.map((endpoint) => {
                const port = slice.ports.find(({ name }) => name === endpoint.port)?.port ?? 0;
                const [address = ''] = addresses;
                const labels = Object.fromEntries(targetLabels.map((name) => [name, service.metadata.labels?.[name] ?? '']));
                const job = service.metadata.labels?.[jobLabel] ?? service.metadata.name;
                return target(
                  found,
                  labels,
                  job,
                  endpoint.path ?? '/metrics',
                  `${address.includes(':') ? `[${address}]` : address}:${port}`,
                  endpoint,
                );
              }),
            ),
          ),
      );
  }),
]);

function target({ where, fleet, object }: Found, labels: Labels, job: string, path: string, address: string, endpoint: Endpoint): Target {
  const [, host = '', port = ''] = /^\[?(.*?)\]?:(\d+)$/.exec(address) ?? [];
  return {
    where: `${where} target ${address}${path}`,
    fleet,
    cluster: labels.cluster ?? '',
    region: labels.region,
    job,
    path,
    address,
    host,
    port: Number(port),
    endpoint,
    object,
  };
}

// Secrets

export interface SecretReference {
  readonly where: string;
  readonly secret: string;
  readonly key: string | undefined;
  readonly found: Found;
}

/** References to Secrets of the namespace, wherever in an object they are. */
export const secretReferences = remembered((fleet): readonly SecretReference[] =>
  all([fleet])
    .filter(({ object }) => object.kind !== 'ExternalSecret' && object.kind !== 'SealedSecret')
    .flatMap((found) => {
      const references: SecretReference[] = [];
      const add = (name: unknown, ...keys: readonly unknown[]) => {
        for (const one of keys.length === 0 ? [undefined] : keys)
          references.push({
            where: `${found.where} secret ${String(name)}${one === undefined ? '' : ` key ${String(one)}`}`,
            secret: `${found.object.metadata.namespace}/${String(name)}`,
            key: one === undefined ? undefined : String(one),
            found,
          });
      };
      for (const { path, value } of within(found.object)) {
        const [name, inner] = [path.at(-1) ?? '', path.at(-2)];
        if (name === 'secretName') add(value);
        else if (name === 'configSecret') add(value, 'alertmanager.yaml');
        else if (name === 'secretRef' || inner === 'imagePullSecrets') add(at(value, 'name'));
        else if (!name.startsWith('configMap') && typeof at(value, 'name') === 'string' && typeof at(value, 'key') === 'string')
          add(at(value, 'name'), at(value, 'key'));
        if (name === 'secret' && typeof at(value, 'secretName') === 'string' && at(value, 'items') !== undefined)
          add(at(value, 'secretName'), ...listAt(value, 'items').map((item) => at(item, 'key')));
      }
      return references;
    }),
);

const provisions = new WeakMap<readonly Resource[], ReadonlyMap<string, readonly string[]>>();

/** Secrets that somebody is told to provide, or that come from a store: keys by `namespace/name`. */
export function providedSecrets(resources: readonly Resource[]): ReadonlyMap<string, readonly string[]> {
  const known = provisions.get(resources);
  if (known !== undefined) return known;
  const provided = new Map<string, readonly string[]>();
  provisions.set(resources, provided);
  for (const object of resources) {
    const { name, namespace } = object.metadata;
    if (object.kind === 'ExternalSecret')
      provided.set(
        `${namespace}/${String(at(object, 'spec', 'target', 'name') ?? name)}`,
        listAt(object, 'spec', 'data').map((one) => String(at(one, 'secretKey'))),
      );
    if (object.kind === 'ConfigMap' && name.startsWith('required-secrets'))
      for (const [entry, text] of Object.entries((object as ConfigMap).data)) {
        const [, inNamespace, secret] = /^([^.]+)\.(.+)$/.exec(entry) ?? [];
        provided.set(`${inNamespace}/${secret}`, /^keys: (.*)$/m.exec(text)?.[1]?.split(', ') ?? []);
      }
  }
  return provided;
}

// Quantities

const units = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 } as const;

export function bytes(quantity: string): number {
  const [, amount, unit] = /^(\d+)(Ki|Mi|Gi|Ti)$/.exec(quantity) ?? [];
  if (amount === undefined) throw new Error(`${quantity} is not a size`);
  return Number(amount) * units[unit as keyof typeof units];
}

const durations = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

export function seconds(duration: string): number {
  const [, amount, unit] = /^(\d+)([smhd])$/.exec(duration) ?? [];
  if (amount === undefined) throw new Error(`${duration} is not a duration`);
  return Number(amount) * durations[unit as keyof typeof durations];
}
