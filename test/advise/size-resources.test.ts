import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { constant, figuresOf } from '../../scripts/advise/size/figure.ts';
import type { Range } from '../../scripts/advise/size/range.ts';
import { centreSteps, contradictions, edgeSteps, overridden, resourcesOf } from '../../scripts/advise/size/resources.ts';

const figure = figuresOf('test');
const Mi = 2 ** 20;
const Gi = 2 ** 30;
const part = (cpu: number, memory: Range) => ({
  cpu: figure('cpu', 'cores', '', constant(cpu)),
  memory: { ...figure('memory', 'bytes of memory', '', constant(0)), value: memory },
});
const mebibytes = (quantity: string): number => Number.parseInt(quantity, 10) * (quantity.endsWith('Gi') ? 1024 : 1);

for (const [name, cpu, [low, middle, high], want] of [
  ['a small part', 0.001, [10, 20, 40], ['20m', '24Mi', '48Mi']],
  ['an agent with nine thousand series', 0.0125, [56, 114, 350], ['20m', '128Mi', '384Mi']],
  ['whole gibibytes', 1.2, [512, 1024, 2000], ['1280m', '1Gi', '2Gi']],
  ['one and a half', 1.4, [1025, 1100, 1200], ['1920m', '1536Mi', '3Gi']],
  ['a limit is at least half above its request', 0.25, [100, 120, 125], ['320m', '128Mi', '192Mi']],
] as const)
  test(name, () => {
    assert.equal(resourcesOf(part(cpu, { low: low * Mi, middle: middle * Mi, high: high * Mi }), edgeSteps), {
      requests: { cpu: want[0], memory: want[1] },
      limits: { memory: want[2] },
    });
  });

test('what is asked for covers the likeliest use, the limit the highest, and neither by more than half', () => {
  fc.assert(
    fc.property(fc.integer({ min: 16, max: 500_000 }), fc.double({ min: 1.6, max: 8, noNaN: true }), (middle, spread) => {
      const { requests, limits } = resourcesOf(part(0.1, { low: 0, middle: middle * Mi, high: middle * spread * Mi }), edgeSteps);
      assert.ok(mebibytes(requests.memory) >= middle && mebibytes(requests.memory) <= 1.5 * middle);
      const [request, limit] = [mebibytes(requests.memory), mebibytes(limits.memory)];
      assert.ok(limit > request && limit >= Math.min(middle * spread, Math.max(4096, 2 * request)));
    }),
  );
});

test('the centre, which restarts for all edges, begins with larger steps', () => {
  const at = (cpu: number, memory: number) => resourcesOf(part(cpu, { low: 0, middle: memory * Mi, high: memory * Mi }), centreSteps);
  assert.equal(at(0.06, 1_100), { requests: { cpu: '75m', memory: '1536Mi' }, limits: { memory: '3Gi' } });
  assert.equal(at(0.001, 1), { requests: { cpu: '50m', memory: '32Mi' }, limits: { memory: '48Mi' } });
});

test('a limit is what may be needed, but above 4Gi at most twice the request', () => {
  const at = (middle: number, high: number) => {
    const { requests, limits } = resourcesOf(part(0.06, { low: 0, middle: middle * Gi, high: high * Gi }), centreSteps);
    return [requests.memory, limits.memory];
  };
  assert.equal(at(0.5, 3), ['512Mi', '3Gi']);
  assert.equal(at(0.5, 30), ['512Mi', '4Gi']);
  assert.equal(at(8.6, 64), ['12Gi', '24Gi']);
  assert.equal(at(8.6, 10), ['12Gi', '24Gi']);
});

test('what is written stands, and what is not gives way', () => {
  const planned = { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '384Mi' } };
  assert.equal(overridden(planned, undefined), planned);
  assert.equal(overridden(planned, { requests: { memory: '1Gi' } }), {
    requests: { cpu: '50m', memory: '1Gi' },
    limits: { memory: '1Gi' },
  });
  assert.equal(overridden(planned, { limits: { memory: '64Mi' } }), {
    requests: { cpu: '50m', memory: '64Mi' },
    limits: { memory: '64Mi' },
  });
  assert.equal(overridden(planned, { limits: { cpu: '20m' } }), {
    requests: { cpu: '20m', memory: '128Mi' },
    limits: { cpu: '20m', memory: '384Mi' },
  });
  assert.equal(overridden(planned, { requests: { cpu: '2' }, limits: { cpu: '3', memory: '2Gi' } }), {
    requests: { cpu: '2', memory: '128Mi' },
    limits: { cpu: '3', memory: '2Gi' },
  });
  assert.equal(contradictions({ requests: { memory: '1Gi', cpu: '1' }, limits: { memory: '512Mi', cpu: '900m' } }), [
    { resource: 'memory', request: '1Gi', limit: '512Mi' },
    { resource: 'cpu', request: '1', limit: '900m' },
  ]);
  assert.equal(contradictions({ requests: { memory: '512Mi' }, limits: { memory: '1Gi', cpu: '1m' } }), []);
});

test.run();
