import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { centralRules } from '../../scripts/telemetry/central-rules.ts';
import { edgeLocalRules } from '../../scripts/telemetry/edge-rules.ts';
import { expectedPrometheusRule, expectedRules, fleetRules, silentClusterRules } from '../../scripts/telemetry/fleet-rules.ts';
import { agent, remote, sidecar, versions } from '../parts/central/example.ts';

const alertsOf = (groups: ReturnType<typeof fleetRules>) =>
  groups.flatMap(({ rules }) => (rules ?? []).filter(({ alert }) => alert !== undefined));

test('G38 every cluster has a rule that says that it is expected, and one with how many nodes', () => {
  for (const edge of [remote('a'), agent('b'), sidecar('c')]) {
    const labels = { cluster: edge.name, region: 'kr', collection: edge.option };
    assert.equal(expectedRules(edge), [
      { record: 'edge_cluster:expected', expr: 'vector(1)', labels },
      { record: 'edge_cluster:expected_nodes', expr: 'vector(1)', labels },
    ]);
  }
});

test('the expected number of nodes is that of the inventory', () => {
  const nodes = ['a', 'b', 'c'].map((name, i) => ({ name, address: `192.0.2.${i}` }));
  assert.is(expectedRules({ ...agent(), nodes })[1]?.expr, 'vector(3)');
});

test('a bucket of clusters is one object for the Ruler, which does with what answers', () => {
  const { metadata, spec } = expectedPrometheusRule('0a', [remote('a'), agent('b')], 'metrics-central');
  assert.is(metadata.name, 'expected-0a');
  assert.is(metadata.namespace, 'metrics-central');
  assert.is(metadata.labels['fleetc.dev/rules'], 'fleet');
  assert.is(metadata.annotations['argocd.argoproj.io/sync-wave'], '10');
  assert.is(spec.groups.length, 1);
  assert.is(spec.groups[0]?.partial_response_strategy, 'warn');
  assert.is(spec.groups[0]?.rules.length, 4);
});

test('an edge is silent when no node of it answers, not only when a scrape fails', () => {
  const [rule] = alertsOf(silentClusterRules());
  assert.is(rule?.alert, 'EdgeClusterSilent');
  assert.is(rule?.expr, 'edge_cluster:expected unless on (cluster) count by (cluster) (up{job="node-exporter"} == 1)');
  assert.is(rule?.for, '10m');
  assert.equal(rule?.labels, { severity: 'critical' });
});

test('an edge that does not answer never stops the rules for the others', () => {
  for (const { name, partial_response_strategy } of fleetRules(versions)) assert.is(partial_response_strategy, 'warn', name);
});

test('G38 each record has one owner: only the expectations record, once a cluster', () => {
  const records = [...fleetRules(versions), ...centralRules({ receive: true }), ...edgeLocalRules()].flatMap(({ rules }) =>
    (rules ?? []).flatMap(({ record }) => record ?? []),
  );
  assert.equal(records, []);
});

test('G38 a Watchdog comes from the Ruler, from the central Prometheus and from every edge that watches itself', () => {
  const sources = [fleetRules(versions), centralRules({ receive: true }), edgeLocalRules()].map((groups) =>
    alertsOf(groups).filter(({ alert }) => alert === 'Watchdog'),
  );
  assert.equal(
    sources.map((watchdogs) => watchdogs.map(({ labels }) => labels?.watchdog)),
    [['ruler'], ['central-prometheus'], ['edge']],
  );
});

test('of an edge that watches itself the Ruler tells silence alone', () => {
  for (const { alert, expr } of alertsOf(fleetRules(versions)))
    if (!['EdgeClusterSilent', 'Watchdog'].includes(alert ?? ''))
      assert.match(String(expr), /collection!="thanos-sidecar"|job="prometheus-agent"/, alert);
});

test('the lag of remote write is read from the metric that the version of Prometheus has', () => {
  const lag = (prometheus: string) =>
    String(alertsOf(fleetRules({ ...versions, prometheus })).find(({ alert }) => alert === 'EdgeRemoteWriteBehind')?.expr);
  assert.match(lag('3.7.0'), /prometheus_remote_storage_queue_highest_timestamp_seconds/);
  assert.not.match(lag('3.6.0'), /queue_highest_timestamp_seconds/);
  assert.match(lag('3.6.0'), /prometheus_remote_storage_highest_timestamp_in_seconds/);
});

test('rules of an edge name no strategy, which its Prometheus would refuse', () => {
  for (const group of [...edgeLocalRules(), ...centralRules({ receive: true })])
    assert.not.ok('partial_response_strategy' in group, group.name);
});

test('every alert says how bad it is and what it means', () => {
  for (const { alert, labels, annotations } of alertsOf([
    ...fleetRules(versions),
    ...centralRules({ receive: true }),
    ...edgeLocalRules(),
  ])) {
    assert.ok(['critical', 'warning', 'none'].includes(labels?.severity ?? ''), alert);
    assert.ok(annotations?.summary && annotations.description, alert);
  }
});

test.run();
