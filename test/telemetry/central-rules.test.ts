import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { centralRules } from '../../scripts/telemetry/central-rules.ts';
import { everyOption, find, resourcesOf } from '../parts/central/example.ts';

const expressions = (receive: boolean): readonly string[] =>
  centralRules({ receive }).flatMap(({ rules }) => (rules ?? []).map(({ expr }) => String(expr)));

test('what must not go unnoticed in the centre raises an alert', () => {
  const all = expressions(true).join('\n');
  for (const metric of [
    'thanos_receive_write_samples_count',
    'thanos_receive_replications_total',
    'thanos_receive_forward_requests_total',
    'thanos_receive_head_series_limited_requests_total',
    'thanos_rule_evaluation_with_warnings_total',
    'thanos_compact_halted',
    'thanos_shipper_upload_failures_total',
    'prometheus_config_last_reload_successful',
    'alertmanager_notifications_failed_total',
  ])
    assert.ok(all.includes(metric), metric);
});

test('without Receive nothing is said about it', () => {
  assert.not.ok(expressions(false).some((expr) => expr.includes('thanos_receive_')));
});

test('every job in a rule is the name of something that the central Prometheus scrapes', () => {
  const scraped = resourcesOf(everyOption)
    .filter(({ kind }) => kind === 'PodMonitor')
    .map(({ metadata }) => metadata.name);
  const jobs = expressions(true).flatMap((expr) => [...expr.matchAll(/job=~?"([^"]+)"/g)].flatMap(([, job]) => job?.split('|') ?? []));
  assert.ok(jobs.length > 10);
  for (const job of jobs) assert.ok(scraped.includes(job), job);
});

test('a PodMonitor gives its series the name of its workload as job', () => {
  const { spec } = find(resourcesOf(everyOption), 'PodMonitor', 'receive-router');
  assert.is(spec.jobLabel, 'app.kubernetes.io/name');
  assert.is(spec.selector.matchLabels['app.kubernetes.io/name'], 'receive-router');
});

test('no two alerts of the centre have one name', () => {
  const names = centralRules({ receive: true }).flatMap(({ rules }) => (rules ?? []).map(({ alert }) => alert));
  assert.is(new Set(names).size, names.length);
});

test.run();
