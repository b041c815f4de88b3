import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse, stringify } from 'yaml';
import type { Resource } from '../../scripts/kubernetes/resource.ts';
import { distinct, fleets } from '../support/emitted.ts';
import { aCentre, aFleet, anEdge, type CompiledFleet, compiledFleet, objectsOf } from '../support/fleet.ts';

const promtool = resolve('test/tools/promtool/bin/promtool');
const version = existsSync(promtool) ? readFileSync('test/tools/promtool/bin/version', 'utf8').trim() : undefined;

/** Debian's: it has no Kubernetes discovery, and knows nothing of what came with Prometheus 3. */
const old = version?.startsWith('2.') === true;

const objects = version === undefined ? [] : distinct(fleets());

if (version === undefined) {
  test('promtool is not here', () => {
    console.log('not run: promtool is missing, run: bash test/tools/promtool/setup.sh');
  });
} else {
  if (old)
    console.log(`not run: promtool ${version} checks without kubernetes_sd_configs and storage.tsdb.retention, which it does not know`);
  configurations();
  rules();
  silence();
}

interface ConfigMap extends Resource {
  readonly data: Readonly<Record<string, string>>;
}

interface PrometheusRule extends Resource {
  readonly spec: { readonly groups: readonly Group[] };
}

interface Group {
  readonly name: string;
  readonly partial_response_strategy?: string;
  readonly rules: readonly { readonly alert?: string; readonly record?: string; readonly for?: string }[];
}

interface Configuration {
  readonly storage?: unknown;
  readonly scrape_configs: readonly { readonly kubernetes_sd_configs?: unknown }[];
}

function configurations(): void {
  const configs = configMaps('prometheus.yml');
  const agents = configs.filter(({ where }) => where.endsWith(' prometheus-agent'));
  const servers = configs.filter(({ where }) => where.endsWith(' edge-prometheus'));

  test('G23 the configurations of all collectors are checked: some skip the verification of kubelets, others do not', () => {
    for (const some of [agents, servers])
      assert.equal([...new Set(some.map(({ text }) => text.includes('insecure_skip_verify')))].sort(), [false, true]);
    assert.is(agents.length + servers.length, configs.length);
  });

  for (const [kind, some, mode] of [
    ['agent', agents, ['--agent']],
    ['edge Prometheus', servers, []],
  ] as const)
    for (const { where, text } of some) {
      test(`G23 promtool takes the configuration of the ${kind}: ${where}`, () => {
        accepts(['check', 'config', ...mode, '--syntax-only', 'prometheus.yml'], { 'prometheus.yml': known(text) });
      });

      test(`G23 it still does with the files that it refers to in their places: ${where}`, () => {
        accepts(['check', 'config', ...mode, '--lint=all', '--lint-fatal', 'prometheus.yml'], {
          'prometheus.yml': here(known(text)),
          ...Object.fromEntries(referredTo(text).map((path) => [`.${path}`, ''])),
          ...Object.fromEntries(configMaps('edge.yaml').map((file) => ['./etc/prometheus/rules/edge.yaml', file.text])),
        });
      });
    }

  test('promtool refuses a field that Prometheus does not know, and a rule file that is wrong', () => {
    const text = known(servers[0]?.text ?? '');
    refuses(
      ['check', 'config', '--syntax-only', 'prometheus.yml'],
      { 'prometheus.yml': text.replace('honor_labels', 'honour_labels') },
      /honour_labels/,
    );
    refuses(
      ['check', 'config', 'prometheus.yml'],
      {
        'prometheus.yml': here(text),
        ...Object.fromEntries(referredTo(text).map((path) => [`.${path}`, ''])),
        './etc/prometheus/rules/edge.yaml': 'groups: [{ name: a, rules: [{ alert: A, expr: "up =" }] }]',
      },
      /could not parse expression/,
    );
    refuses(['check', 'config', '--agent', '--syntax-only', 'prometheus.yml'], { 'prometheus.yml': text }, /not allowed in agent mode/);
  });
}

function rules(): void {
  const files = [
    ...distinctObjects<PrometheusRule>('PrometheusRule').map(({ where, object }) => ({
      where,
      text: stringify({ groups: forPrometheus(object) }),
    })),
    ...configMaps('edge.yaml'),
  ];
  for (const { where, text } of files)
    test(`G38 promtool takes the rules and has nothing to remark: ${where}`, () => {
      accepts(['check', 'rules', '--lint=all', '--lint-fatal', 'rules.yaml'], { 'rules.yaml': text });
    });

  test('promtool refuses a template that is wrong, and remarks a rule that is there twice', () => {
    const [{ text } = { text: '' }] = configMaps('edge.yaml');
    refuses(
      ['check', 'rules', 'rules.yaml'],
      { 'rules.yaml': text.replace('{{ $labels.node }}', '{{ $lables.node }}') },
      /undefined variable/,
    );
    const [group] = (parse(text) as { groups: Group[] }).groups;
    const twice = stringify(
      { groups: [{ ...group, rules: [...(group?.rules ?? []), ...(group?.rules ?? [])] }] },
      { aliasDuplicateObjects: false },
    );
    refuses(['check', 'rules', '--lint=all', '--lint-fatal', 'rules.yaml'], { 'rules.yaml': twice }, /duplicate rule/);
  });
}

/** test/telemetry/silent-cluster.rules-test.yaml, on the rules of a fleet with one edge of two nodes on each option. */
function silence(): void {
  const fleet = compiledFleet(
    aFleet([
      aCentre(),
      anEdge('remote', 'remote-scrape', 10),
      anEdge('agent', 'prometheus-agent', 20),
      anEdge('sidecar', 'thanos-sidecar', 30),
    ]),
  );
  const scenarios = readFileSync('test/telemetry/silent-cluster.rules-test.yaml', 'utf8');
  const files = (change: (group: Group) => Group = (group) => group) => ({
    'test.yaml': scenarios,
    'fleet.yaml': stringify({ groups: groups(fleet, /^fleet$/).map(change) }),
    'expected.yaml': stringify({ groups: groups(fleet, /^expected-/).map(change) }),
  });

  test('G38 an edge that falls silent is told of after ten minutes, whatever its option, and no other is', () => {
    accepts(['test', 'rules', 'test.yaml'], files());
  });

  test('the scenarios fail when a cluster is expected by no rule, and when the alert waits longer', () => {
    const without = (group: Group): Group => ({ ...group, rules: group.rules.filter(({ record }) => record !== 'edge_cluster:expected') });
    const later = (group: Group): Group => ({
      ...group,
      rules: group.rules.map((rule) => (rule.for === '10m' ? { ...rule, for: '30m' } : rule)),
    });
    refuses(['test', 'rules', 'test.yaml'], files(without), /EdgeClusterSilent/);
    refuses(['test', 'rules', 'test.yaml'], files(later), /EdgeClusterSilent/);
  });
}

const groups = (fleet: CompiledFleet, name: RegExp): readonly Group[] =>
  objectsOf<PrometheusRule>(fleet, 'centre', 'PrometheusRule')
    .filter(({ metadata }) => name.test(metadata.name))
    .flatMap(forPrometheus);

/** `partial_response_strategy` is Thanos Ruler's and unknown to promtool: it goes, and nothing else. */
function forPrometheus({ spec }: PrometheusRule): readonly Group[] {
  return spec.groups.map(({ partial_response_strategy, ...group }) => group);
}

function distinctObjects<T extends Resource>(kind: string): readonly { readonly where: string; readonly object: T }[] {
  return objects.filter(({ object }) => object.kind === kind) as unknown as { where: string; object: T }[];
}

/** The texts under a key of ConfigMaps, each text once. */
function configMaps(key: string): readonly { readonly where: string; readonly text: string }[] {
  const texts = new Map<string, string>();
  for (const { where, object } of distinctObjects<ConfigMap>('ConfigMap')) {
    const text = object.data?.[key];
    if (text !== undefined && !texts.has(text)) texts.set(text, where);
  }
  return [...texts].map(([text, where]) => ({ where, text }));
}

/** The configuration as far as this promtool knows it. */
function known(text: string): string {
  if (!old) return text;
  const { storage, ...rest } = parse(text) as Configuration;
  const scrape_configs = rest.scrape_configs.map(({ kubernetes_sd_configs, ...config }) =>
    kubernetes_sd_configs === undefined ? config : { ...config, file_sd_configs: [{ files: ['targets.yaml'] }] },
  );
  return stringify({ ...rest, scrape_configs });
}

/** Files of the container that a configuration names, but for patterns. */
const referredTo = (text: string): readonly string[] =>
  [...new Set([...text.matchAll(/_file: (\/\S+)/g)].map(([, path]) => path as string))].sort();

/** The same configuration with the container's root at `.`; promtool looks below the configuration's own folder. */
const here = (text: string): string => text.replace(/: \/(?=etc|var)|- \/(?=etc|var)/g, (found) => `${found.slice(0, -1)}./`);

type Files = Readonly<Record<string, string>>;

function accepts(args: readonly string[], files: Files): void {
  const { status, output } = run(args, files);
  assert.is(status, 0, output);
}

function refuses(args: readonly string[], files: Files, reason: RegExp): void {
  const { status, output } = run(args, files);
  assert.is.not(status, 0);
  assert.match(output, reason);
}

function run(args: readonly string[], files: Files): { readonly status: number | null; readonly output: string } {
  const folder = mkdtempSync(join(tmpdir(), 'fleetc-promtool-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const { status, stdout, stderr, error } = spawnSync(promtool, args, { cwd: folder, encoding: 'utf8', env: {} });
    if (error) throw error;
    return { status, output: `${stdout}${stderr}` };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test.run();
