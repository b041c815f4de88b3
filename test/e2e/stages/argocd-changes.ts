import { deepStrictEqual, ok } from 'node:assert/strict';
import { join } from 'node:path';
import { compiledFleet } from '../../support/fleet.ts';
import { mixedFleet, nameOf } from '../../support/mixed-fleet.ts';
import { generatedFrom, history } from '../argocd/changes.ts';
import { compare, ourApplications } from '../argocd/expected.ts';
import type { StepResult } from '../argocd/harness.ts';
import { complaints, needs, watch } from '../argocd/hub.ts';
import type { Stage, StageRun } from '../stage.ts';

export const argocdChanges: Stage = { name: 'argocd-changes', needs, run };

async function run({ folder, check }: StageRun): Promise<void> {
  const { fleet, everyEdge, changes } = history();
  const [first, ...steps] = await watch({ folder: join(folder, 'history'), fleet, knows: everyEdge, later: changes });
  let before = { tree: fleet.tree, step: first };
  for (const [index, { what, tree, leaves, delete: deleted = [] }] of changes.entries()) {
    const step = steps[index];
    await check(`a commit with ${what} refreshes the Applications that it changes, and deletes none`, () => {
      ok(step !== undefined && before.step !== undefined);
      const [then, now] = [generatedFrom(before.tree), generatedFrom(tree)];
      const known = new Set(names(before.step.applications));
      deepStrictEqual(
        complaints(step).map((text) => text.split(': ')[0]),
        leaves === undefined ? [] : [`Application ${leaves}`],
      );
      const changed = step.applications.filter(({ object: { metadata, spec } }) => {
        const path = spec.source?.path ?? '';
        return metadata.name !== leaves && (!known.has(metadata.name) || then.get(path) !== now.get(path));
      });
      deepStrictEqual(names(step.applications.filter(({ refreshed }) => refreshed)), names(changed));
      // Kubernetes deletes what an object owns with the object; what comes back owns them again.
      const owned = step.applications.filter(({ object: { metadata } }) => (metadata.ownerReferences ?? []).length > 0);
      ok(names(owned).some((name) => name.startsWith('edge-')) === (deleted.length === 0), names(owned).join());
      const kept = new Set(names(step.applications));
      deepStrictEqual(
        [...known].filter((name) => !kept.has(name)),
        [],
      );
      return `${changed.length} of ${kept.size} Applications`;
    });
    before = { tree, step };
  }

  const edges = 1250;
  await check(`${edges} edges, 1000 of them in one ApplicationSet: Argo CD makes the Applications that we say`, async () => {
    const large = compiledFleet(mixedFleet(edges));
    const changed = `overlays/kr/${nameOf(7)}/kustomization.yaml`;
    const moved = new Map([...large.tree, [changed, `${large.tree.get(changed)}# changed\n`]]);
    // One on each option; to render all would take minutes.
    const render = [0, 1, 2].map((edge) => `edge-${nameOf(edge)}`);
    const [all, next] = await watch({ folder: join(folder, 'large'), fleet: large, render, later: [{ tree: moved }] });
    ok(all !== undefined && next !== undefined);
    deepStrictEqual(complaints(all), []);
    const objects = compare(all, ourApplications(large));
    const refreshed = names(next.applications.filter((application) => application.refreshed));
    deepStrictEqual(refreshed, [`edge-${nameOf(7)}`]);
    return `${all.applications.length} Applications generated in ${all.generating.toFixed(1)} s, judged in ${all.rendering.toFixed(1)} s, ${objects} objects rendered; a change in one overlay refreshes one`;
  });
}

const names = (applications: StepResult['applications']): readonly string[] => applications.map(({ object }) => object.metadata.name);
