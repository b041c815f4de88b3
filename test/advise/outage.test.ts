import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { budgetOn, type OptionName, type OutageFacts, volumeFor } from '../../scripts/advise/outage.ts';
import { alwaysBridged, keptUntil, losesItsPlace } from '../../scripts/advise/outage-agent-wal.ts';
import { budgetOver, outageBudget, remedies, samplesOf } from '../../scripts/advise/outage-edge.ts';
import { formatOutages, outagesJson, outagesOf } from '../../scripts/advise/outage-format.ts';
import { formatLoss, lossOf, lostSeconds } from '../../scripts/advise/outage-loss.ts';
import { surroundingsOf } from '../../scripts/advise/recommend-surroundings.ts';
import { optionNames, perOption } from '../../scripts/advise/rules.ts';
import type { Range } from '../../scripts/advise/size/range.ts';
import { workloadOf } from '../../scripts/advise/size/workload.ts';
import { compile } from '../../scripts/compile.ts';
import type { Edge, Inventory, Sourced } from '../../scripts/inventory/inventory.ts';
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
  const budgets = perOption((option) => budgetOn(option, { ...facts, ...change }));
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
  for (const option of optionNames)
    for (const { formula, inputs } of budgetOn(option, facts).limits) {
      assert.ok(formula.length > 0);
      for (const input of inputs) assert.ok(input.name && input.value && input.source, JSON.stringify(input));
    }
});

// The inventory

const offline = (option: string, maxOffline: string, change: Readonly<Record<string, unknown>> = {}, fleet = {}) =>
  aFleet([aCentre(), anEdge('edge', option, 10, { network: { maxOffline }, ...change })], fleet);

function diagnosticsOf(sources: ReadonlyMap<string, string>) {
  const { sourced, diagnostics } = checkSources(sources);
  if (sourced === undefined) return diagnostics;
  return [...diagnostics, ...compile(sourced).diagnostics];
}

const edgeOf = (sources: ReadonlyMap<string, string>): { edge: Edge; sourced: Sourced<Edge>; inventory: Inventory } => {
  const { sourced, inventory, diagnostics } = checkSources(sources);
  assert.ok(sourced && inventory, JSON.stringify(diagnostics));
  const edge = sourced.clusters.find(({ value }) => value.role === 'edge') as Sourced<Edge>;
  return { edge: edge.value, sourced: edge, inventory };
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
        const { edge, sourced, inventory } = edgeOf(offline(option, maxOffline, size ? { storage: { size } } : {}));
        const needed = { '30m': 0.5, '6h': 6, '7h': 7, '2d': 48, '4d': 96, '30d': 720 }[maxOffline] as number;
        for (const { option: chosen, says } of remedies(sourced, surroundingsOf(inventory), needed * hour)) {
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
  const { settings, ...rest } = edge;
  const after = {
    ...rest,
    ...(settings !== undefined && !/remove settings/.test(way) && { settings }),
    ...(option && { option }),
    ...(size && { storage: { size } }),
    network: {
      ...network,
      ...(ingress && { ingress }),
      ...(/leave network\.maxOffline out/.test(way) ? {} : { maxOffline: maxOffline ?? before }),
    },
  };
  const { receive, alertmanager } = aCentre();
  const centre = {
    ...(/receive\.url of the centre/.test(way) && { receive }),
    ...(/alertmanager\.url of the centre/.test(way) && { alertmanager }),
  };
  return { after, centre, fleet: retention ? { edgeRetention: retention } : {} };
}

/** What an edge on an option may have settled, and what its centre needs for it. */
const settled: Readonly<Record<OptionName, { readonly settings?: object; readonly centre: object }>> = {
  'remote-scrape': { settings: { credentials: { kubelet: 'token' } }, centre: {} },
  'prometheus-agent': { centre: { receive: aCentre().receive } },
  // What it would be without being said, too, is refused on another option.
  'thanos-sidecar': { settings: { replicas: 1 }, centre: { alertmanager: aCentre().alertmanager } },
};

test('every way out that a max-offline error names mends it, made in the inventory', () => {
  const seen = new Set<string>();
  const words = /option|ingress to|size|edgeRetention|maxOffline to|maxOffline out|receive|alertmanager|remove settings/g;
  for (const option of optionNames)
    for (const bare of [false, true])
      for (const ingress of option === 'prometheus-agent' ? ['open', 'none'] : ['open'])
        for (const maxOffline of ['90m', '7h', '2d', '100h', '30d'])
          for (const size of [undefined, '300Mi', '600Mi']) {
            const { settings, centre } = settled[option];
            const before = anEdge('edge', option, 10, {
              network: { maxOffline, ingress },
              delivery: ingress === 'none' ? 'agent' : 'push',
              ...(size && { storage: { size } }),
              ...(bare && settings && { settings }),
              nodes: Array.from({ length: 6 }, (_, i) => ({ name: `n${i}`, address: `192.0.2.${i + 1}` })),
            });
            const with_ = (change: object) => aCentre(bare ? { receive: undefined, alertmanager: undefined, ...centre, ...change } : {});
            const [error, ...others] = diagnosticsOf(aFleet([with_({}), before])).filter(({ severity }) => severity === 'error');
            assert.equal(others, []);
            if (error === undefined) continue;
            const ways = (error.hint ?? '').split('; or ');
            assert.match(ways.at(-1) ?? '', /network\.maxOffline/);
            for (const way of ways) {
              for (const [field] of way.matchAll(words)) seen.add(field);
              const { after, centre: more, fleet } = changed(before, way);
              assert.equal(
                diagnosticsOf(aFleet([with_(more), after], fleet)).filter(({ severity }) => severity === 'error'),
                [],
                `${option} ${ingress} ${maxOffline} ${size}: ${way}`,
              );
            }
          }
  assert.equal([...seen].sort(), [
    'alertmanager',
    'edgeRetention',
    'ingress to',
    'maxOffline out',
    'maxOffline to',
    'option',
    'receive',
    'remove settings',
    'size',
  ]);
});

// Over all numbers of series

/** Where a period of two hours takes a further segment of 128 MiB, at 8 bytes a sample. */
const step = 2 ** 27 / 7200 / 8;

test('what an agent survives does not fall with its samples alone: the least and the greatest are over all between', () => {
  const over = (low: number, middle: number, high: number, volume = 64 * 2 ** 30) =>
    budgetOver('prometheus-agent', { ...facts, agent: { truncateEvery: 2 * hour, volume } }, { low, middle, high });
  // One segment a period up to 2,330.17 samples a second: three periods. Two from there on: at first the second is empty, two hours of the
  // first period are all that is bridged; it grows until there are three.
  assert.equal(over(2000, 2330, 2330).range, { low: 21_600, middle: 21_600, high: 21_600 });
  const { range, least } = over(2000, 2330, 4600);
  assert.is(range.low, 7200);
  assert.is(range.high, 21_600);
  assert.ok(Math.abs(least.samplesPerSecond - step) < 1e-3, String(least.samplesPerSecond));
  assert.is(least.decides.name, 'wal');
  // Between 2,330 and 4,660 samples a second there are two segments a period, and 14,400 s are bridged less what fills one: 9,606.4 s at
  // 3,500, 7,409 at 2,400. A volume of two segments more than 9,606.4 s × 3,500 × 8 bytes is full before that at 4,600.
  const crossing = over(2400, 2400, 4600, 2 ** 28 + 9606.4 * 3500 * 8).range;
  assert.equal([crossing.low, crossing.middle, crossing.high], [7309, 7409, 9606]);
  // A small volume is full sooner with more samples: where it meets the rising WAL, most is survived.
  fc.assert(
    fc.property(
      fc.double({ min: 1, max: 20_000, noNaN: true }),
      fc.double({ min: 1, max: 4, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.integer({ min: 2 ** 28, max: 2 ** 31 }),
      (low, factor, place, volume) => {
        const high = low * factor;
        const found = over(low, low + place * (high - low), high, volume);
        const at = (samplesPerSecond: number) =>
          budgetOn('prometheus-agent', { ...facts, samplesPerSecond, agent: { truncateEvery: 2 * hour, volume } }).survives;
        const steps = Array.from({ length: Math.floor(high / step) + 2 }, (_, i) => i * step).flatMap((rate) => [rate - 1e-6, rate + 1e-6]);
        const grid = [...Array.from({ length: 1_500 }, (_, i) => low + (i / 1_499) * (high - low)), ...steps];
        const all = grid.filter((rate) => rate >= low && rate <= high).map(at);
        const [least, most] = [Math.min(...all), Math.max(...all)];
        // Seconds are whole, and the grid may miss where two lines cross.
        assert.ok(found.range.low <= least && least - found.range.low <= 1, `${least} ${found.range.low}`);
        assert.ok(found.range.high >= most - 1 && found.range.high - most <= 60, `${most} ${found.range.high}`);
        assert.is(found.least.decides.seconds, found.range.low);
      },
    ),
    { numRuns: 80 },
  );
});

test('an agent that survives maxOffline with the likeliest and with the most series, but not with some between, is warned of', () => {
  // 480 pods on two nodes: 1,447 to 3,432 samples a second, likely 2,160. The most bridge 2h38m, the likeliest 6h, and 2,331 two hours.
  const workload = { pods: 480, containers: 480 };
  const warnings = (maxOffline: string) =>
    diagnosticsOf(offline('prometheus-agent', maxOffline, { workload })).filter(({ code }) => code === 'network/max-offline');
  assert.equal(
    warnings('150m').map(({ severity, message }) => [severity, /but only \S+/.exec(message)?.[0]]),
    [['warning', 'but only 2h']],
  );
  assert.equal(warnings('2h'), []);
  const { sourced, inventory } = edgeOf(offline('prometheus-agent', '150m', { workload }));
  const text = formatOutages(outagesOf([sourced], inventory), { explain: false });
  assert.match(text, / survives +6h, at the least 2h by how many series it may have; wal decides\n/);
});

// What is lost

test('what is lost is by the likeliest samples a second, and at most by the highest and the shortest time survived', () => {
  // Worked by hand, with retention 30 d and a volume of 2 Gi = 2,147,483,648 bytes. Bytes without blocks: 256 Mi = 268,435,456 of segments
  // and three hours of the head at 8 bytes, 86,400 a sample a second. Blocks: 1.5 × 1.2 = 1.8 bytes a sample.
  //   500/s:  (2,147,483,648 − 268,435,456 −  43,200,000) ÷   900 = 2,039,831.3 s
  //   1000/s: (2,147,483,648 − 268,435,456 −  86,400,000) ÷ 1,800 =   995,915.6 s
  //   2000/s: (2,147,483,648 − 268,435,456 − 172,800,000) ÷ 3,600 =   473,957.8 s
  const rates: Range = { low: 500, middle: 1000, high: 2000 };
  const on = (option: OptionName, change: Partial<OutageFacts> = {}) => budgetOver(option, { ...facts, ...change }, rates);
  const sidecar = on('thanos-sidecar', { sidecar: { retention: 720 * hour, volume: 2 * 2 ** 30 } });
  assert.equal(sidecar.range, { low: 473_957, middle: 995_915, high: 2_039_831 });
  const lost = (budget: typeof sidecar, seconds: number) => {
    const { likely, most } = lossOf(budget, rates, seconds);
    return [likely.seconds, likely.samples, most.seconds, most.samples];
  };
  // 12 d = 1,036,800 s. Likely 1,036,800 − 995,915 = 40,885 s over: six blocks of 7,200 s. At most 562,843 s over: 79 blocks.
  assert.equal(lost(sidecar, 12 * 24 * hour), [43_200, 43_200_000, 568_800, 1_137_600_000]);
  assert.is(
    formatLoss(lossOf(sidecar, rates, 12 * 24 * hour)),
    'some 43 million samples, at most 1.1 billion: the oldest 12h, at most the oldest 6d14h',
  );
  // 6 d = 518,400 s: likely none; at most 44,443 s over: seven blocks.
  assert.equal(lost(sidecar, 6 * 24 * hour), [0, 0, 50_400, 100_800_000]);
  assert.is(formatLoss(lossOf(sidecar, rates, 6 * 24 * hour)), 'likely nothing, at most 100 million samples: the oldest 14h');
  assert.is(formatLoss(lossOf(sidecar, rates, 5 * 24 * hour)), 'nothing');
  // Without anything kept, all of an hour.
  assert.equal(lost(on('remote-scrape'), hour), [3600, 3_600_000, 3600, 7_200_000]);
  // 1,900 to 2,500 samples a second: six hours with the likeliest, two with 2,331.
  const between: Range = { low: 1900, middle: 2000, high: 2500 };
  const agent = budgetOver('prometheus-agent', facts, between);
  const { likely, most } = lossOf(agent, between, 3 * hour);
  assert.equal([likely.samples, most.samples], [0, 2500 * 3 * hour]);
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
  const { sourced, inventory } = edgeOf(offline('prometheus-agent', '4h'));
  const text = (asked?: number) => formatOutages(outagesOf([sourced], inventory, asked), { explain: false });
  assert.match(text(), / {2}prometheus-agent \(chosen\)\n.*\n +4h offline loses +nothing\n/);
  assert.not.match(text(), 'to survive');
  assert.match(text(24 * hour), /\n {2}to survive 1d: set option to 'thanos-sidecar'\n/);
  assert.match(
    text(24 * hour),
    / {2}prometheus-agent \(chosen\)\n.*\n +1d offline loses +some [\d.]+ million samples, at most [\d.]+ million: all of it\n/,
  );
  assert.match(text(24 * hour), / {2}thanos-sidecar\n.*\n +1d offline loses +nothing\n/);
  const [{ offline: seconds, budgets } = { offline: 0, budgets: [] }] = outagesJson(outagesOf([sourced], inventory, 24 * hour));
  assert.is(seconds, 24 * hour);
  assert.equal(
    budgets.map(({ loses }) => loses?.most.seconds),
    [24 * hour, 24 * hour, 0],
  );
});

test('the volume that a cut needs, by hand', () => {
  // 833 samples a second for 5,400 s at 8 bytes, and 256 Mi of segments; of blocks at 1.8 bytes, and a head of 10,800 s at 8.
  assert.is(Math.round(volumeFor(facts, 'prometheus-agent', 5400).bytes), 268_435_456 + 35_985_600);
  assert.is(Math.round(volumeFor(facts, 'thanos-sidecar', 5400).bytes), 268_435_456 + 71_971_200 + 8_096_760);
});

test('every number of outage is in what --explain adds, with its formula, its inputs and where they are from', () => {
  const months = { network: { maxOffline: '30d' }, storage: { size: '600Mi' } };
  const big = { workload: { pods: 480, containers: 480 } };
  for (const sources of [
    offline('prometheus-agent', '4h', big),
    offline('remote-scrape', '1d', months),
    offline('thanos-sidecar', '30d', months),
    offline('thanos-sidecar', '4h', big),
  ])
    for (const asked of [undefined, 24 * hour, 200 * hour]) {
      const { sourced, inventory } = edgeOf(sources);
      const told = (explain: boolean) => formatOutages(outagesOf([sourced], inventory, asked), { explain }).split('\n');
      const [plain, explained] = [told(false), told(true)];
      const added = explained.filter((line) => !plain.includes(line));
      const results = added.filter((line) => line.includes(' = ')).join('\n');
      const [, ...below] = plain;
      for (const line of below) {
        // The cut is the question.
        const answer = line.replace(/ {4}\S+ offline loses| {2}to survive \S+:/, '');
        for (const [number] of answer.matchAll(/\b\d[\d.,]*(?: [mb]illion\b|[A-Za-z]\w*)?/g))
          assert.match(results, new RegExp(`[ :']${number}[ ,']|[ :]${number}$`, 'm'), `${number} of ${line}`);
      }
      assert.match(added.join('\n'), /series\.nodeExporter = .*measured: /);
      for (const line of added) assert.not.match(line, /undefined|NaN/);
    }
});

test.run();
