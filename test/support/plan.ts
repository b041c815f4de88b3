import type { PlanReport } from '../../generated/types/plan.d.ts';
import { compile } from '../../scripts/compile.ts';
import { hasErrors } from '../../scripts/diagnostic.ts';
import { checkSources } from '../../scripts/inventory/load.ts';
import type { Sources } from '../../scripts/inventory/read.ts';
import type { Resource } from '../../scripts/kubernetes/resource.ts';
import { kustomization } from '../../scripts/kustomize/kustomization.ts';
import { type ParseCache, rendererOf } from '../../scripts/kustomize/render.ts';
import { documents, header, toYaml } from '../../scripts/kustomize/yaml.ts';
import { planReport, type Side } from '../../scripts/plan/plan-report.ts';

/** A fleet that has to be right, compiled. */
export function sideOf(sources: Sources): Side {
  const { sourced, diagnostics } = checkSources(sources);
  const compiled = sourced && compile(sourced);
  const found = [...diagnostics, ...(compiled?.diagnostics ?? [])];
  if (sourced === undefined || compiled === undefined || hasErrors(found))
    throw new Error(`the fleet of this test is wrong: ${JSON.stringify(found.slice(0, 10), null, 2)}`);
  return { tree: compiled.tree, inventory: sourced, sources };
}

/** What a plan says when these sources become those, each with the output that belongs to it. */
export const reportOf = (before: Sources, after: Sources): PlanReport => reportOfSides(sideOf(before), sideOf(after));

export function reportOfSides(before: Side, after: Side): PlanReport {
  const parsed: ParseCache = new Map();
  return planReport(before, after, { kind: 'git', ref: 'origin/main' }, (tree) => rendererOf(tree, parsed));
}

/** What a plan says when the objects of one cluster become others. */
export const reportOfObjects = (before: readonly Resource[], after: readonly Resource[]): PlanReport =>
  reportOfSides(handMade(before), handMade(after));

/** A tree with one overlay, and no inventory. */
const handMade = (objects: readonly Resource[]): Side => ({
  tree: new Map([
    ['overlays/kr/a/kustomization.yaml', toYaml(kustomization({ resources: ['objects.yaml'] }), { header })],
    ['overlays/kr/a/objects.yaml', documents(objects)],
  ]),
  inventory: undefined,
  sources: new Map(),
});
