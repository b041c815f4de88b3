import { parseAllDocuments } from 'yaml';
import { readSources } from '../../scripts/inventory/read.ts';
import type { Resource } from '../../scripts/kubernetes/resource.ts';
import { aCentre, aFleet, allOptions, anEdge, type CompiledFleet, compiledFleet } from './fleet.ts';

const at = (address: number) => ({ server: `https://192.0.2.${address}:6443` });

/** Fleets that between them make the compiler emit every kind of object, and every part in each of its forms. */
export const fleets = (): ReadonlyMap<string, CompiledFleet> =>
  new Map(
    Object.entries({
      'the repository': readSources('.').sources,
      'all options': allOptions(),
      'service monitors': allOptions({}, { prometheus: { mode: 'service-monitor' } }),
      'a secret store': aFleet(
        [
          aCentre(at(1)),
          anEdge('scraped', 'remote-scrape', 10, at(10)),
          anEdge('agent', 'prometheus-agent', 20, at(20)),
          anEdge('sidecar', 'thanos-sidecar', 30, at(30)),
        ],
        { secretStore: { name: 'vault' } },
      ),
      'not pushed': aFleet([
        aCentre(),
        anEdge('alone', 'prometheus-agent', 10, { delivery: 'autonomous', network: { ingress: 'none' }, labels: { team: 'a' } }),
        anEdge('managed', 'prometheus-agent', 20, { delivery: 'agent', network: { ingress: 'none' } }),
        anEdge('alone-too', 'thanos-sidecar', 30, { delivery: 'autonomous' }),
      ]),
      'a pair, and kubelets that sign for themselves': aFleet(
        [
          aCentre({
            prometheus: { replicas: 3 },
            receive: { url: 'https://[2001:db8::1]:19291/api/v1/receive', replicationFactor: 5, replicas: 6 },
          }),
          anEdge('pair', 'thanos-sidecar', 10, { settings: { replicas: 2 }, storage: { class: 'fast', size: '1Ti' } }),
          anEdge('unsafe-pair', 'thanos-sidecar', 20, { settings: { replicas: 2 }, kubelet: { unsafeSkipVerify: true }, ring: 'canary' }),
          anEdge('unsafe-agent', 'prometheus-agent', 30, { kubelet: { unsafeSkipVerify: true }, storage: { class: 'slow' } }),
          anEdge('unsafe-scraped', 'remote-scrape', 40, { kubelet: { unsafeSkipVerify: true } }),
          anEdge('token', 'remote-scrape', 50, { settings: { credentials: { kubelet: 'token', secretName: 'shared' } } }),
        ],
        { rings: ['canary', 'stable'] },
      ),
      'older versions': allOptions({ versions: { prometheus: '3.1.0', thanos: '0.42.0' } }),
    }).map(([name, sources]) => [name, compiledFleet(sources)]),
  );

export interface Emitted {
  /** Such as `all options, centre: Service query`. */
  readonly where: string;
  readonly object: Resource;
}

/** What a fleet gives to Kubernetes: what is rendered for its clusters, and what Argo CD reads. */
export const emitted = (name: string, { rendered, tree }: CompiledFleet): readonly Emitted[] => [
  ...[...rendered].flatMap(([cluster, resources]) =>
    resources.map((object) => ({ where: `${name}, ${cluster}: ${titleOf(object)}`, object })),
  ),
  ...argocdObjects(tree).map(({ path, object }) => ({ where: `${name}, ${path}: ${titleOf(object)}`, object })),
];

/** All that the fleets give, each object once. */
export function distinct(all: ReadonlyMap<string, CompiledFleet>): readonly Emitted[] {
  const once = new Map<string, Emitted>();
  for (const [name, fleet] of all)
    for (const each of emitted(name, fleet)) {
      const key = JSON.stringify(each.object);
      if (!once.has(key)) once.set(key, each);
    }
  return [...once.values()];
}

/** The objects in generated/argocd. The files in `params` are no objects, but values for the templates of ApplicationSets. */
const argocdObjects = (tree: CompiledFleet['tree']) =>
  [...tree]
    .filter(([path]) => path.startsWith('generated/argocd/') && !path.startsWith('generated/argocd/params/'))
    .flatMap(([path, text]) =>
      parseAllDocuments(text, { strict: true }).map((document) => ({ path, object: document.toJS() as Resource })),
    );

const titleOf = ({ kind, metadata }: Resource): string => `${kind} ${metadata.name}`;
