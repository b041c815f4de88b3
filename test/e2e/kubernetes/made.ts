// What prometheus-operator made, as the kubelet would give it to containers.
import { dirname } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Resource } from '../../../scripts/kubernetes/resource.ts';
import type { Secrets } from '../launch.ts';
import { type Container, containerOf, type PodName } from '../pod.ts';
import type { Api } from './api.ts';

interface Volume {
  readonly name: string;
  readonly secret?: { readonly secretName: string };
  readonly projected?: { readonly sources: readonly { readonly secret?: { readonly name: string } }[] };
  readonly configMap?: { readonly name: string; readonly optional?: boolean };
}
interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly secretKeyRef?: { readonly name: string; readonly key: string };
    readonly fieldRef?: { readonly fieldPath: string };
  };
}
export interface ContainerSpec {
  readonly name: string;
  readonly args?: readonly string[];
  readonly env?: readonly Variable[];
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string; readonly subPath?: string }[];
  readonly ports?: readonly { readonly name?: string; readonly containerPort: number }[];
}
export interface StatefulSet extends Resource {
  readonly spec: {
    readonly serviceName: string;
    readonly template: {
      readonly metadata: { readonly labels: Readonly<Record<string, string>> };
      readonly spec: { readonly volumes: readonly Volume[]; readonly containers: readonly ContainerSpec[] };
    };
  };
}
interface Keyed extends Resource {
  readonly data?: Readonly<Record<string, string>>;
}
interface ListOf<T> {
  readonly items: readonly T[];
}

interface Configuration {
  /** As it is called once its variables are substituted. */
  readonly file: string;
  readonly text: string;
}

/** What a namespace holds once the operator is done. */
export interface Made {
  readonly statefulSets: readonly StatefulSet[];
  readonly configMaps: readonly Keyed[];
  /** Decoded; what is compressed is not. */
  readonly secrets: Secrets;
  /** The configuration files that are compressed, by the name of their Secret. */
  readonly configurations: Readonly<Record<string, Configuration>>;
}

export async function madeIn(api: Api, namespace: string): Promise<Made> {
  const list = <T>(group: string, resource: string, kind: string) =>
    api.expect<ListOf<T & Resource>>('GET', `${group}/namespaces/${namespace}/${resource}`).then(({ items }) =>
      // The items of a list do not say what they are.
      items.map((item) => ({ ...item, kind })),
    );
  const [statefulSets, configMaps, keyed] = await Promise.all([
    list<StatefulSet>('/apis/apps/v1', 'statefulsets', 'StatefulSet'),
    list<Keyed>('/api/v1', 'configmaps', 'ConfigMap'),
    list<Keyed>('/api/v1', 'secrets', 'Secret'),
  ]);
  const entries = keyed.flatMap(({ metadata: { name }, data = {} }) =>
    Object.entries(data).map(([key, text]) => ({ name, key, bytes: Buffer.from(text, 'base64') })),
  );
  const secrets: Record<string, Record<string, string>> = Object.fromEntries(keyed.map(({ metadata: { name } }) => [name, {}]));
  const configurations: Record<string, Configuration> = {};
  for (const { name, key, bytes } of entries)
    if (key.endsWith('.gz'))
      configurations[name] = { file: key.replace(/\.yaml\.gz$/, '.env.yaml'), text: gunzipSync(bytes).toString('utf8') };
    else secrets[name] = { ...secrets[name], [key]: bytes.toString('utf8') };
  return { statefulSets, configMaps, secrets, configurations };
}

/** A container of a pod that the operator made; `defaults` are arguments that the program would take for itself. */
export function operatedContainer(made: Made, name: PodName, defaults: readonly string[]): Container {
  const found = made.statefulSets.find(({ metadata }) => metadata.name === name.workload);
  if (found === undefined) throw new Error(`the operator made no ${name.workload}`);
  const { template } = found.spec;
  const configMaps: Keyed[] = [...made.configMaps];
  const withMap = (volume: string, map: string, data: Readonly<Record<string, string>>): Volume => {
    const metadata = { name: map, namespace: found.metadata.namespace ?? '' };
    if (!configMaps.some((each) => each.metadata.name === map)) configMaps.push({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data });
    return { name: volume, configMap: { name: map } };
  };
  const configuration = template.spec.volumes
    .map(({ secret }) => made.configurations[secret?.secretName ?? ''])
    .find((each) => each !== undefined);
  const volumes = template.spec.volumes.map((volume): Volume => {
    const [source, ...others] = volume.projected?.sources ?? [];
    if (source?.secret !== undefined && others.length === 0) return { name: volume.name, secret: { secretName: source.secret.name } };
    if (volume.configMap?.optional === true) return withMap(volume.name, volume.configMap.name, {});
    if (volume.name !== 'config-out' || configuration === undefined) return volume;
    return withMap(volume.name, `${name.workload}-config-out`, {
      [configuration.file]: substituted(configuration.text, name.pod, shardOf(found)),
    });
  });
  const containers = template.spec.containers.map((container) => ({
    ...container,
    env: (container.env ?? []).map(({ name: variable, valueFrom, ...rest }) => {
      if (valueFrom?.fieldRef?.fieldPath === 'status.podIP') return { name: variable, value: '127.0.0.1' };
      const from = valueFrom?.secretKeyRef;
      if (from === undefined) return { name: variable, ...rest, ...(valueFrom === undefined ? {} : { valueFrom }) };
      return { name: variable, value: made.secrets[from.name]?.[from.key] ?? '' };
    }),
    // A file by itself: its folder has nothing else.
    volumeMounts: (container.volumeMounts ?? []).map(({ name: volume, mountPath, subPath }) => ({
      name: volume,
      mountPath: subPath !== undefined && mountPath.endsWith(`/${subPath}`) ? dirname(mountPath) : mountPath,
    })),
  }));
  const statefulSet = { ...found, spec: { ...found.spec, template: { ...template, spec: { ...template.spec, volumes, containers } } } };
  const container = containerOf([statefulSet, ...configMaps], name);
  return { ...container, args: [...container.args, ...defaults] };
}

/** What the init container `config-reloader` writes: the variables that the pod has. */
const substituted = (text: string, pod: string, shard: string): string => text.replaceAll('$(POD_NAME)', pod).replaceAll('$(SHARD)', shard);

const shardOf = ({ spec }: StatefulSet): string =>
  spec.template.spec.containers.flatMap(({ env = [] }) => env).find(({ name }) => name === 'SHARD')?.value ?? '0';
