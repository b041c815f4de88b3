import { deepStrictEqual, ok } from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { settingsFile } from '../../../scripts/argocd/settings.ts';
import { fleets } from '../../support/emitted.ts';
import type { CompiledFleet } from '../../support/fleet.ts';
import { compare, ourApplications } from '../argocd/expected.ts';
import { answered, type StepResult } from '../argocd/harness.ts';
import { complaints, defaultSettings, documents, needs, type Watch, watch } from '../argocd/hub.ts';
import { disagreements, ours, questions } from '../argocd/judgements.ts';
import { mistakes, withMistake } from '../argocd/mistakes.ts';
import type { Stage, StageRun } from '../stage.ts';

export const argocd: Stage = { name: 'argocd', needs, run };

async function run({ folder, check, fleet: allOptions }: StageRun): Promise<void> {
  let runs = 0;
  const first = async (more: Omit<Watch, 'folder'>): Promise<StepResult> => {
    const [step] = await watch({ folder: join(folder, `${runs++}`), ...more });
    if (step === undefined) throw new Error('no step');
    return step;
  };

  for (const [name, fleet] of fleets())
    await check(
      `${name}: Argo CD makes of root.yaml the Applications that we say, renders what we render, and forbids nothing`,
      async () => {
        const step = await first({ fleet, ...settingsOf(fleet) });
        deepStrictEqual(complaints(step), []);
        return `${step.applications.length} Applications, ${compare(step, ourApplications(fleet))} objects`;
      },
    );

  await check('the same where Argo CD runs in the centre, and where `*` stays in a folder', async () => {
    for (const way of [{ argocdIn: 'the centre' }, { newGlobbing: true }] as const) {
      const step = await first({ fleet: allOptions, ...way });
      deepStrictEqual(complaints(step), []);
      compare(step, ourApplications(allOptions));
    }
    return undefined;
  });

  await check('the Argo CD of an autonomous edge makes of its one file what we say', async () => {
    const fleet = fleets().get('not pushed');
    const alone = fleet?.inventory.edges.filter(({ delivery }) => delivery === 'autonomous') ?? [];
    ok(fleet !== undefined && alone.length > 1);
    let objects = 0;
    for (const { name } of alone) {
      const step = await first({ fleet, apply: documents(fleet.tree, `generated/argocd/autonomous/${name}.yaml`) });
      deepStrictEqual(complaints(step), []);
      objects += compare(step, ourApplications(fleet, name));
    }
    return `${alone.length} edges, ${objects} objects`;
  });

  await check('without our settings Argo CD leaves out EndpointSlices, and nothing else', async () => {
    const fleet = fleets().get('service monitors');
    ok(fleet !== undefined);
    const said = complaints(await first({ fleet }));
    ok(said.length > 0);
    deepStrictEqual(
      said.filter((text) => !/EndpointSlice\.discovery\.k8s\.io \S+ is excluded in the settings$/.test(text)),
      [],
    );
    return `${said.length} EndpointSlices`;
  });

  for (const mistake of mistakes)
    await check(`Argo CD refuses ${mistake.what}`, async () => {
      const said = complaints(await first({ fleet: { ...allOptions, tree: withMistake(allOptions.tree, mistake) } }));
      ok(
        said.some((text) => mistake.says.test(text)),
        said.join('\n') || 'it said nothing',
      );
      return undefined;
    });

  await check('fleetc judges sources, destinations, kinds and paths as Argo CD does', async () => {
    const asked = questions();
    const own = join(folder, 'questions');
    mkdirSync(own);
    const theirs = await answered(asked, own);
    const found = disagreements(asked, ours(asked), theirs);
    if (found.length > 0)
      throw new Error(
        `${found.length}, such as\n${found
          .slice(0, 5)
          .map((one) => JSON.stringify(one))
          .join('\n')}`,
      );
    return `${asked.sources.length + asked.destinations.length + asked.kinds.length + asked.paths.length} questions`;
  });
}

/** What fleetc tells the administrator to put into Argo CD's own ConfigMap, where it does. */
function settingsOf({ tree }: CompiledFleet): Pick<Watch, 'settings'> {
  if (!tree.has(settingsFile)) return {};
  const [own] = documents(tree, settingsFile) as readonly { readonly data?: Readonly<Record<string, string>> }[];
  return { settings: { ...defaultSettings(), ...own?.data } };
}
