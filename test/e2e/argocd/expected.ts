import { deepStrictEqual } from 'node:assert/strict';
import { groupOf } from '../../../scripts/argocd/app-project.ts';
import type { Resource } from '../../../scripts/kubernetes/resource.ts';
import type { CompiledFleet } from '../../support/fleet.ts';
import { type Delivered, deliveriesOf } from '../../support/trees.ts';
import type { ApplicationResult, StepResult } from './harness.ts';

/** What our own expansion says that an Argo CD has: the fleet's, or an edge's own. */
export const ourApplications = (fleet: CompiledFleet, argocd = 'hub'): readonly Delivered[] =>
  deliveriesOf(fleet).filter((delivered) => delivered.argocd === argocd);

/** Throws where Argo CD has other Applications than we say, or renders one otherwise; gives how many objects it rendered. */
export function compare({ applications }: StepResult, ours: readonly Delivered[]): number {
  const nameOf = ({ metadata }: Resource) => metadata.name;
  deepStrictEqual(applications.map(({ object }) => nameOf(object)).sort(), ours.map(({ application }) => nameOf(application)).sort());
  const theirs = new Map(applications.map((result) => [nameOf(result.object), result]));
  let rendered = 0;
  for (const { application, objects } of ours) {
    const result = theirs.get(nameOf(application)) as ApplicationResult;
    deepStrictEqual(fromGit(result.object), fromGit(application));
    if (result.rendered === undefined) continue;
    deepStrictEqual(result.rendered.sourceType, application.spec.source?.directory === undefined ? 'Kustomize' : 'Directory');
    deepStrictEqual(manifestsOf(result), objects);
    rendered += objects.length;
  }
  return rendered;
}

/** The annotation by which Argo CD knows its objects. */
export const tracking = 'argocd.argoproj.io/tracking-id';

function fromGit({ metadata: { name, namespace, labels, annotations }, spec }: Resource & { readonly spec?: unknown }) {
  const { [tracking]: _, ...ours } = { ...annotations };
  // Argo CD's type leaves out what is false here.
  const kept = JSON.stringify(spec, (key, value: unknown) => (key === 'recurse' && value === false ? undefined : value));
  return { name, namespace, labels: { ...labels }, annotations: ours, spec: JSON.parse(kept) as unknown };
}

/** What Argo CD has rendered, without the annotation by which it knows its objects. */
function manifestsOf({ object: application, rendered }: ApplicationResult): readonly Resource[] {
  return (rendered?.manifests ?? []).map((text) => {
    const manifest = JSON.parse(text) as Resource;
    const { [tracking]: id, ...annotations } = { ...manifest.metadata.annotations };
    const { kind, apiVersion, metadata } = manifest;
    const namespace = metadata.namespace ?? application.spec.destination.namespace;
    deepStrictEqual(id, `${application.metadata.name}:${groupOf(apiVersion)}/${kind}:${namespace}/${metadata.name}`);
    const { annotations: _, ...rest } = metadata;
    return { ...manifest, metadata: Object.keys(annotations).length === 0 ? rest : { ...rest, annotations } };
  });
}
