import type { Resource } from '../kubernetes/resource.ts';
import { at, type Fields, fieldsOf, itemsOf, textOf, textsOf } from './fields.ts';

const workloads = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job'];
const operated = ['Prometheus', 'Alertmanager', 'ThanosRuler'];

export const isWorkload = ({ kind }: Resource): boolean => workloads.includes(kind) || kind === 'CronJob';

/** The operator makes a StatefulSet of it. */
export const isOperated = ({ kind }: Resource): boolean => operated.includes(kind);

/** The pods that an object is the template of: of a workload, or a pod itself. */
export const podSpecOf = (resource: Resource): Fields => {
  if (resource.kind === 'CronJob') return fieldsOf(at(resource, 'spec', 'jobTemplate', 'spec', 'template', 'spec'));
  if (resource.kind === 'Pod' || isOperated(resource)) return fieldsOf(at(resource, 'spec'));
  return isWorkload(resource) ? fieldsOf(at(resource, 'spec', 'template', 'spec')) : {};
};

/** Containers by their names; those of a custom resource of the operator as far as it says anything of them. */
export function containersOf(resource: Resource): ReadonlyMap<string, Fields> {
  const pod = podSpecOf(resource);
  const containers = new Map(
    [...itemsOf(pod.initContainers), ...itemsOf(pod.containers), ...itemsOf(pod.ephemeralContainers)]
      .map(fieldsOf)
      .map((container) => [textOf(container.name) ?? '', container]),
  );
  if (isOperated(resource))
    for (const [name, settings] of [
      [resource.kind.toLowerCase(), pod],
      ['thanos-sidecar', fieldsOf(pod.thanos)],
    ] as const)
      if (settings.image !== undefined) containers.set(name, { ...containers.get(name), image: settings.image });
  return containers;
}

/** What a container is started with. */
export const argumentsOf = (container: Fields): readonly string[] => [...textsOf(container.command), ...textsOf(container.args)];

/** Fields of the operator's kinds that only say what to scrape or how many, and change neither command line nor image of a pod.
 *  https://github.com/prometheus-operator/prometheus-operator/blob/main/pkg/prometheus/server/statefulset.go */
const reloaded: Readonly<Record<string, RegExp>> = {
  Prometheus:
    /^(?:replicas|\w+Selector|(?:scrape|evaluation)Interval|scrapeTimeout|scrapeClasses|externalLabels|\w+ExternalLabelName|remoteWrite|remoteRead|alerting|additional\w+|arbitraryFSAccessThroughSMs|serviceDiscoveryRole|enforced\w+)$/,
  // The number of Alertmanagers is in the command line of each: its peers.
  Alertmanager: /^(?:alertmanagerConfig\w*)$/,
  ThanosRuler: /^(?:replicas|\w+Selector)$/,
};

/** Whether the difference of two versions of an object replaces its pods. */
export function replacesPods(before: Resource, after: Resource, paths: readonly (readonly (string | number)[])[]): boolean {
  const { kind } = after;
  if (kind !== before.kind) return false;
  if (kind === 'Deployment' || kind === 'StatefulSet' || kind === 'DaemonSet')
    return (
      textOf(at(after, 'spec', 'updateStrategy', 'type')) !== 'OnDelete' &&
      paths.some(([first, second]) => first === 'spec' && (second === undefined || second === 'template'))
    );
  return isOperated(after) && paths.some(([first, second]) => first === 'spec' && reloaded[kind]?.test(String(second)) !== true);
}

/** Files that a program reads anew by itself, told by how it is started. */
const rereads = [
  /^--config\.auto-reload\b/,
  /^--enable-feature=.*\bauto-reload-config\b/,
  /^--endpoint\.sd-config-(?:file|reload-interval)=/,
  /^--receive\.(?:hashrings-file|limits-config-file)=/,
  // The exporter toolkit reads it at every connection.
  /^--web\.config\.file=/,
  /^--tls-config=/,
];

/** How a workload uses a ConfigMap: not at all, with what is in it until the pods are replaced, or as it is at any time. */
export function useOfConfigMap(workload: Resource, name: string): 'none' | 'at-start' | 'reread' {
  const pod = podSpecOf(workload);
  const refers = (container: Fields): boolean =>
    itemsOf(container.env).some((variable) => at(variable, 'valueFrom', 'configMapKeyRef', 'name') === name) ||
    itemsOf(container.envFrom).some((source) => at(source, 'configMapRef', 'name') === name);
  const volumes = new Set(
    itemsOf(pod.volumes)
      .filter(
        (volume) =>
          at(volume, 'configMap', 'name') === name ||
          itemsOf(at(volume, 'projected', 'sources')).some((source) => at(source, 'configMap', 'name') === name),
      )
      .map((volume) => at(volume, 'name')),
  );
  let use: 'none' | 'reread' = 'none';
  for (const container of containersOf(workload).values()) {
    if (refers(container)) return 'at-start';
    const mounts = itemsOf(container.volumeMounts).filter((mount) => volumes.has(at(mount, 'name')));
    if (mounts.length === 0) continue;
    const follows =
      mounts.every((mount) => at(mount, 'subPath') === undefined) &&
      argumentsOf(container).some((one) => rereads.some((flag) => flag.test(one)));
    if (!follows) return 'at-start';
    use = 'reread';
  }
  return use;
}
