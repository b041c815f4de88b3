import { renderKustomization } from '../../../scripts/kustomize/render.ts';
import { overlayDirs } from '../../../scripts/overlays/overlay.ts';
import { type FileTree, union } from '../../../scripts/tree/tree.ts';
import { aCentre, aFleet, anEdge, type CompiledFleet, compiledFleet } from '../../support/fleet.ts';

const options = ['remote-scrape', 'prometheus-agent', 'thanos-sidecar'] as const;
const rings = ['canary', 'stable'];

/** Edges on every option in each of two rings. */
const fleetOf = (edges: readonly number[], readdressed?: number, fleet: Readonly<Record<string, unknown>> = {}): CompiledFleet =>
  compiledFleet(
    aFleet(
      [
        aCentre(),
        ...edges.map((edge) =>
          anEdge(`edge-${edge}`, options[edge % options.length] ?? '', edge === readdressed ? 200 : 10 * (edge + 1), {
            ring: rings[edge % rings.length],
          }),
        ),
      ],
      { rings, ...fleet },
    ),
  );

interface Change {
  readonly what: string;
  readonly tree: FileTree;
  /** ApplicationSets that a person deletes. */
  readonly delete?: readonly string[];
  /** The one Application that Argo CD leaves as it is from then on. */
  readonly leaves?: string;
}

/** A fleet, and what becomes of it commit by commit. */
export function history(): { readonly fleet: CompiledFleet; readonly everyEdge: CompiledFleet; readonly changes: readonly Change[] } {
  const fleet = fleetOf([0, 1, 2, 3, 4, 5]);
  const everyEdge = fleetOf([0, 1, 2, 3, 4, 5, 6]);
  const slower = fleetOf([0, 1, 2, 3, 4, 5, 6], undefined, { scrapeInterval: '60s' });
  const canary = union(
    new Map([...everyEdge.tree].filter(([path]) => !path.startsWith('base/'))),
    new Map([...everyEdge.tree, ...slower.tree].filter(([path]) => path.startsWith('base/parts/'))),
    new Map([...everyEdge.tree].filter(([path]) => path.startsWith('base/rings/stable/'))),
    new Map([...slower.tree].filter(([path]) => path.startsWith('base/rings/canary/'))),
  );
  const { tree: withoutOne } = fleetOf([0, 1, 2, 3, 4, 6]);
  return {
    fleet,
    everyEdge,
    changes: [
      { what: 'a file that nothing is generated from', tree: union(fleet.tree, new Map([['docs/notes.md', 'notes\n']])) },
      { what: 'the addresses of an edge that the centre scrapes', tree: fleetOf([0, 1, 2, 3, 4, 5], 3).tree },
      { what: 'a new edge', tree: everyEdge.tree },
      { what: 'new digests in one ring', tree: canary },
      { what: 'new digests in every ring', tree: slower.tree },
      { what: 'nothing but an ApplicationSet that somebody deletes', tree: slower.tree, delete: ['edge-kr-00'] },
      { what: 'one edge less in the inventory', tree: withoutOne, leaves: 'edge-edge-5' },
    ],
  };
}

/** What is generated from a tree, by the path that an Application has as its source. */
export function generatedFrom(tree: FileTree): ReadonlyMap<string, string> {
  const overlays = [...overlayDirs(tree).values()].map((dir): [string, string] => [dir, JSON.stringify(renderKustomization(tree, dir))]);
  const own = [...tree].filter(([path]) => /^generated\/argocd\/[^/]+\.yaml$/.test(path));
  return new Map([...overlays, ['generated/argocd', JSON.stringify(own)]]);
}
