import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { distinct, fleets } from '../support/emitted.ts';

// A field with a default that the API server adds inside a list of a custom resource is a difference that Argo CD shows for ever, unless
// it compares on the server's side. `npm run e2e` finds such fields with a real server; these are the ones that it found.
const defaults: Readonly<Record<string, readonly string[]>> = {
  relabelings: ['action'],
  metricRelabelings: ['action'],
  remoteRef: ['conversionStrategy', 'decodingStrategy', 'metadataPolicy'],
};

/** Each place where one of the fields is left to the server. */
function* leftOut(value: unknown, path: string): Iterable<string> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, held] of Object.entries(value)) {
    for (const entry of Array.isArray(held) ? held : [held])
      for (const field of defaults[key] ?? []) if (!(field in entry)) yield `${path}.${key}: no ${field}`;
    yield* leftOut(held, `${path}.${key}`);
  }
}

test('what the server would add inside lists of custom resources is written out', () => {
  const objects = distinct(fleets());
  for (const key of Object.keys(defaults))
    assert.ok(
      objects.some(({ object }) => JSON.stringify(object).includes(`"${key}":`)),
      `no object has ${key}`,
    );
  assert.equal(
    objects.flatMap(({ where, object }) => [...leftOut(object, where)]),
    [],
  );
});

test('a field that is left out is found', () => {
  const spec = { endpoints: [{ relabelings: [{ targetLabel: 'node' }] }], data: [{ remoteRef: { conversionStrategy: 'Default' } }] };
  assert.equal(
    [...leftOut({ spec }, 'x')],
    [
      'x.spec.endpoints.0.relabelings: no action',
      'x.spec.data.0.remoteRef: no decodingStrategy',
      'x.spec.data.0.remoteRef: no metadataPolicy',
    ],
  );
});

test.run();
