// [IO]
import type { PlanReport } from '../../generated/types/plan.d.ts';
import { type Diagnostic, hasErrors } from '../diagnostic.ts';
import { checkSources } from '../inventory/load.ts';
import type { Sources } from '../inventory/read.ts';
import { type ParseCache, rendererOf } from '../kustomize/render.ts';
import { planReport, type Side } from '../plan/plan-report.ts';
import type { FileTree } from '../tree/tree.ts';
import { bodyOf, orderText } from './body.ts';
import { commitOf, type Provenance } from './commit-message.ts';
import type { Wish } from './converge.ts';
import { changeDigest, withDeltas } from './delta.ts';
import { Refusal } from './failure.ts';
import { grouped } from './grouping.ts';
import type { Group } from './groups.ts';
import { inventoryDigest, isSource, mergeInventory } from './inventory-merge.ts';
import type { LocalObjects } from './local-objects.ts';
import type { PublishRequest, World } from './request.ts';
import type { GroupResult } from './result.ts';
import { blobsOf, isOutput, managedFiles, ownedOf, type Snapshot, sourcesOf, unknownBlobs, wanted } from './wanted.ts';

/** What a run wants, before it looks at the branches. */
export interface Planned {
  readonly base: Snapshot;
  readonly diagnostics: readonly Diagnostic[];
  readonly warnings: readonly string[];
  readonly groups: readonly Group[];
  wish(index: number, states: readonly GroupResult[]): Wish;
}

/** Reads the base branch, and says what is to be there. */
export async function planned(request: PublishRequest, { compiler, remote, pulls, objects }: World): Promise<Planned> {
  const base = await remote.readBranch(request.baseBranch);
  const files = managedFiles(base);
  const blobs = blobsOf(request.sources.values());
  const read = async (which: (path: string) => boolean) => {
    for (const [sha, bytes] of await remote.readBlobs(unknownBlobs(files, blobs, which))) blobs.set(sha, bytes);
  };
  await read(isSource);
  const there = sourcesOf(files, blobs);
  const sources = isEqual(request.sources, there.sources) ? request.sources : merged(request, there.sources, base, objects);
  const { sourced, tree: output, diagnostics: found } = compiler.compile(sources);
  const refused = (diagnostics: readonly Diagnostic[]): Planned => ({ base, diagnostics, warnings: [], groups: [], wish: () => never() });
  if (sourced === undefined || hasErrors([...there.diagnostics, ...found])) return refused([...there.diagnostics, ...found]);

  for (const [sha, bytes] of blobsOf(output.values())) blobs.set(sha, bytes);
  await read(isOutput);
  const owned = ownedOf(files, blobs);
  const { deltas, diagnostics, outputRoot } = wanted({ files, owned, output, sources, baseSources: there.sources });
  if (hasErrors(diagnostics)) return refused([...found, ...diagnostics]);

  const before: Side = { tree: owned.tree, inventory: checkSources(there.sources).sourced, sources: there.sources };
  const { grouping, warnings } = grouped(request, deltas, { before, after: { tree: output, inventory: sourced, sources } });
  const parsed: ParseCache = new Map();
  const provenance: Provenance = { inventoryDigest: inventoryDigest(sources), compilerVersion: compiler.version, outputRoot };
  return {
    base,
    diagnostics: [...found, ...diagnostics],
    warnings,
    groups: grouping.groups,
    wish(index, states) {
      const group = grouping.groups[index] ?? never();
      const { tree, message, trailers } = commitOf(group, base, provenance);
      let report: PlanReport | undefined;
      return {
        group: group.name,
        branch: request.prefix + group.name,
        deltas: group.deltas,
        tree,
        changeDigest: changeDigest(group.deltas),
        message,
        order: orderText(grouping.groups, index, states),
        text: (order, budget) => {
          const after = {
            tree: withDeltas(owned.tree, group.deltas, isOutput),
            inventory: sourced,
            sources: withDeltas(there.sources, group.deltas, isSource),
          };
          report ??= planReport(before, after, { kind: 'git', ref: request.baseBranch, commit: base.commit }, (tree) =>
            rendererOf(tree, parsed),
          );
          return bodyOf({ group, report, trailers, order, postponed: grouping.postponed, budget, hasBoxes: pulls !== undefined });
        },
      };
    },
  };
}

function never(): never {
  throw new Error('bug: nothing is planned');
}

function merged(request: PublishRequest, theirs: Sources, base: Snapshot, objects: LocalObjects): Sources {
  const common = objects.mergeBase(base.commit, request.baseBranch);
  if (common === undefined)
    throw new Refusal(
      `clusters/ differs from that of ${request.baseBranch}, and this clone has no commit in common with it. Run git fetch (in a shallow clone git fetch --unshallow) and try again.`,
    );
  const files = managedFiles(objects.snapshot(common));
  const old = sourcesOf(files, objects.blobs(unknownBlobs(files, new Map(), isSource))).sources;
  const { sources, conflicts } = mergeInventory(request.sources, old, theirs);
  if (conflicts.length === 0) return sources;
  throw new Refusal(
    `${conflicts.join(', ')} ${conflicts.length === 1 ? 'was' : 'were'} changed here and on ${request.baseBranch} too. Take over what is there (git pull --rebase, or git merge), then publish again.`,
  );
}

const isEqual = (a: FileTree, b: FileTree): boolean => a.size === b.size && [...a].every(([path, text]) => b.get(path) === text);
