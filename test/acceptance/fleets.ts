import { loadInventory } from '../../scripts/inventory/load.ts';
import type { Resource } from '../../scripts/kubernetes/resource.ts';
import { aCentre, aFleet, allOptions, anEdge, compiledFleet } from '../support/fleet.ts';
import type { NamedFleet } from '../support/manifests.ts';

/** Compiled, with all overlays of a cluster together: those of a large centre are several. */
export function named(name: string, sources: ReadonlyMap<string, string>): NamedFleet {
  const compiled = compiledFleet(sources);
  const rendered = new Map<string, readonly Resource[]>();
  for (const [overlay, resources] of compiled.rendered) {
    const cluster = overlay.split('/')[0] ?? '';
    rendered.set(cluster, [...(rendered.get(cluster) ?? []), ...resources]);
  }
  return { ...compiled, name, rendered, overlays: compiled.rendered };
}

/** The inventory of this repository. */
export const repository = named('clusters/', loadInventory('.').sources);

export const everyOption = named('every option', allOptions());

export const serviceMonitors = named(
  'service monitors',
  aFleet([
    aCentre({ prometheus: { mode: 'service-monitor' } }),
    ...['one', 'two'].map((name, i) =>
      anEdge(name, 'remote-scrape', 10 + 10 * i, { settings: { credentials: { secretName: 'scrape-edges' } } }),
    ),
    anEdge('agent', 'prometheus-agent', 40),
  ]),
);

export const secretStore = named('secret store', allOptions({ secretStore: { name: 'vault' } }));

const sixes = (name: string, last: number) => ({
  nodes: [
    { name: `${name}-a`, address: `2001:db8::${last}` },
    { name: `${name}-b`, address: `192.0.2.${last}` },
  ],
});

export const ipv6 = named(
  'IPv6',
  aFleet([
    aCentre({ receive: { url: 'https://[2001:db8::1]:19291/api/v1/receive' }, alertmanager: { url: 'https://[2001:db8::1]:30943' } }),
    anEdge('scraped', 'remote-scrape', 10, sixes('scraped', 10)),
    anEdge('agent', 'prometheus-agent', 20, sixes('agent', 20)),
    anEdge('sidecar', 'thanos-sidecar', 30, sixes('sidecar', 30)),
  ]),
);

export const sidecarPair = named(
  'sidecar pair',
  aFleet(
    [
      aCentre({ storage: { class: 'fast' }, retention: { raw: '90d' } }),
      anEdge('pair', 'thanos-sidecar', 10, { settings: { replicas: 2 }, storage: { class: 'local-path', size: '200Gi' } }),
      anEdge('behind-nat', 'thanos-sidecar', 20, {
        settings: { replicas: 2, endpoints: ['nat.example:10001', 'nat.example:10002'], serverName: 'sidecar.nat.example' },
      }),
      anEdge('agent', 'prometheus-agent', 30, { storage: { class: 'local-path', size: '10Gi' } }),
    ],
    { edgeRetention: '7d', scrapeInterval: '15s' },
  ),
);

const unsafe = { kubelet: { unsafeSkipVerify: true } };

/** Two edges on each option, of which one accepts any certificate of a kubelet. */
export const unsafeKubeletSources = aFleet([
  aCentre(),
  anEdge('scraped', 'remote-scrape', 10),
  anEdge('scraped-unsafe', 'remote-scrape', 20, unsafe),
  anEdge('scraped-unsafe-token', 'remote-scrape', 30, { ...unsafe, settings: { credentials: { kubelet: 'token' } } }),
  anEdge('agent', 'prometheus-agent', 40),
  anEdge('agent-unsafe', 'prometheus-agent', 50, unsafe),
  anEdge('sidecar', 'thanos-sidecar', 60),
  anEdge('sidecar-unsafe', 'thanos-sidecar', 70, unsafe),
]);

export const unsafeKubelets = named('unsafe kubelets', unsafeKubeletSources);

export const smallCentre = named(
  'small centre',
  allOptions(
    {},
    {
      prometheus: { replicas: 1 },
      applications: 'per-bucket',
      query: { replicas: 1 },
      receive: { url: 'https://receive.example/api/v1/receive', replicas: 5, replicationFactor: 5 },
    },
  ),
);

export const otherVersions = named(
  'other versions',
  allOptions({
    versions: { prometheus: '3.5.0', thanos: '0.42.0', nodeExporter: '1.9.0', kubeStateMetrics: '2.16.0', alertmanager: '0.28.0' },
  }),
);

/** More sidecars than one Query asks. */
export const manySidecars = named(
  'many sidecars',
  aFleet([aCentre(), ...Array.from({ length: 120 }, (_, i) => anEdge(`edge-${i}`, 'thanos-sidecar', 2 * i))]),
);

/** More than the centre's Application holds. */
export const manyScraped = named(
  'many scraped',
  aFleet(
    [
      aCentre(),
      ...Array.from({ length: 70 }, (_, i) => anEdge(`edge-${i}`, 'remote-scrape', 2 * i, { region: i % 2 === 0 ? 'kr' : 'jp' })),
    ],
    { regions: ['kr', 'jp'] },
  ),
);

export const oneOption = (['remote-scrape', 'prometheus-agent', 'thanos-sidecar'] as const).map((option) =>
  named(`only ${option}`, aFleet([aCentre(), anEdge('one', option, 10), anEdge('two', option, 20)])),
);

export const fleets: readonly NamedFleet[] = [
  repository,
  everyOption,
  serviceMonitors,
  secretStore,
  ipv6,
  sidecarPair,
  unsafeKubelets,
  smallCentre,
  otherVersions,
  manySidecars,
  manyScraped,
  ...oneOption,
];
