import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { coefficients } from '../../scripts/advise/coefficients.ts';
import { sizeOf } from '../../scripts/advise/size/edge.ts';
import { modelled } from './modelled.ts';

const size = sizeOf({
  option: 'thanos-sidecar',
  nodes: 3,
  pods: 90,
  containers: 120,
  interval: 15,
  replicas: 1,
  retention: 3600,
  dropRules: true,
  centralReplicas: 2,
});
const part = (name: string) => {
  const found = size.parts.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no part ${name}`);
  return found;
};

test('with nothing known the formula gives what the model prints', () => {
  for (const figure of [size.series, size.sent, size.received, part('edge-prometheus').memory, part('node-exporter').cpu])
    assert.equal(modelled(figure, { given: {} }), figure.value);
});

test('what is known stands in the place of the estimate, and what it is made of counts no more', () => {
  const { low, middle, high } = modelled(part('edge-prometheus').memory, { given: { series: 1000 }, without: ['memory.queries.edge'] });
  const [base, each] = [coefficients['memory.prometheus'], coefficients['memory.head.series']];
  assert.equal([low, middle, high], [base.low + 1000 * each.low, base.middle + 1000 * each.middle, base.high + 1000 * each.high]);
});

test('a figure is known wherever it stands: samples follow from series', () => {
  assert.equal(modelled(size.samples, { given: { series: 3000 } }), { low: 200, middle: 200, high: 200 });
  assert.ok(modelled(size.sent, { given: { series: 3000 } }).middle < size.sent.value.middle);
});

test('a name that the formula does not have is refused', () => {
  assert.throws(() => modelled(part('edge-prometheus').memory, { given: { Series: 1 } }), /is not made of Series/);
  assert.throws(() => modelled(size.series, { given: {}, without: ['memory.agent'] }), /is not made of memory\.agent/);
});

test.run();
