import { type Compiled, compile } from '../../scripts/compile.ts';
import { hasErrors } from '../../scripts/diagnostic.ts';
import type { Inventory } from '../../scripts/inventory/inventory.ts';
import { checkSources } from '../../scripts/inventory/load.ts';
import type { Resource } from '../../scripts/kubernetes/resource.ts';
import { renderKustomization } from '../../scripts/kustomize/render.ts';
import { overlayDirs } from '../../scripts/overlays/overlay.ts';

type Fields = Readonly<Record<string, unknown>>;

/** A fleet as people write it, each cluster a file. A test states what is different. */
export const aFleet = (clusters: readonly Fields[], fleet: Fields = {}): ReadonlyMap<string, string> =>
  new Map([
    ['clusters/fleet.ts', source({ name: 'test', repository: { url: 'https://git.example/fleet.git' }, regions: ['kr'], ...fleet })],
    ...clusters.map((cluster): [string, string] => [`clusters/${String(cluster.name)}.ts`, source(cluster)]),
  ]);

const source = (value: Fields): string => `export default ${JSON.stringify(value, null, 2)};\n`;

export const aCentre = (change: Fields = {}): Fields => ({
  name: 'centre',
  role: 'central',
  region: 'kr',
  receive: { url: 'https://receive.example:19291/api/v1/receive' },
  alertmanager: { url: 'https://alerts.example:30943' },
  ...change,
});

/** An edge with two nodes; `address` is the last byte of the first. */
export const anEdge = (name: string, option: string, address: number, change: Fields = {}): Fields => ({
  name,
  role: 'edge',
  region: 'kr',
  option,
  nodes: [
    { name: `${name}-a`, address: `192.0.2.${address}` },
    { name: `${name}-b`, address: `192.0.2.${address + 1}` },
  ],
  ...change,
});

/** One edge on each option. */
export const allOptions = (fleet: Fields = {}, centre: Fields = {}): ReadonlyMap<string, string> =>
  aFleet(
    [
      aCentre(centre),
      anEdge('scraped', 'remote-scrape', 10),
      anEdge('agent', 'prometheus-agent', 20),
      anEdge('sidecar', 'thanos-sidecar', 30),
    ],
    fleet,
  );

export interface CompiledFleet extends Compiled {
  readonly inventory: Inventory;
  /** Final manifests by the name of the cluster. */
  readonly rendered: ReadonlyMap<string, readonly Resource[]>;
}

/** Compiles a fleet that has to be right. */
export function compiledFleet(sources: ReadonlyMap<string, string>): CompiledFleet {
  const { sourced, inventory, diagnostics } = checkSources(sources);
  if (sourced === undefined || inventory === undefined)
    throw new Error(`the fleet of this test is wrong: ${JSON.stringify(diagnostics, null, 2)}`);
  const compiled = compile(sourced);
  if (hasErrors(compiled.diagnostics))
    throw new Error(`the fleet of this test is refused: ${JSON.stringify(compiled.diagnostics, null, 2)}`);
  const cache = new Map();
  return {
    ...compiled,
    inventory,
    rendered: new Map([...overlayDirs(compiled.tree)].map(([name, dir]) => [name, renderKustomization(compiled.tree, dir, cache)])),
  };
}

/** An object of a cluster, by kind and name; its fields as a test needs them. */
export function objectOf<T = Resource>(fleet: CompiledFleet, cluster: string, kind: string, name: string): T {
  const found = fleet.rendered.get(cluster)?.filter((resource) => resource.kind === kind && resource.metadata.name === name) ?? [];
  if (found.length !== 1) throw new Error(`${cluster} has ${found.length} ${kind} ${name}`);
  return found[0] as T;
}

export const objectsOf = <T = Resource>(fleet: CompiledFleet, cluster: string, kind: string): readonly T[] =>
  (fleet.rendered.get(cluster) ?? []).filter((resource) => resource.kind === kind) as unknown as T[];
