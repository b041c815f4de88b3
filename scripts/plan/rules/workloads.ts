import type { Resource } from '../../kubernetes/resource.ts';
import { at, type Fields, itemsOf, textOf, textsOf } from '../fields.ts';
import { objectOf } from '../object-change.ts';
import { containersOf, podSpecOf } from '../pods.ts';
import type { Found, ObjectRule } from '../risk.ts';

interface Image {
  readonly whole: string;
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

function imageOf(container: Fields | undefined): Image | undefined {
  const whole = textOf(container?.image);
  if (whole === undefined) return undefined;
  const {
    repository = whole,
    tag,
    digest,
  } = /^(?<repository>.+?)(?::(?<tag>[\w][\w.-]*))?(?:@(?<digest>\w+:[0-9a-f]+))?$/.exec(whole)?.groups ?? {};
  return { whole, repository, tag, digest };
}

/** Each container with the image that it had and has. */
function* images({
  before,
  after,
}: {
  readonly before?: Resource;
  readonly after?: Resource;
}): Iterable<{ readonly name: string; readonly was: Image | undefined; readonly is: Image }> {
  const then = before === undefined ? undefined : containersOf(before);
  for (const [name, container] of after === undefined ? [] : containersOf(after)) {
    const [was, is] = [imageOf(then?.get(name)), imageOf(container)];
    if (is !== undefined && was?.whole !== is.whole) yield { name, was, is };
  }
}

const numbersOf = (tag: string | undefined): readonly number[] | undefined =>
  /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?/
    .exec(tag ?? '')
    ?.slice(1)
    .map((number) => Number(number ?? 0));

const imageDowngraded: ObjectRule = {
  code: 'risk/image-downgraded',
  severity: 'high',
  why: 'An older version may not read what the newer one wrote, and lacks its fixes.',
  check: 'The release notes for a way back, the format of data on disk above all.',
  *find(change) {
    for (const { name, was, is } of images(change)) {
      const [old, now] = [numbersOf(was?.tag), numbersOf(is.tag)];
      if (old === undefined || now === undefined || was?.repository !== is.repository) continue;
      const first = old.findIndex((number, i) => number !== now[i]);
      if (first >= 0 && (now[first] as number) < (old[first] as number))
        yield { what: `${name} goes back to an older version`, detail: `from ${was.tag} to ${is.tag}` };
    }
  },
};

const imageMajor: ObjectRule = {
  code: 'risk/image-major',
  severity: 'medium',
  why: 'A new major version may drop flags and change formats.',
  check: 'The release notes, and that the first ring runs it before the others do.',
  *find(change) {
    for (const { name, was, is } of images(change)) {
      const [old, now] = [numbersOf(was?.tag), numbersOf(is.tag)];
      if (old !== undefined && now !== undefined && was?.repository === is.repository && (now[0] as number) > (old[0] as number))
        yield { what: `${name} gets a new major version`, detail: `from ${was?.tag} to ${is.tag}` };
    }
  },
};

const imageUnpinned: ObjectRule = {
  code: 'risk/image-unpinned',
  severity: 'medium',
  why: 'The same manifest runs other programs on other days and nodes.',
  check: 'Which version is meant, and give it as the tag or, better, as a digest.',
  *find(change) {
    for (const { name, is } of images(change))
      if (is.digest === undefined && (is.tag === undefined || ['latest', 'main', 'master', 'edge', 'nightly', 'stable'].includes(is.tag)))
        yield { what: `The image of ${name} is not pinned`, detail: is.whole };
  },
};

const imageMoved: ObjectRule = {
  code: 'risk/image-moved',
  severity: 'medium',
  why: 'The program comes from somebody else, or from a registry that a cluster may not reach.',
  check: 'Who publishes the new image, and that every cluster can pull it.',
  *find(change) {
    for (const { name, was, is } of images(change))
      if (was !== undefined && was.repository !== is.repository)
        yield { what: `The image of ${name} comes from elsewhere`, detail: `from ${was.repository} to ${is.repository}` };
  },
};

/** What gives a pod power over its node. */
function powersOf(resource: Resource | undefined): ReadonlySet<string> {
  if (resource === undefined) return new Set();
  const pod = podSpecOf(resource);
  const powers = new Set<string>();
  for (const field of ['hostPID', 'hostIPC']) if (pod[field] === true) powers.add(field);
  for (const volume of itemsOf(pod.volumes)) {
    const path = textOf(at(volume, 'hostPath', 'path'));
    if (path !== undefined) powers.add(`hostPath ${path}`);
  }
  for (const [name, container] of containersOf(resource)) {
    if (at(container, 'securityContext', 'privileged') === true) powers.add(`${name} is privileged`);
    if (at(container, 'securityContext', 'allowPrivilegeEscalation') === true) powers.add(`${name} may escalate privileges`);
    for (const capability of textsOf(at(container, 'securityContext', 'capabilities', 'add')))
      powers.add(`${name} has the capability ${capability}`);
    const root = at(container, 'securityContext', 'runAsNonRoot') ?? at(pod, 'securityContext', 'runAsNonRoot');
    if (root !== true && resource.kind !== 'Prometheus' && container.image !== undefined) powers.add(`${name} may run as root`);
    const mounted = itemsOf(container.volumeMounts)
      .filter((mount) => at(mount, 'readOnly') !== true)
      .map((mount) => at(mount, 'name'));
    for (const volume of itemsOf(pod.volumes))
      if (at(volume, 'hostPath') !== undefined && mounted.includes(at(volume, 'name')))
        powers.add(`${name} may write to ${textOf(at(volume, 'hostPath', 'path'))} of the node`);
  }
  return powers;
}

const levels = ['restricted', 'baseline', 'privileged'];

const privileged: ObjectRule = {
  code: 'risk/privileged',
  severity: 'high',
  why: 'Whoever takes over such a pod has its node, and what else runs there.',
  check: 'What needs it, and whether less would do.',
  *find(change): Iterable<Found> {
    const { before, after } = change;
    if (after === undefined) return;
    const had = powersOf(before);
    const gained = [...powersOf(after)].filter((power) => !had.has(power)).sort();
    if (gained.length > 0) yield { what: 'Pods get more power over their node', detail: gained.join(', ') };
    if (after.kind !== 'Namespace') return;
    const label = 'pod-security.kubernetes.io/enforce';
    const [was, is] = [before, after].map((namespace) => namespace?.metadata.labels?.[label] ?? 'privileged');
    if (before !== undefined && levels.indexOf(is as string) > levels.indexOf(was as string))
      yield { what: 'The namespace admits more powerful pods', detail: `from ${was} to ${is}` };
  },
};

const replicasZero: ObjectRule = {
  code: 'risk/replicas-zero',
  severity: 'high',
  why: 'Nothing of it runs any more, while everything looks in sync.',
  check: 'That it is meant, and until when.',
  *find({ before, after }) {
    if (after !== undefined && at(after, 'spec', 'replicas') === 0 && at(before, 'spec', 'replicas') !== 0)
      yield { what: 'No replica runs any more' };
  },
};

const disruptionBudgetRemoved: ObjectRule = {
  code: 'risk/disruption-budget-removed',
  severity: 'medium',
  why: 'Draining nodes may stop all replicas at once.',
  check: 'That the workload has one replica only, or is gone, too.',
  *find(change) {
    if (change.change === 'removed' && objectOf(change).kind === 'PodDisruptionBudget') yield { what: 'A disruption budget is gone' };
  },
};

export const workloadRules: readonly ObjectRule[] = [
  imageDowngraded,
  imageMajor,
  imageUnpinned,
  imageMoved,
  privileged,
  replicasZero,
  disruptionBudgetRemoved,
];
