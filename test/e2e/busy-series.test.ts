import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cadvisorJob, type Job, kubeletJob } from '../../scripts/telemetry/jobs.ts';
import { cadvisorPage, kubeletPage, kubeStateMetricsPage, type Page } from './busy-series.ts';

const samplesOf = (page: Page, step: number): ReadonlyMap<string, number> =>
  new Map(
    page(step)
      .trimEnd()
      .split('\n')
      .map((line): [string, number] => {
        const [, series = '', value] = /^(\S+\{.*\}) (\S+)/.exec(line) ?? [];
        return [series, Number(value)];
      }),
  );

const keptOf = (page: Page, { drops }: Job): number =>
  [...samplesOf(page, 1).keys()].filter((series) => {
    const labels = {
      __name__: series.slice(0, series.indexOf('{')),
      ...Object.fromEntries([...series.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value])),
    };
    return !drops.some((drop) =>
      new RegExp(`^(?:${drop.regex})$`).test(drop.labels.map((label) => labels[label as '__name__'] ?? '').join(';')),
    );
  }).length;

for (const [what, page, count] of [
  ['cAdvisor of ten containers', cadvisorPage(10), 800],
  ['kube-state-metrics of ten pods', kubeStateMetricsPage(10), 830],
  ['a kubelet', kubeletPage, 2075],
] as const)
  test(`${what}: so many series, each once, the same at every scrape`, () => {
    const [first, later] = [samplesOf(page, 1), samplesOf(page, 7)];
    assert.is(page(1).trimEnd().split('\n').length, count);
    assert.is(first.size, count);
    assert.equal([...later.keys()], [...first.keys()]);
    assert.not.ok([...first.values()].some((value) => !Number.isFinite(value)));
  });

test('the emitted rules drop what they would drop of real ones', () => {
  assert.is(keptOf(cadvisorPage(10), cadvisorJob), 400);
  assert.is(keptOf(kubeletPage, kubeletJob), 1075);
});

test('some values change from scrape to scrape and most stay; counters only grow', () => {
  const page = cadvisorPage(10);
  const [first, second] = [samplesOf(page, 1), samplesOf(page, 2)];
  const changed = [...first].filter(([series, value]) => second.get(series) !== value).length;
  assert.ok(changed > first.size / 10 && changed < first.size / 2, `${changed} of ${first.size}`);
  for (const later of [second, samplesOf(page, 10)])
    for (const [series, value] of first) if (/_total\{/.test(series)) assert.ok((later.get(series) ?? 0) >= value, series);
});

test.run();
