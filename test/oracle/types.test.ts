import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Resource } from '../../scripts/kubernetes/resource.ts';
import { distinct, type Emitted, fleets } from '../support/emitted.ts';
import { asModelled, kindOf, modelOf, models } from '../support/models.ts';

const objects = distinct(fleets());

test('every object is a literal of the type of its kind: no unknown field, none missing, none of another type', () => {
  assert.equal(typeErrors(objects), []);
});

test('the fleets of this test make every kind that fleetc knows, so that no type stands in the table unused', () => {
  assert.equal([...new Set(objects.map(({ object }) => kindOf(object)))].sort(), Object.keys(models).sort());
});

/** Mistakes in objects of ours: the first of the kind that has the text gets another in its place. */
const mistakes: readonly [where: string, kind: string, text: string, wrong: string, says: RegExp][] = [
  ['a field of the specification', 'Deployment', '"replicas":', '"replica":', /'"replica"' does not exist/],
  ['a field of a container', 'StatefulSet', '"image":', '"imagee":', /'"imagee"' does not exist/],
  ['a field in lists', 'NetworkPolicy', '"port":', '"prot":', /'"prot"' does not exist/],
  ['a field of metadata', 'ConfigMap', '"labels":', '"label":', /'"label"' does not exist/],
  ['a value of an enumeration', 'Service', '"NodePort"', '"Nodeport"', /'"Nodeport"' is not assignable/],
  ['a string for a number', 'StatefulSet', '"replicas":1', '"replicas":"1"', /'string' is not assignable to type 'number'/],
  ["a field of Argo CD's", 'ApplicationSet', '"goTemplateOptions":', '"goTemplateOption":', /'"goTemplateOption"' does not exist/],
  ["a field of the operator's", 'Prometheus', '"retention":', '"retentions":', /'"retentions"' does not exist/],
  ['a field of a rule', 'PrometheusRule', '"expr":', '"exp":', /'"exp"' does not exist/],
  ['a field of a target', 'ScrapeConfig', '"targets":', '"target":', /'"target"' does not exist/],
  ["a field of External Secrets'", 'ExternalSecret', '"remoteRef":', '"remoteref":', /'"remoteref"' does not exist/],
];

test('a misspelt field or value is found at its object, and only there', () => {
  const broken = mistakes.map(([where, kind, text, wrong]): Emitted => {
    const found = objects.find(({ object }) => object.kind === kind && JSON.stringify(object).includes(text));
    if (found === undefined) throw new Error(`no ${kind} has ${text}`);
    return { where, object: JSON.parse(JSON.stringify(found.object).replace(text, wrong)) as Resource };
  });
  const errors = typeErrors([...objects.slice(0, 20), ...broken]);
  for (const [where, , , , says] of mistakes)
    assert.ok(
      errors.some((error) => error.startsWith(`${where}: `) && says.test(error)),
      `${where} is not found in\n${errors.join('\n')}`,
    );
  assert.is(errors.length, mistakes.length);
});

test('a kind without a type is refused, so that no object goes unchecked', () => {
  assert.throws(
    () => typeErrors([{ where: 'x', object: { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'x' } } }]),
    /has no batch\/v1 Job/,
  );
});

/** What tsc says of the objects as literals, each line with the object's place in front. */
function typeErrors(all: readonly Emitted[]): readonly string[] {
  const kinds = [...new Set(all.map(({ object }) => modelOf(object)))].sort();
  const types = new Map(kinds.map((module, index) => [module, `I${index}`]));
  const lines = [
    ...kinds.map((module, index) => `import type { I${module.slice(module.lastIndexOf('/') + 1)} as I${index} } from '${module}';`),
    // One object a line, so that the line of an error tells the object.
    ...all.map(({ object }, index) => `export const o${index}: ${types.get(modelOf(object))} = ${JSON.stringify(asModelled(object))};`),
  ];
  // Below the repository, where the packages with the types are found.
  mkdirSync('.out', { recursive: true });
  const folder = mkdtempSync('.out/oracle-');
  try {
    writeFileSync(join(folder, 'objects.ts'), `${lines.join('\n')}\n`);
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['objects.ts'] }));
    const { stdout, stderr, status, error } = spawnSync(
      process.execPath,
      ['node_modules/typescript/bin/tsc', '-p', folder, '--pretty', 'false'],
      {
        encoding: 'utf8',
        maxBuffer: 64 * 1024 * 1024,
      },
    );
    if (error) throw error;
    const found = [...stdout.matchAll(/^.*objects\.ts\((\d+),\d+\): error TS\d+: (.*(?:\n .*)*)/gm)].map(
      ([, line, message]) => `${all[Number(line) - 1 - kinds.length]?.where ?? lines[Number(line) - 1]}: ${message}`,
    );
    if (status !== 0 && found.length === 0) throw new Error(`tsc ended with ${status}\n${stdout}${stderr}`);
    return found;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const compilerOptions = {
  noEmit: true,
  strict: true,
  exactOptionalPropertyTypes: true,
  // The packages' own declarations are not ours to check.
  skipLibCheck: true,
  module: 'nodenext',
  target: 'es2022',
  types: [],
};

test.run();
