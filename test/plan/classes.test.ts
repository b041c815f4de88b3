import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { identity, type Resource } from '../../scripts/kubernetes/resource.ts';
import { type ChangeClass, type Changed, classesOf } from '../../scripts/plan/classes.ts';
import { editFinder } from '../../scripts/plan/edits.ts';
import { instantiate, writer } from '../../scripts/plan/normal-form.ts';
import type { ObjectChange } from '../../scripts/plan/object-change.ts';
import type { OwnValues } from '../../scripts/plan/own-values.ts';

/** A cluster, and its objects before and after. */
interface Cluster {
  readonly name: string;
  readonly own: OwnValues;
  readonly before: readonly Resource[];
  readonly after: readonly Resource[];
}

/** The data of these objects is what clusters share. */
type IsCommon = (part: object) => boolean;
const none: IsCommon = () => false;

function changed({ name, own, before, after }: Cluster, isCommon = none): Changed {
  const editsOf = editFinder(isCommon);
  const [then, now] = [byIdentity(before), byIdentity(after)];
  const changes: ObjectChange[] = [];
  const rest = { restarts: false, findings: [] };
  for (const [id, resource] of now) {
    const old = then.get(id);
    if (old === undefined) changes.push({ change: 'added', identity: id, after: resource, edits: [], ...rest });
    else {
      const edits = editsOf(old, resource);
      if (edits.length > 0) changes.push({ change: 'changed', identity: id, before: old, after: resource, edits, ...rest });
    }
  }
  for (const [id, resource] of then)
    if (!now.has(id)) changes.push({ change: 'removed', identity: id, before: resource, edits: [], ...rest });
  return { cluster: name, own, changes };
}

const byIdentity = (resources: readonly Resource[]) => new Map(resources.map((resource) => [identity(resource), resource]));

const classify = (clusters: readonly Cluster[], isCommon = none) =>
  classesOf(
    clusters.map((one) => changed(one, isCommon)).filter(({ changes }) => changes.length > 0),
    writer(isCommon),
  );

/** What a class does to one of its clusters: its objects before with the class's normal form, filled with its own values, applied. */
function expanded({ form }: ChangeClass<Changed>, { own, before }: Cluster): Map<string, unknown> {
  const objects = new Map<string, unknown>(byIdentity(before));
  for (const line of instantiate(form, own) as readonly string[]) {
    const [, change, rest] = /^(\w+) (.*)$/s.exec(line) as unknown as [string, string, string];
    const [id, , , ...values] = jsonValues(rest);
    if (change === 'removed') objects.delete(id as string);
    else if (change === 'added') objects.set(id as string, values[0]);
    else
      for (const edit of values as readonly [(string | number)[], unknown, unknown][])
        objects.set(id as string, applied(objects.get(id as string), edit[0], edit[2]));
  }
  return objects;
}

/** JSON values with a blank between them; an edit's missing side is read as undefined. */
function jsonValues(text: string): unknown[] {
  const values: unknown[] = [];
  let [depth, start, quoted] = [0, 0, false];
  for (let i = 0; i <= text.length; i++) {
    const char = text[i];
    if (quoted) {
      if (char === '\\') i++;
      else if (char === '"') quoted = false;
    } else if (char === '"') quoted = true;
    else if (char === '[' || char === '{') depth++;
    else if (char === ']' || char === '}') depth--;
    if (depth === 0 && !quoted && (char === ' ' || char === undefined)) {
      if (i > start) values.push(withGaps(text.slice(start, i)));
      start = i + 1;
    }
  }
  return values;
}

const gap = '\u0000absent';
function withGaps(text: string): unknown {
  const absent = JSON.stringify(gap);
  const whole = text.startsWith('[[')
    ? text.replace(/^(\[\[(?:[^"\]]|"(?:[^"\\]|\\.)*")*\],)(?=,)/s, `$1${absent}`).replace(/,\]$/s, `,${absent}]`)
    : text;
  return JSON.parse(whole);
}

function applied(value: unknown, [key, ...rest]: readonly (string | number)[], after: unknown): unknown {
  if (key === undefined) return after;
  if (Array.isArray(value)) return value.map((item, i) => (i === key ? applied(item, rest, after) : item));
  const entries = new Map(Object.entries(value as object));
  if (rest.length === 0 && after === gap) entries.delete(String(key));
  else entries.set(String(key), applied(entries.get(String(key)), rest, after));
  return Object.fromEntries(entries);
}

const configMap = (name: string, data: Readonly<Record<string, unknown>>): Resource =>
  ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'x' }, data }) as Resource;

const cluster = (name: string, before: readonly Resource[], after: readonly Resource[], region = 'kr'): Cluster => ({
  name,
  own: new Map([
    ['name', name],
    ['region', region],
    ['nodes[0].name', `${name}-a`],
    ['nodes[0].address', `10.0.0.${name.length}`],
  ]),
  before,
  after,
});

const membersOf = (clusters: readonly Cluster[]) => classify(clusters).map(({ members }) => members.map((one) => one.cluster));

test('clusters with the same change but for their own values are one class', () => {
  const one = (name: string, region: string) =>
    cluster(
      name,
      [configMap('a', { text: `# ${name}\nevery: 30s\nhost: ${name}-a.${region}` })],
      [configMap('a', { text: `# ${name}\nevery: 60s\nhost: ${name}-a.${region}` })],
      region,
    );
  assert.equal(membersOf([one('edge-1', 'kr'), one('edge-10', 'us'), one('b', 'kr')]), [['edge-1', 'edge-10', 'b']]);
});

test('what does not change does not divide a class', () => {
  const one = (name: string, size: string, label: string) =>
    cluster(name, [configMap('a', { size, label, every: '30s' })], [configMap('a', { size, label, every: '60s' })]);
  assert.equal(membersOf([one('e1', '5Gi', 'x'), one('e2', '8Gi', 'y')]), [['e1', 'e2']]);
});

test('another value is another class', () => {
  const one = (name: string, every: string) => cluster(name, [configMap('a', { every: '30s' })], [configMap('a', { every })]);
  assert.equal(membersOf([one('e1', '60s'), one('e2', '60s'), one('e3', '15s')]), [['e1', 'e2'], ['e3']]);
});

test("a name that is a word of the configuration, or part of another's, does not divide a class", () => {
  const text = 'the agent of every cluster in kr: keep a, drop b';
  const one = (name: string, region = 'kr') => cluster(name, [], [configMap('agent', { text, who: name, where: region })], region);
  const names = ['edge-1', 'edge-2', 'edge-3', 'a', 'agent', 'every', 'edge', 'the'];
  assert.equal(membersOf(names.map((name) => one(name))), [names]);
  // A region that is a word, too.
  assert.equal(membersOf([one('edge-1'), one('edge-2', 'us'), one('edge-3', 'us'), one('edge-4')]), [
    ['edge-1', 'edge-2', 'edge-3', 'edge-4'],
  ]);
});

test("another cluster's value is not one's own", () => {
  const one = (name: string, whose: string) => cluster(name, [], [configMap('a', { whose })]);
  assert.equal(membersOf([one('e1', 'e1'), one('e2', 'e2'), one('e3', 'e1')]), [['e1', 'e2'], ['e3']]);
});

test('own values that swap places are told from each other', () => {
  const one = (name: string, region: string, text: string) => cluster(name, [], [configMap('a', { text })], region);
  assert.equal(membersOf([one('e1', 'kr', 'e1 in kr'), one('e2', 'us', 'e2 in us'), one('e3', 'kr', 'kr in e3')]), [['e1', 'e2'], ['e3']]);
});

test('five thousand clusters with the same change are one class', () => {
  const clusters = Array.from({ length: 5000 }, (_, i) =>
    cluster(`edge-${i}`, [configMap('a', { n: `edge-${i}`, every: '30s' })], [configMap('a', { n: `edge-${i}`, every: '60s' })]),
  );
  assert.equal(
    classify(clusters).map(({ members }) => members.length),
    [5000],
  );
});

// Names that are short, parts of each other, words of the texts, or look like placeholders.
const words = fc.constantFrom(
  'a',
  'b',
  'edge',
  'edge-1',
  'edge-10',
  'edge-1-a',
  'kr',
  'name',
  'the',
  '⟨name⟩',
  '⟨',
  '⟩',
  '⟨⟨name⟩',
  'every',
  '1',
  '"',
  '\\',
  '\\n',
  '\n',
  '',
  ' ',
  'x',
  '__proto__',
);
const texts = fc
  .array(fc.oneof({ weight: 4, arbitrary: words }, { weight: 1, arbitrary: fc.string() }), { maxLength: 6 })
  .chain((parts) => fc.constantFrom(' ', '-', '', '\n').map((joint) => parts.join(joint)));
const values = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    texts,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(texts, tie('value'), { maxKeys: 3 }),
  ),
})).value;
const resources = fc.uniqueArray(
  fc.record({ name: words, data: fc.dictionary(texts, values, { maxKeys: 3 }) }).map(({ name, data }) => configMap(name, data)),
  { maxLength: 3, selector: ({ metadata }) => metadata.name },
);
const clusters = fc.uniqueArray(
  fc
    .record({ name: words, region: words, before: resources, after: resources })
    .map(({ name, region, before, after }) => cluster(name, before, after, region)),
  { maxLength: 6, selector: ({ name }) => name },
);
/** The same objects on all, but for their own values: classes with several clusters. */
const alike = fc
  .record({ names: fc.uniqueArray(words, { minLength: 2, maxLength: 6 }), before: resources, after: resources })
  .map(({ names, before, after }) =>
    names.map((name, i) => cluster(name, own(before, name), own(after, name), i % 2 === 0 ? 'kr' : 'edge')),
  );
const own = (all: readonly Resource[], name: string): readonly Resource[] =>
  all.map((resource) => ({ ...resource, metadata: { ...resource.metadata, labels: { cluster: name, both: `${name}-a in ${name}` } } }));

/** The data of a fleet's objects, and what is in it. */
function sharedIn(fleet: readonly Cluster[]): IsCommon {
  const shared = new WeakSet<object>();
  const mark = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    shared.add(value);
    for (const inner of Object.values(value)) mark(inner);
  };
  for (const { before, after } of fleet)
    for (const resource of [...before, ...after]) mark((resource as Resource & { readonly data: unknown }).data);
  return (part) => shared.has(part);
}

const options = { numRuns: 1500, seed: 20261123 };

test('the union of the classes is exactly the raw difference', () => {
  fc.assert(
    fc.property(fc.oneof(clusters, alike), fc.boolean(), (fleet, shares) => {
      const classes = classify(fleet, shares ? sharedIn(fleet) : none);
      const found = classes.flatMap(({ members }) => members.map((one) => one.cluster));
      const expected = fleet.filter((one) => changed(one).changes.length > 0).map(({ name }) => name);
      assert.equal([...found].sort(), [...expected].sort());
      for (const one of classes)
        for (const member of one.members) {
          const given = fleet.find(({ name }) => name === member.cluster) as Cluster;
          assert.equal(plain(expanded(one, given)), plain(byIdentity(given.after)));
        }
    }),
    options,
  );
});

/** Own keys only, in order; `__proto__` among them. */
const plain = (objects: ReadonlyMap<string, unknown>) =>
  JSON.stringify(
    [...objects].sort(([a], [b]) => (a < b ? -1 : 1)),
    (_, value: unknown) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
        : value,
  );

test('the order of clusters changes no class', () => {
  fc.assert(
    fc.property(fc.oneof(clusters, alike), (fleet) => {
      const sets = (all: readonly Cluster[]) =>
        classify(all)
          .map(
            ({ id, members }) =>
              `${id} ${members
                .map((one) => one.cluster)
                .sort()
                .join(' ')}`,
          )
          .sort();
      assert.equal(sets([...fleet].reverse()), sets(fleet));
    }),
    { ...options, numRuns: 300 },
  );
});

test.run();
