import type { Resource } from '../../../scripts/kubernetes/resource.ts';
import { type Answer, type Api, type Live, messageOf } from './api.ts';

export interface Applied {
  readonly object: Resource;
  /** Where the server keeps it. */
  readonly path: string;
  readonly live: Live;
  readonly warnings: readonly string[];
  /** Whether it was not there before. */
  readonly made: boolean;
}

/** As Argo CD does with `ServerSideApply=true`, but strict: an unknown or doubled field is refused. */
const query = '?fieldManager=argocd-controller&force=true&fieldValidation=Strict';

export async function serverSideApply(api: Api, object: Resource): Promise<Applied> {
  const path = await api.pathOf(object);
  const answer = await api.request('PATCH', `${path}${query}`, object, 'application/apply-patch+yaml');
  if (answer.status >= 300) throw new Error(refusal(object, answer));
  return { object, path, live: JSON.parse(answer.body) as Live, warnings: answer.warnings.map(textOf), made: answer.status === 201 };
}

/** All of a cluster: its namespaces first, for the rest lives in them. Throws with every refusal. */
export async function applyAll(api: Api, objects: readonly Resource[]): Promise<readonly Applied[]> {
  const first = objects.filter(({ kind }) => kind === 'Namespace');
  const rest = objects.filter(({ kind }) => kind !== 'Namespace');
  const outcomes: PromiseSettledResult<Applied>[] = [];
  for (const wave of [first, rest]) outcomes.push(...(await Promise.allSettled(wave.map((object) => serverSideApply(api, object)))));
  const refusals = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [(outcome.reason as Error).message] : []));
  if (refusals.length > 0) throw new Error(refusals.join('\n'));
  return outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
}

/** Makes room for the next cluster. No controller runs that would end a namespace, so this does. */
export async function deleteAll(api: Api, applied: readonly Applied[]): Promise<void> {
  const [namespaces, rest] = [applied.filter(isNamespace), applied.filter((each) => !isNamespace(each))];
  await Promise.all(
    rest.map(async ({ path, object }) => {
      if (object.metadata.finalizers !== undefined)
        await api.expect('PATCH', path, { metadata: { finalizers: null } }, 'application/merge-patch+json');
      await api.expect('DELETE', path, { propagationPolicy: 'Background' });
    }),
  );
  for (const { path } of namespaces) {
    await api.expect('DELETE', path);
    const live = await api.expect<Live & { spec: unknown }>('GET', path);
    await api.expect('PUT', `${path}/finalize`, { ...live, spec: { finalizers: [] } });
  }
}

const isNamespace = ({ object }: Applied): boolean => object.kind === 'Namespace';

const refusal = ({ kind, metadata }: Resource, answer: Answer): string =>
  `${kind} ${metadata.namespace ?? ''}/${metadata.name}: ${answer.status} ${messageOf(answer)}`;

/** The text of a header such as `299 - "unknown field"`. */
const textOf = (warning: string): string => (JSON.parse(/"(?:[^"\\]|\\.)*"/.exec(warning)?.[0] ?? '""') as string) || warning;
