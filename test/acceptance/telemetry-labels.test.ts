import { posix } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { all, at, type ConfigMap, each, listAt, none, type Operated, prometheus, targets, thanos } from '../support/manifests.ts';
import { fleets } from './fleets.ts';

test('G14 the central Prometheus has no external label but its replica', () => {
  for (const fleet of fleets)
    each(
      all<Operated>([fleet], 'Prometheus'),
      ({ object: { spec } }) =>
        ['cluster', 'region'].some((name) => at(spec, 'externalLabels', name) !== undefined) && 'renames every edge',
      ({ object: { spec } }) => Object.keys(at(spec, 'externalLabels') ?? {}).length > 0 && 'has more external labels than its replica',
      ({ object: { spec } }) =>
        spec.replicaExternalLabelName !== 'prometheus_replica' && 'has another replica label than prometheus_replica',
      ({ object: { spec } }) => spec.prometheusExternalLabelName !== '' && 'has an external label with its own name',
    );
});

test("G14 the centre's own targets get cluster and region from the default scrape class, and only where a target has none", () => {
  for (const fleet of fleets) {
    const { name, region } = fleet.inventory.central;
    each(all<Operated>([fleet], 'Prometheus'), ({ object }) => {
      const classes = listAt(object, 'spec', 'scrapeClasses').filter((one) => at(one, 'default') === true);
      const relabelings = JSON.stringify(classes.flatMap((one) => listAt(one, 'relabelings')));
      const wanted = (
        [
          ['cluster', name],
          ['region', region],
        ] as const
      ).map(([label, replacement]) => ({
        sourceLabels: [label],
        regex: '^$',
        targetLabel: label,
        replacement,
        action: 'replace',
      }));
      return relabelings !== JSON.stringify(wanted) && `has ${relabelings}`;
    });
  }
});

/** Every cluster and region that the output gives to series or to stores. */
const named = fleets.flatMap((fleet) => [
  ...all<ConfigMap>([fleet], 'ConfigMap')
    .filter(({ object }) => object.metadata.name === 'cluster-identity')
    .map(({ where, cluster, object: { data } }) => ({ where, fleet, of: cluster, cluster: data.CLUSTER, region: data.REGION })),
  ...targets([fleet]).map(({ where, cluster, region }) => ({ where, fleet, of: cluster, cluster, region })),
  ...all([fleet], 'PrometheusRule').flatMap(({ where, object }) =>
    listAt(object, 'spec', 'groups')
      .flatMap((group) => listAt(group, 'rules'))
      .filter((rule) => at(rule, 'labels', 'cluster') !== undefined)
      .map((rule) => {
        const cluster = String(at(rule, 'labels', 'cluster'));
        return { where: `${where} ${String(at(rule, 'record'))}`, fleet, of: cluster, cluster, region: at(rule, 'labels', 'region') };
      }),
  ),
]);

test('G15 cluster values are unique DNS-1123 names that are safe as paths, and regions come from the inventory', () => {
  each(
    named,
    ({ cluster = '' }) => !/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(cluster) && `calls the cluster ${JSON.stringify(cluster)}`,
    ({ cluster = '' }) =>
      (posix.basename(cluster) !== cluster || cluster === '.' || cluster === '..') && `has ${cluster}, which is no tenant to Receive`,
    ({ of, cluster }) => cluster !== of && `calls ${of} ${cluster}`,
    ({ fleet, cluster, region }) => {
      const wanted = fleet.inventory.edges.find(({ name }) => name === cluster)?.region;
      return (wanted === undefined || region !== wanted) && `is in ${String(region)}, not in ${wanted}`;
    },
    ({ region }) => region === 'edge' && 'is in the region edge',
  );
  for (const fleet of fleets) {
    const identities = all<ConfigMap>([fleet], 'ConfigMap').filter(({ object }) => object.metadata.name === 'cluster-identity');
    assert.is(identities.length, fleet.inventory.edges.length);
    assert.is(new Set(identities.map(({ object }) => object.data.CLUSTER)).size, fleet.inventory.edges.length, fleet.name);
  }
});

test('G16 every Query deduplicates by the replica labels of all collectors', () => {
  // The operator gives every ThanosRuler the label thanos_ruler_replica beside ours and knows no way to leave it out: a store has it, so the set has it.
  // https://github.com/prometheus-operator/prometheus-operator/blob/main/pkg/thanos/statefulset.go
  const wanted = ['prometheus_replica', 'receive_replica', 'rule_replica', 'thanos_ruler_replica'];
  for (const fleet of fleets)
    each(thanos([fleet], 'query'), ({ flags }) => {
      const found = (flags.get('query.replica-label') ?? []).flatMap((value) => value.split(','));
      return JSON.stringify([...found].sort()) !== JSON.stringify(wanted) && `deduplicates by ${found.join(', ')}`;
    });
});

test('G16 no store has a replica label that Query does not know', () => {
  for (const fleet of fleets) {
    const known = new Set(thanos([fleet], 'query').flatMap(({ flags }) => flags.get('query.replica-label') ?? []));
    const labels = [
      ...thanos([fleet], 'receive').flatMap(({ where, flags }) => (flags.get('label') ?? []).map((text) => ({ where, text }))),
      ...all<Operated>([fleet], 'ThanosRuler').flatMap(({ where, object }) =>
        Object.entries(at(object, 'spec', 'labels') ?? {}).map(([name, value]) => ({ where, text: `${name}="${String(value)}"` })),
      ),
      ...prometheus([fleet]).flatMap(({ where, config }) =>
        Object.entries(at(config, 'global', 'external_labels') ?? {}).map(([name, value]) => ({
          where,
          text: `${name}="${String(value)}"`,
        })),
      ),
    ].filter(({ text }) => text.includes('POD_NAME'));
    assert.ok(labels.length >= 1, fleet.name);
    none(labels.flatMap(({ where, text }) => (known.has(text.split('=')[0] ?? '') ? [] : [`${where} ${text}`])));
  }
});

test('G16 the Ruler keeps replica labels out of its alerts', () => {
  for (const fleet of fleets)
    each(
      all<Operated>([fleet], 'ThanosRuler'),
      ({ object }) => !listAt(object, 'spec', 'alertDropLabels').includes('rule_replica') && 'sends each alert once for each replica',
    );
});

test('G16 alerts of an edge lose the replica, too', () => {
  each(
    prometheus(fleets).filter(({ config, flags }) => !flags.has('agent') && at(config, 'alerting') !== undefined),
    ({ config }) =>
      !listAt(config, 'alerting', 'alert_relabel_configs').some(
        (one) => at(one, 'action') === 'labeldrop' && new RegExp(`^(?:${String(at(one, 'regex'))})$`).test('prometheus_replica'),
      ) && 'sends each alert once for each replica',
  );
});

test.run();
