// What the kubelet would make of a rendered workload: the arguments, the environment and the files of one container.
import type { Resource } from '../../scripts/kubernetes/resource.ts';

export interface Mount {
  readonly path: string;
  /** A ConfigMap's files by name, or where the bytes are not in the manifests. */
  readonly from:
    | { readonly kind: 'files'; readonly files: Readonly<Record<string, string>> }
    | { readonly kind: 'secret'; readonly name: string; readonly items: readonly { readonly key: string; readonly path: string }[] }
    | { readonly kind: 'volume'; readonly name: string }
    | { readonly kind: 'host'; readonly path: string };
}

export interface Container {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly mounts: readonly Mount[];
  /** Path and port of the readiness probe, where it is one by HTTP. */
  readonly ready?: { readonly path: string; readonly port: number; readonly scheme: string };
  /** Seconds between SIGTERM and SIGKILL, where they are not Kubernetes' own 30. */
  readonly gracePeriod?: number;
}

/** The files of the ConfigMap that is mounted at a path. */
export function filesAt({ mounts }: Container, path: string): Readonly<Record<string, string>> {
  const from = mounts.find((mount) => mount.path === path)?.from;
  if (from?.kind !== 'files') throw new Error(`no ConfigMap is mounted at ${path}`);
  return from.files;
}

interface Workload {
  readonly spec: {
    readonly template: { readonly spec: PodSpec };
    readonly volumeClaimTemplates?: readonly { readonly metadata: { readonly name: string } }[];
  };
}
interface PodSpec {
  readonly containers: readonly ContainerSpec[];
  readonly terminationGracePeriodSeconds?: number;
  readonly volumes?: readonly Volume[];
}
interface ContainerSpec {
  readonly name: string;
  readonly args?: readonly string[];
  readonly env?: readonly EnvVar[];
  readonly ports?: readonly { readonly name?: string; readonly containerPort: number }[];
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
  readonly readinessProbe?: { readonly httpGet?: { readonly path: string; readonly port: string | number; readonly scheme?: string } };
}
interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly configMapKeyRef?: { readonly name: string; readonly key: string };
    readonly fieldRef?: { readonly fieldPath: string };
  };
}
interface Volume {
  readonly name: string;
  readonly configMap?: { readonly name: string };
  readonly secret?: { readonly secretName: string; readonly items?: readonly { readonly key: string; readonly path: string }[] };
  readonly hostPath?: { readonly path: string };
  readonly emptyDir?: object;
  /** A claim that lives as long as its pod. */
  readonly ephemeral?: object;
}

export interface PodName {
  readonly workload: string;
  readonly container?: string;
  /** The name that the pod would have. */
  readonly pod: string;
}

export function containerOf(objects: readonly Resource[], { workload, container, pod }: PodName): Container {
  const found = objects.filter(({ kind, metadata }) => /^(Deployment|StatefulSet|DaemonSet)$/.test(kind) && metadata.name === workload);
  const [object] = found as unknown as readonly (Workload & Resource)[];
  if (object === undefined || found.length > 1) throw new Error(`${found.length} workloads are named ${workload}`);
  const spec = object.spec.template.spec;
  const own = spec.containers.find(({ name }) => name === (container ?? spec.containers[0]?.name));
  if (own === undefined) throw new Error(`${workload} has no container ${container}`);
  const configMap = (name: string): Readonly<Record<string, string>> => {
    const map = objects.find(
      (each) => each.kind === 'ConfigMap' && each.metadata.name === name && each.metadata.namespace === object.metadata.namespace,
    );
    if (map === undefined) throw new Error(`${workload} needs ConfigMap ${name}`);
    return (map as unknown as { readonly data?: Readonly<Record<string, string>> }).data ?? {};
  };
  const env: Record<string, string> = {};
  for (const each of own.env ?? []) env[each.name] = valueOfVariable(each, pod, configMap);
  const claims = new Set(object.spec.volumeClaimTemplates?.map(({ metadata }) => metadata.name));
  const mounts = (own.volumeMounts ?? []).map(({ name, mountPath }): Mount => {
    const volume = spec.volumes?.find((each) => each.name === name);
    if (volume?.configMap !== undefined) return { path: mountPath, from: { kind: 'files', files: configMap(volume.configMap.name) } };
    if (volume?.secret !== undefined)
      return { path: mountPath, from: { kind: 'secret', name: volume.secret.secretName, items: volume.secret.items ?? [] } };
    if (volume?.hostPath !== undefined) return { path: mountPath, from: { kind: 'host', path: volume.hostPath.path } };
    if (claims.has(name) || volume?.emptyDir !== undefined || volume?.ephemeral !== undefined)
      return { path: mountPath, from: { kind: 'volume', name } };
    throw new Error(`${workload} mounts ${name}, which is no volume`);
  });
  // https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
  const args = (own.args ?? []).map((arg) => arg.replace(/\$\((\w+)\)/g, (whole, name: string) => env[name] ?? whole));
  const probe = own.readinessProbe?.httpGet;
  const port = typeof probe?.port === 'number' ? probe.port : own.ports?.find(({ name }) => name === probe?.port)?.containerPort;
  const grace = spec.terminationGracePeriodSeconds;
  const rest = { args, env, mounts, ...(grace === undefined ? {} : { gracePeriod: grace }) };
  if (probe === undefined) return rest;
  if (port === undefined) throw new Error(`${workload}: the probe's port ${probe.port} is not a port of the container`);
  return { ...rest, ready: { path: probe.path, port, scheme: probe.scheme ?? 'HTTP' } };
}

function valueOfVariable(
  { name, value, valueFrom }: EnvVar,
  pod: string,
  configMap: (name: string) => Readonly<Record<string, string>>,
): string {
  const { configMapKeyRef: key, fieldRef } = valueFrom ?? {};
  const found = key === undefined ? (fieldRef?.fieldPath === 'metadata.name' ? pod : value) : configMap(key.name)[key.key];
  if (found === undefined) throw new Error(`variable ${name} has no value`);
  return found;
}
