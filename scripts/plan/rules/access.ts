import type { Resource } from '../../kubernetes/resource.ts';
import { at, itemsOf, textOf, textsOf } from '../fields.ts';
import type { Found, ObjectRule } from '../risk.ts';

/** Each right of a role on its own, so that rules can be written in any way. */
function rightsOf(resource: Resource | undefined): ReadonlySet<string> {
  const rights = new Set<string>();
  for (const rule of itemsOf(at(resource, 'rules')))
    for (const verb of textsOf(at(rule, 'verbs'))) {
      for (const url of textsOf(at(rule, 'nonResourceURLs'))) rights.add(`${verb} ${url}`);
      const names = textsOf(at(rule, 'resourceNames'));
      for (const group of textsOf(at(rule, 'apiGroups')))
        for (const kind of textsOf(at(rule, 'resources')))
          for (const name of names.length === 0 ? [''] : names)
            rights.add(`${verb} ${kind}${group === '' ? '' : `.${group}`}${name === '' ? '' : ` ${name}`}`);
    }
  return rights;
}

/** Whether a right is in another: `*` is everything, and all names are more than one. */
function isCovered(right: string, rights: ReadonlySet<string>): boolean {
  if (rights.has(right)) return true;
  const [verb, what = '', name] = right.split(' ');
  const dot = what.indexOf('.');
  const [kind, group] = dot < 0 ? [what, ''] : [what.slice(0, dot), what.slice(dot)];
  for (const v of [verb, '*'])
    for (const w of [`${kind}${group}`, `*${group}`, `${kind}.*`, '*.*'])
      if (rights.has(`${v} ${w}`) || (name !== undefined && rights.has(`${v} ${w} ${name}`))) return true;
  return false;
}

/** Rights with which one can take all others. */
const isGrave = (right: string): boolean =>
  right.includes('*') ||
  /^(?:escalate|bind|impersonate) /.test(right) ||
  /^\S+ (?:secrets|pods\/exec|serviceaccounts\/token)\b/.test(right) ||
  /^(?:create|update|patch) (?:cluster)?role/.test(right);

const subjectsOf = (resource: Resource | undefined): readonly string[] =>
  itemsOf(at(resource, 'subjects')).map(
    (subject) =>
      `${textOf(at(subject, 'kind'))} ${textOf(at(subject, 'namespace')) === undefined ? '' : `${textOf(at(subject, 'namespace'))}/`}${textOf(at(subject, 'name'))}`,
  );

const shown = (list: readonly string[]): string =>
  list.length > 5 ? `${list.slice(0, 5).join(', ')} and ${list.length - 5} more` : list.join(', ');

const rbacWidened: ObjectRule = {
  code: 'risk/rbac-widened',
  severity: 'medium',
  why: 'Whoever takes over a pod with these rights has them, too.',
  check: 'What needs each of the new rights, and whether fewer would do.',
  *find({ before, after }): Iterable<Found> {
    if (after === undefined) return;
    if (after.kind === 'Role' || after.kind === 'ClusterRole') {
      const had = rightsOf(before);
      const gained = [...rightsOf(after)].filter((right) => !isCovered(right, had)).sort();
      if (gained.length > 0)
        yield {
          what: `The role may ${before === undefined ? 'do' : 'do more'}`,
          detail: shown(gained),
          ...(gained.some(isGrave) && { severity: 'high' as const }),
        };
    }
    if (after.kind === 'RoleBinding' || after.kind === 'ClusterRoleBinding') {
      const had = new Set(subjectsOf(before));
      const gained = subjectsOf(after).filter((subject) => !had.has(subject));
      const everybody = gained.some((subject) => /system:(?:authenticated|unauthenticated|serviceaccounts$|masters)/.test(subject));
      if (gained.length > 0)
        yield { what: 'Others get the rights of the role', detail: shown(gained), ...(everybody && { severity: 'high' as const }) };
      const [was, is] = [before, after].map(
        (binding) => `${textOf(at(binding, 'roleRef', 'kind'))} ${textOf(at(binding, 'roleRef', 'name'))}`,
      );
      if (before !== undefined && was !== is) yield { what: 'The subjects get another role', detail: `from ${was} to ${is}` };
    }
  },
};

export const accessRules: readonly ObjectRule[] = [rbacWidened];
