import type { Resource } from '../kubernetes/resource.ts';
import type { EndpointSlice, Monitor, ScrapeConfig, Service } from './manifests.ts';
import { matchesLabels } from './view.ts';

/** An address that the centre scrapes on an edge, however the manifests say so. */
export interface Target {
  readonly object: Resource;
  readonly job: string;
  readonly path: string;
  readonly cluster: string;
  readonly region: string;
  /** `host:port`, an IPv6 host in brackets. */
  readonly address: string;
}

export function targetsOf(resources: readonly Resource[]): readonly Target[] {
  // The kind says what a manifest looks like.
  const ofKind = <T extends Resource>(kind: string) => resources.filter((resource): resource is T => resource.kind === kind);
  const fixed = ofKind<ScrapeConfig>('ScrapeConfig').flatMap((object) =>
    (object.spec.staticConfigs ?? []).flatMap(({ targets = [], labels = {} }) =>
      targets.map((address) => ({
        object,
        job: object.spec.jobName ?? '',
        path: object.spec.metricsPath ?? '/metrics',
        cluster: labels.cluster ?? '',
        region: labels.region ?? '',
        address,
      })),
    ),
  );
  const slices = groupBy(ofKind<EndpointSlice>('EndpointSlice'), ({ metadata }) => metadata.labels?.['kubernetes.io/service-name']);
  const services = ofKind<Service>('Service').filter(({ metadata }) => metadata.labels?.cluster !== undefined);
  const found = ofKind<Monitor & { readonly spec: { readonly jobLabel?: string } }>('ServiceMonitor').flatMap((object) =>
    services
      .filter(({ metadata }) => matchesLabels(object.spec.selector, metadata.labels ?? {}))
      .flatMap(({ metadata: { name, labels = {} } }) =>
        (slices.get(name) ?? []).flatMap(({ endpoints = [], ports = [] }) =>
          (object.spec.endpoints ?? []).flatMap(({ port, path = '/metrics' }) =>
            endpoints.flatMap(({ addresses }) =>
              addresses.map((address) => ({
                object,
                job: labels[object.spec.jobLabel ?? ''] ?? name,
                path,
                cluster: labels.cluster ?? '',
                region: labels.region ?? '',
                address: `${address.includes(':') ? `[${address}]` : address}:${ports.find((one) => one.name === port)?.port}`,
              })),
            ),
          ),
        ),
      ),
  );
  return [...fixed, ...found];
}

export function groupBy<T, K>(list: Iterable<T>, keyOf: (one: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const one of list) {
    const group = groups.get(keyOf(one));
    if (group) group.push(one);
    else groups.set(keyOf(one), [one]);
  }
  return groups;
}
