import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { budgetsOf, type OutageFacts } from '../../scripts/advise/outage.ts';
import { alwaysBridged, keptUntil, losesItsPlace } from '../../scripts/advise/outage-agent-wal.ts';
import { outageBudget, remedies, samplesOf } from '../../scripts/advise/outage-edge.ts';
import { formatOutages, outagesJson, outagesOf } from '../../scripts/advise/outage-format.ts';
import { lostSeconds } from '../../scripts/advise/outage-loss.ts';
import { surroundingsOf } from '../../scripts/advise/recommend-surroundings.ts';
import { workloadOf } from '../../scripts/advise/size/workload.ts';
import { compile } from '../../scripts/compile.ts';
import type { Edge, Inventory } from '../../scripts/inventory/inventory.ts';
import { checkSources } from '../../scripts/inventory/load.ts';
import { aCentre, aFleet, allOptions, anEdge, compiledFleet, objectOf } from '../support/fleet.ts';

const hour = 3600;

/** An edge of some 25,000 series with the volumes that are emitted. */
const facts: OutageFacts = {
  samplesPerSecond: 833,
  agent: { truncateEvery: 2 * hour, volume: 5 * 2 ** 30 },
  receive: { tenants: 'per-edge', outOfOrderWindow: 0 },
  sidecar: { retention: 72 * hour, volume: 20 * 2 ** 30 },
};

const survives = (change: Partial<OutageFacts> = {}) => {
  const budgets = budgetsOf({ ...facts, ...change });
  return {
    scrape: budgets['remote-scrape'].survives,
    agent: budgets['prometheus-agent'].survives,
    sidecar: budgets['thanos-sidecar'].survives,
    agentDecides: budgets['prometheus-agent'].decides.name,
    sidecarDecides: budgets['thanos-sidecar'].decides.name,
  };
};

// As real runs measured it: a queue that stands still since so many periods loses its place after, and what was scraped up to then comes.
for (const [stuck, loses, kept] of [
  [0, 4, 1],
  [0.9, 4, 1],
  [1.1, 6, 2],
  [2.1, 6, 3],
  [2.99, 6, 3],
  [3, 8, 4],
  [4.99, 8, 5],
] as const)
  test(`a queue that stands still since ${stuck} periods loses its place after ${loses}`, () => {
    assert.is(losesItsPlace(stuck * 60, 60), loses * 60);
    assert.is(keptUntil(stuck * 60, 60), kept * 60);
  });

test('what is always bridged is the least over all moments at which a cut begins', () => {
  for (const fills of [Number.POSITIVE_INFINITY, 7000, 3600, 2000, 700]) {
    const promised = alwaysBridged(7200, fills);
    let least = Number.POSITIVE_INFINITY;
    for (let stuck = 0; stuck < 20 * 7200; stuck += 100) {
      const bridged = losesItsPlace(stuck, 7200, fills) - stuck;
      assert.ok(bridged >= promised, `${stuck} ${fills}`);
      least = Math.min(least, bridged);
    }
    assert.ok(least - promised <= 100, `${least} ${promised}`);
  }
});

test('an agent of common size bridges three periods of truncation, a large one less: its WAL has more segments to delete', () => {
  assert.is(survives().agent, 6 * hour);
  assert.is(survives().agentDecides, 'wal');
  assert.ok(survives({ samplesPerSecond: 2_500 }).agent < 2.5 * hour);
  assert.ok(survives({ samplesPerSecond: 100_000 }).agent < hour);
});

test('a small volume, and a tenant that others share, bound an agent', () => {
  const volume = survives({ agent: { truncateEvery: 2 * hour, volume: 0.3 * 2 ** 30 } });
  assert.is(volume.agentDecides, 'volume');
  assert.ok(volume.agent < 6 * hour);
  const shared = survives({ receive: { tenants: 'shared', outOfOrderWindow: 0 } });
  assert.is(shared.agentDecides, 'receive');
  assert.is(shared.agent, hour);
  assert.is(survives({ receive: { tenants: 'shared', outOfOrderWindow: 4 * hour } }).agent, 4 * hour);
  assert.is(survives({ receive: { tenants: 'shared', outOfOrderWindow: 12 * hour } }).agent, 6 * hour);
});

test('remote-scrape survives nothing, thanos-sidecar its retention or its volume', () => {
  assert.is(survives().scrape, 0);
  assert.is(survives().sidecar, 72 * hour);
  assert.is(survives({ sidecar: { retention: 720 * hour, volume: 2 * 2 ** 30 } }).sidecarDecides, 'volume');
});

test('more of anything never shortens what is survived, and a higher rate never lengthens it', () => {
  const positive = (max: number) => fc.double({ min: 1, max, noNaN: true });
  fc.assert(
    fc.property(positive(5_000), positive(2), positive(2 ** 36), fc.nat(100 * hour), (rate, factor, volume, retention) => {
      const of = (samplesPerSecond: number, bytes: number, kept: number) =>
        survives({
          samplesPerSecond,
          agent: { truncateEvery: 2 * hour, volume: bytes },
          sidecar: { retention: kept, volume: bytes },
        });
      const [less, more] = [of(rate, volume, retention), of(rate, volume * factor, retention * factor)];
      assert.ok(less.agent <= more.agent);
      assert.ok(less.sidecar <= more.sidecar);
      assert.ok(of(rate * factor, volume, retention).sidecar <= less.sidecar);
    }),
    { numRuns: 200 },
  );
});

test('what the model takes for emitted is emitted: no flag of the WAL, no window, the tenant from the certificate', () => {
  const fleet = compiledFleet(allOptions());
  const args = (cluster: string, kind: string, name: string) =>
    objectOf<{ spec: { template: { spec: { containers: { args?: string[] }[] } } } }>(fleet, cluster, kind, name)
      .spec.template.spec.containers.flatMap((container) => container.args ?? [])
      .join('\n');
  assert.not.match(args('agent', 'StatefulSet', 'prometheus-agent'), /storage\.agent\.(retention|wal)/);
  assert.not.match(args('centre', 'StatefulSet', 'receive-ingestor'), /out-of-order/);
  assert.match(args('centre', 'StatefulSet', 'receive-ingestor'), '--receive.tenant-label-name=cluster');
  assert.match(args('centre', 'Deployment', 'receive-router'), '--receive.tenant-certificate-field=commonName');
});

test('every limit says its formula, and every input where it is from', () => {
  for (const budget of Object.values(budgetsOf(facts)))
    for (const { formula, inputs } of budget.limits) {
      assert.ok(formula.length > 0);
      for (const input of inputs) assert.ok(input.name && input.value && input.source, JSON.stringify(input));
    }
});

// The inventory

const offline = (option: string, maxOffline: string, change: Readonly<Record<string, unknown>> = {}, fleet = {}) =>
  aFleet([aCentre(), anEdge('edge', option, 10, { network: { maxOffline }, ...change })], fleet);

function diagnosticsOf(sources: ReadonlyMap<string, string>) {
  const { sourced, diagnostics } = checkSources(sources);
  assert.ok(sourced, JSON.stringify(diagnostics));
  return [...diagnostics, ...compile(sourced).diagnostics];
}

const edgeOf = (sources: ReadonlyMap<string, string>): { edge: Edge; inventory: Inventory } => {
  const { inventory } = checkSources(sources);
  assert.ok(inventory);
  return { edge: inventory.edges[0] as Edge, inventory };
};

test('an edge whose option survives maxOffline compiles, and to the same but for the parts that name the inventory', () => {
  assert.equal(diagnosticsOf(offline('prometheus-agent', '6h')), []);
  assert.equal(diagnosticsOf(offline('thanos-sidecar', '3d')), []);
  const without = compiledFleet(aFleet([aCentre(), anEdge('edge', 'prometheus-agent', 10)])).tree;
  assert.equal([...compiledFleet(offline('prometheus-agent', '6h')).tree], [...without]);
});

for (const [name, sources, said] of [
  [
    'the option',
    offline('remote-scrape', '1h'),
    /keeps nothing.*Set option to 'prometheus-agent'; or set option to 'thanos-sidecar'; or leave network\.maxOffline out/,
  ],
  [
    'the option, for longer than a WAL lasts',
    offline('prometheus-agent', '1d'),
    /WAL bridges 6h.*Set option to 'thanos-sidecar'; or set network\.maxOffline to '6h', if that is enough\./,
  ],
  [
    'the retention',
    offline('thanos-sidecar', '7d'),
    /keeps 3d.*Set edgeRetention of the fleet to '7d'; or set network\.maxOffline to '3d'/,
  ],
  [
    'the volume',
    offline('thanos-sidecar', '2d', { storage: { size: '400Mi' } }),
    /volume is full after .*Set storage\.size to '1Gi'; or set network\.maxOffline to '\d+h'/,
  ],
  [
    'the network',
    offline('prometheus-agent', '1d', { network: { maxOffline: '1d', ingress: 'none' }, delivery: 'agent' }),
    /No option both connects out alone, as network\.ingress 'none' asks, and survives 1d\. Open the network to the centre, then set network\.ingress to 'open' and option to 'thanos-sidecar'; or set network\.maxOffline to '6h'/,
  ],
] as const)
  test(`an unmet maxOffline is an error at the field that names the change: ${name}`, () => {
    const errors = diagnosticsOf(sources).filter(({ severity }) => severity === 'error');
    assert.equal(
      errors.map(({ code }) => code),
      ['network/max-offline'],
    );
    const [{ message, hint, span } = { message: '', hint: '', span: undefined }] = errors;
    assert.match(`${message} ${hint}`, said);
    const line = sources.get('clusters/edge.ts')?.split('\n')[(span?.line ?? 0) - 1];
    assert.match(line ?? '', '"maxOffline"');
  });

test('each remedy that is named meets what was asked for', () => {
  for (const option of ['remote-scrape', 'prometheus-agent', 'thanos-sidecar'])
    for (const maxOffline of ['30m', '6h', '7h', '2d', '4d', '30d'])
      for (const size of [undefined, '600Mi', '2Gi']) {
        const { edge, inventory } = edgeOf(offline(option, maxOffline, size ? { storage: { size } } : {}));
        const needed = { '30m': 0.5, '6h': 6, '7h': 7, '2d': 48, '4d': 96, '30d': 720 }[maxOffline] as number;
        for (const { option: chosen, says } of remedies(edge, surroundingsOf(inventory), needed * hour)) {
          const written = (field: string) => new RegExp(`${field}[a-z ]* to '([^']+)'`).exec(says)?.[1];
          const [retention, newSize] = [written('edgeRetention'), written('storage.size')];
          const after = {
            ...edge,
            option: chosen,
            settings: { replicas: 1 },
            storage: { ...edge.storage, ...(newSize && { size: newSize }) },
          } as Edge;
          const fleet = { ...inventory.fleet, ...(retention && { edgeRetention: retention }) };
          const changed = { ...inventory, fleet };
          const budget = outageBudget(after, chosen, samplesOf(workloadOf(after, changed), chosen), surroundingsOf(changed));
          assert.ok(budget.survives >= needed * hour, `${option} ${maxOffline} ${size}: ${says}`);
        }
      }
});

/** The changes that one way out names, made. */
function changed(edge: Readonly<Record<string, unknown>>, way: string) {
  const to = (field: string) => new RegExp(`${field} to '([^']+)'`).exec(way)?.[1];
  const [option, ingress, size, maxOffline, retention] = [
    'option',
    'network\\.ingress',
    'storage\\.size',
    'network\\.maxOffline',
    'edgeRetention of the fleet',
  ].map(to);
  const { maxOffline: before, ...network } = edge.network as { readonly maxOffline: string };
  const after = {
    ...edge,
    ...(option && { option }),
    ...(size && { storage: { size } }),
    network: {
      ...network,
      ...(ingress && { ingress }),
      ...(/leave network\.maxOffline out/.test(way) ? {} : { maxOffline: maxOffline ?? before }),
    },
  };
  return { after, fleet: retention ? { edgeRetention: retention } : {} };
}

test('every way out that a max-offline error names mends it, made in the inventory', () => {
  const seen = new Set<string>();
  for (const option of ['remote-scrape', 'prometheus-agent', 'thanos-sidecar'])
    for (const ingress of option === 'prometheus-agent' ? ['open', 'none'] : ['open'])
      for (const maxOffline of ['90m', '7h', '2d', '100h', '30d'])
        for (const size of [undefined, '300Mi', '600Mi']) {
          const before = anEdge('edge', option, 10, {
            network: { maxOffline, ingress },
            delivery: ingress === 'none' ? 'agent' : 'push',
            ...(size && { storage: { size } }),
            nodes: Array.from({ length: 6 }, (_, i) => ({ name: `n${i}`, address: `192.0.2.${i + 1}` })),
          });
          const [error, ...others] = diagnosticsOf(aFleet([aCentre(), before])).filter(({ severity }) => severity === 'error');
          assert.equal(others, []);
          if (error === undefined) continue;
          const ways = (error.hint ?? '').split('; or ');
          assert.match(ways.at(-1) ?? '', /network\.maxOffline/);
          for (const way of ways) {
            for (const [field] of way.matchAll(/option|ingress to|size|edgeRetention|maxOffline to|maxOffline out/g)) seen.add(field);
            const { after, fleet } = changed(before, way);
            assert.equal(
              diagnosticsOf(aFleet([aCentre(), after], fleet)).filter(({ severity }) => severity === 'error'),
              [],
              `${option} ${ingress} ${maxOffline} ${size}: ${way}`,
            );
          }
        }
  assert.equal([...seen].sort(), ['edgeRetention', 'ingress to', 'maxOffline out', 'maxOffline to', 'option', 'size']);
});

for (const [option, survives, offline, lost] of [
  ['remote-scrape', 0, 24, 24],
  ['prometheus-agent', 6, 6, 0],
  ['prometheus-agent', 6, 7, 7],
  ['thanos-sidecar', 72, 24, 0],
  ['thanos-sidecar', 72, 73, 2],
  ['thanos-sidecar', 72, 75, 4],
  ['thanos-sidecar', 1, 2, 2],
] as const)
  test(`${option} that survives ${survives}h loses ${lost}h of ${offline}h`, () => {
    assert.is(lostSeconds(option, survives * hour, offline * hour), lost * hour);
  });

test('a cut that is asked about goes before the one of the inventory, and says what is lost and what mends it', () => {
  const { edge, inventory } = edgeOf(offline('prometheus-agent', '4h'));
  const text = (asked?: number) => formatOutages(outagesOf([edge], inventory, asked), { explain: false });
  assert.match(text(), / {2}prometheus-agent \(chosen\)\n.*\n +4h offline loses +nothing\n/);
  assert.not.match(text(), 'to survive');
  assert.match(text(24 * hour), /\n {2}to survive 1d: set option to 'thanos-sidecar'\n/);
  assert.match(text(24 * hour), / {2}prometheus-agent \(chosen\)\n.*\n +1d offline loses +up to [\d.]+ million samples: all of it\n/);
  assert.match(text(24 * hour), / {2}thanos-sidecar\n.*\n +1d offline loses +nothing\n/);
  const [{ offline: seconds, budgets } = { offline: 0, budgets: [] }] = outagesJson(outagesOf([edge], inventory, 24 * hour));
  assert.is(seconds, 24 * hour);
  assert.equal(
    budgets.map(({ loses }) => loses?.most),
    [24 * hour, 24 * hour, 0],
  );
});

test.run();
