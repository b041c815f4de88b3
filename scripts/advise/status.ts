import type { Cluster, Edge, Inventory } from '../inventory/inventory.ts';
import type { Resource } from '../kubernetes/resource.ts';
import { type Renderer, rendererOf } from '../kustomize/render.ts';
import { parseYaml } from '../kustomize/yaml.ts';
import { overlayDir, overlaysOf } from '../overlays/overlay.ts';
import { jobs } from '../telemetry/jobs.ts';
import type { FileTree } from '../tree/tree.ts';
import { targetsOf } from '../verify/targets.ts';
import type { OptionName } from './outage.ts';

/** Whether something that a cluster needs is in the committed output. */
export type Standing =
  | { readonly state: 'stands' }
  | { readonly state: 'missing' }
  | { readonly state: 'partly'; readonly missing: readonly string[] }
  | { readonly state: 'unknown'; readonly why: string };

export interface NeededPart {
  readonly name: string;
  readonly where: 'edge' | 'centre';
  readonly standing: Standing;
}

export interface NeededJob {
  /** Such as `cadvisor`. */
  readonly id: string;
  /** Where its scrape definition is. */
  readonly where: 'edge' | 'centre';
  readonly standing: Standing;
}

/** What the option of one cluster needs, and what of it is there. */
export interface ClusterStanding {
  readonly cluster: string;
  /** Undefined for the centre. */
  readonly option: OptionName | undefined;
  readonly parts: readonly NeededPart[];
  readonly jobs: readonly NeededJob[];
}

/** Parts of the centre without which an option collects nothing, beside what every centre runs. */
const centralParts: Readonly<Record<OptionName, readonly string[]>> = {
  'remote-scrape': ['prometheus'],
  'prometheus-agent': ['receive-router', 'receive-ingestor'],
  'thanos-sidecar': ['query', 'alert-gateway'],
};

/** One tree, as far as clusters are concerned. What cannot be built is told as such: nothing is known of it. */
interface Output {
  readonly tree: FileTree;
  readonly renderer: Renderer;
  /** The objects of a cluster, or why they cannot be known. */
  readonly objects: (cluster: Cluster) => readonly Resource[] | string;
}

/** What stands of what each cluster needs: `wanted` is a fresh compile, `committed` what is in the repository. */
export function standingOf({ central, edges }: Inventory, wanted: FileTree, committed: FileTree): readonly ClusterStanding[] {
  const [from, to] = [outputOf(wanted), outputOf(committed)];
  const centralNeeds = partsOf(central, from, to);
  const scraped = { wanted: scrapedOf(central, from), committed: scrapedOf(central, to) };
  return [
    { cluster: central.name, option: undefined, parts: centralNeeds.map((part) => ({ ...part, where: 'centre' as const })), jobs: [] },
    ...edges.map((edge) => ({
      cluster: edge.name,
      option: edge.option,
      parts: [
        ...partsOf(edge, from, to).map((part) => ({ ...part, where: 'edge' as const })),
        ...centralNeeds
          .filter(({ name }) => centralParts[edge.option].includes(name))
          .map((part) => ({ ...part, where: 'centre' as const })),
      ],
      jobs: edge.option === 'remote-scrape' ? scrapedJobs(edge, scraped) : collectedJobs(edge, from, to),
    })),
  ];
}

function outputOf(tree: FileTree): Output {
  const renderer = rendererOf(tree);
  const known = new Map<string, readonly Resource[] | string>();
  return {
    tree,
    renderer,
    objects(cluster) {
      const found = known.get(cluster.name) ?? objectsOf(cluster, tree, renderer);
      known.set(cluster.name, found);
      return found;
    },
  };
}

function objectsOf(cluster: Cluster, tree: FileTree, renderer: Renderer): readonly Resource[] | string {
  const overlays = overlaysOf(tree, cluster).filter((dir) => tree.has(`${dir}/kustomization.yaml`));
  try {
    return overlays.flatMap((dir) => renderer.render(dir));
  } catch (error) {
    return `its overlay cannot be built: ${(error as Error).message}`;
  }
}

/** A reference of an overlay to a part: through its ring, or by its digest. */
const partReference = /(?:^|\/)(base\/(?:rings\/[^/]+\/([^/]+)|parts\/([^/]+)\/[^/]+))$/;

function partsOf(cluster: Cluster, from: Output, to: Output): readonly Omit<NeededPart, 'where'>[] {
  const file = from.tree.get(`${overlayDir(cluster)}/kustomization.yaml`);
  if (file === undefined) throw new Error(`bug: a compile without an overlay of ${cluster.name}`);
  const [{ resources }] = parseYaml(file) as [{ readonly resources: readonly string[] }];
  const objects = to.objects(cluster);
  const standing = (needed: readonly string[]): Standing =>
    typeof objects === 'string' ? { state: 'unknown', why: objects } : compared(needed, new Set(objects.map(identityOf)));
  return resources.flatMap((resource) => {
    const [, folder, ringPart, part] = partReference.exec(resource) ?? [];
    const name = ringPart ?? part;
    if (folder === undefined || name === undefined) return [];
    return [{ name, standing: standing(from.renderer.render(folder).map(identityOf)) }];
  });
}

const identityOf = ({ kind, metadata: { namespace, name } }: Resource): string =>
  `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;

function compared(needed: readonly string[], there: ReadonlySet<string>): Standing {
  const missing = needed.filter((one) => !there.has(one));
  if (missing.length === 0) return { state: 'stands' };
  return missing.length === needed.length ? { state: 'missing' } : { state: 'partly', missing };
}

/** Targets of every edge that the centre scrapes: `<cluster> <job>` to addresses. */
type Scraped = ReadonlyMap<string, readonly string[]> | string;

function scrapedOf(central: Cluster, output: Output): Scraped {
  const objects = output.objects(central);
  if (typeof objects === 'string') return objects;
  const found = new Map<string, string[]>();
  for (const { cluster, job, path, address } of targetsOf(objects)) {
    const key = `${cluster} ${jobs.find((known) => known.job === job && known.path === path)?.id ?? job}`;
    found.set(key, [...(found.get(key) ?? []), address]);
  }
  return found;
}

function scrapedJobs({ name }: Edge, scraped: { readonly wanted: Scraped; readonly committed: Scraped }): readonly NeededJob[] {
  const { wanted, committed } = scraped;
  return jobs.map(({ id }) => {
    const needed = typeof wanted === 'string' ? [] : (wanted.get(`${name} ${id}`) ?? []);
    const standing: Standing =
      typeof committed === 'string'
        ? { state: 'unknown', why: committed }
        : compared(needed, new Set(committed.get(`${name} ${id}`) ?? []));
    return { id, where: 'centre', standing };
  });
}

/** Jobs of the collector on the edge, by its configuration. */
function collectedJobs(edge: Edge, from: Output, to: Output): readonly NeededJob[] {
  const [wanted, committed] = [from.objects(edge), to.objects(edge)];
  const names = typeof committed === 'string' ? committed : jobNamesOf(committed);
  return (typeof wanted === 'string' ? [] : [...jobNamesOf(wanted)]).map((id) => ({
    id,
    where: 'edge',
    standing: typeof names === 'string' ? { state: 'unknown', why: names } : { state: names.has(id) ? 'stands' : 'missing' },
  }));
}

function jobNamesOf(objects: readonly Resource[]): ReadonlySet<string> {
  const names = objects.flatMap((object) => {
    const text = (object as Resource & { readonly data?: Readonly<Record<string, string>> }).data?.['prometheus.yml'];
    if (object.kind !== 'ConfigMap' || text === undefined) return [];
    const [config] = parseYaml(text) as [{ readonly scrape_configs?: readonly { readonly job_name: string }[] }?];
    return config?.scrape_configs?.map(({ job_name }) => job_name) ?? [];
  });
  return new Set(names);
}
