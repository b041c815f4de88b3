import { isDeepStrictEqual } from 'node:util';
import type { Resource } from '../../../scripts/kubernetes/resource.ts';

/**
 * What the server changed of what was applied, each as one line: Argo CD would show it as drift for ever. Fields that the server adds to
 * an object are its defaults. Inside a list of a custom resource they are a change too: a patch of it can only write the whole list.
 */
export function* changedByServer(applied: Resource, live: unknown): Iterable<string> {
  yield* changed(applied, live, '', !builtIn.test(applied.apiVersion), false);
}

/** The groups that Kubernetes serves itself; Argo CD knows their lists. */
const builtIn = /^(v1|(apps|batch|policy|autoscaling)\/\w+|[\w.]+\.k8s\.io\/\w+)$/;

function* changed(wanted: unknown, found: unknown, path: string, custom: boolean, listed: boolean): Iterable<string> {
  if (Array.isArray(wanted) && Array.isArray(found)) {
    if (wanted.length !== found.length) yield `${path}: ${wanted.length} entries became ${found.length}`;
    else for (const [index, each] of wanted.entries()) yield* changed(each, found[index], `${path}[${index}]`, custom, true);
  } else if (isMap(wanted) && isMap(found)) {
    for (const key of Object.keys(wanted)) yield* changed(wanted[key], found[key], `${path}.${key}`, custom, listed);
    if (custom && listed)
      for (const key of Object.keys(found)) if (!(key in wanted)) yield `${path}.${key}: added, ${JSON.stringify(found[key])}`;
  } else if (!isDeepStrictEqual(wanted, found)) yield `${path}: ${JSON.stringify(wanted)} became ${JSON.stringify(found)}`;
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
