import { isEqual } from '../../kubernetes/equal.ts';
import { at, itemsOf, textsOf, wordOf } from '../fields.ts';
import type { Found, ObjectRule } from '../risk.ts';

const applicationSetChanged: ObjectRule = {
  code: 'risk/application-set-changed',
  severity: 'high',
  why: 'It decides which Applications there are: with other generators or without its guards Argo CD may delete Applications and what they run.',
  check: 'In a test fleet, that every Application is there afterwards; argocd appset generate prints them.',
  *find({ before, after }) {
    if (before === undefined || after?.kind !== 'ApplicationSet') return;
    for (const path of [
      ['spec', 'generators'],
      ['spec', 'syncPolicy'],
      ['spec', 'strategy'],
      ['spec', 'templatePatch'],
      ['spec', 'template', 'metadata', 'name'],
      ['spec', 'template', 'metadata', 'finalizers'],
      ['metadata', 'finalizers'],
    ])
      if (!isEqual(at(before, ...path), at(after, ...path))) yield { what: `${path.join('.')} changes` };
  },
};

/** Where an Application's settings are: in itself, or in the template of an ApplicationSet. */
const specPaths: Readonly<Record<string, readonly string[]>> = { Application: ['spec'], ApplicationSet: ['spec', 'template', 'spec'] };

const syncPolicyChanged: ObjectRule = {
  code: 'risk/sync-policy-changed',
  severity: 'medium',
  why: 'It decides whether Argo CD syncs by itself, deletes what is gone from the repository, and puts back what somebody changed.',
  check: 'What automated.prune, selfHeal and allowEmpty are now, and what waits to be pruned.',
  *find({ before, after }) {
    const path = specPaths[after?.kind ?? ''];
    if (before === undefined || after === undefined || path === undefined) return;
    const [was, is] = [before, after].map((resource) => at(resource, ...path, 'syncPolicy'));
    if (!isEqual(was, is)) {
      const prune = [was, is].map((policy) => at(policy, 'automated', 'prune') === true);
      yield { what: prune[0] === prune[1] ? 'The sync policy changes' : `Pruning is switched ${prune[1] ? 'on' : 'off'}` };
    }
    if (after.kind === 'Application' && !isEqual(before.metadata.finalizers, after.metadata.finalizers))
      yield { what: 'The finalizers change, which decide what is deleted with the Application' };
  },
};

const applicationMoved: ObjectRule = {
  code: 'risk/application-moved',
  severity: 'high',
  why: 'The Application delivers something else, or elsewhere: what it ran before may be pruned, or stay behind without an owner.',
  check: 'That the new project allows it, that the new place is the right cluster, and what is left at the old one.',
  *find({ before, after }): Iterable<Found> {
    const path = specPaths[after?.kind ?? ''];
    if (before === undefined || after === undefined || path === undefined) return;
    const fields: readonly (readonly string[])[] = [
      ['project'],
      ['destination', 'name'],
      ['destination', 'server'],
      ['destination', 'namespace'],
      ['source', 'repoURL'],
      ['source', 'path'],
      ['source', 'targetRevision'],
    ];
    for (const field of fields) {
      const [was, is] = [before, after].map((resource) => at(resource, ...path, ...field));
      if (!isEqual(was, is))
        yield { what: `${field.join('.')} changes`, detail: `from ${wordOf(was) ?? 'nothing'} to ${wordOf(is) ?? 'nothing'}` };
    }
  },
};

/** What a project allows: each on its own, by the field that allows it. */
function allowedBy(project: unknown): ReadonlyMap<string, string> {
  const allowed = new Map<string, string>();
  for (const repository of textsOf(at(project, 'spec', 'sourceRepos'))) allowed.set(`source ${repository}`, 'repositories');
  for (const namespace of textsOf(at(project, 'spec', 'sourceNamespaces')))
    allowed.set(`applications in ${namespace}`, 'namespaces of Applications');
  for (const destination of itemsOf(at(project, 'spec', 'destinations')))
    allowed.set([at(destination, 'name') ?? at(destination, 'server'), at(destination, 'namespace')].map(wordOf).join(' '), 'destinations');
  for (const [field, what] of [
    ['clusterResourceWhitelist', 'cluster-scoped kinds'],
    ['namespaceResourceWhitelist', 'kinds'],
  ] as const) {
    const list = at(project, 'spec', field);
    for (const item of itemsOf(list))
      allowed.set(`${field} ${wordOf(at(item, 'group'))}/${wordOf(at(item, 'kind'))} ${wordOf(at(item, 'name')) ?? ''}`, what);
    if (list === undefined && field === 'namespaceResourceWhitelist') allowed.set('every kind', what);
  }
  return allowed;
}

const appProjectWidened: ObjectRule = {
  code: 'risk/app-project-widened',
  severity: 'medium',
  why: 'The project is what holds back an Application that somebody forged: what it allows, a commit can do.',
  check: 'That each new entry belongs to a cluster or a part that this change adds.',
  *find({ before, after }): Iterable<Found> {
    if (before === undefined || after?.kind !== 'AppProject') return;
    const had = allowedBy(before);
    const counts = new Map<string, string[]>();
    for (const [entry, what] of allowedBy(after)) if (!had.has(entry)) counts.set(what, [...(counts.get(what) ?? []), entry]);
    for (const [what, entries] of counts) {
      const wide = entries.some((entry) => /\*|every kind/.test(entry));
      const [first, ...others] = entries.map((entry) => entry.replace(/^\w+ResourceWhitelist /, '').trim());
      yield {
        what: `The project allows more ${what}`,
        detail: others.length === 0 ? (first as string) : `${first} and ${others.length} more`,
        severity: wide ? 'high' : what === 'destinations' ? 'low' : 'medium',
      };
    }
    for (const field of ['clusterResourceBlacklist', 'namespaceResourceBlacklist']) {
      const kept = new Set(itemsOf(at(after, 'spec', field)).map((item) => JSON.stringify(item)));
      if (itemsOf(at(before, 'spec', field)).some((item) => !kept.has(JSON.stringify(item)))) yield { what: `${field} forbids less` };
    }
  },
};

export const argocdRules: readonly ObjectRule[] = [applicationSetChanged, syncPolicyChanged, applicationMoved, appProjectWidened];
