import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sizeReport } from '../../scripts/advise/size/report.ts';
import { sourceCases } from '../../scripts/advise/size/source-case.ts';
import { formatReport } from '../../scripts/advise/size/text.ts';
import * as source from '../../scripts/advise/source-tables.ts';
import { allOptions, compiledFleet } from '../support/fleet.ts';

const { inventory } = compiledFleet(allOptions());
const ours = (option: string) => {
  const found = sourceCases(inventory).find((one) => one.option === option);
  assert.ok(found, option);
  return found as NonNullable<typeof found>;
};
const says = (id: source.ContradictionId, ...parts: readonly (string | number)[]): void => {
  for (const part of parts)
    assert.ok(
      source.contradictions[id].sentence.includes(String(part)),
      `${id} does not say ${part}: ${source.contradictions[id].sentence}`,
    );
};
const stated = <T>(table: readonly { readonly option: string; readonly stated: T }[], option: string): T => {
  const found = table.find((row) => row.option === option);
  assert.ok(found, option);
  return (found as { readonly stated: T }).stated;
};
const gigabytes = (mebibytes: number): string => ((mebibytes * 2 ** 20) / 1e9).toFixed(2);
const gibibytes = (mebibytes: number): string => (mebibytes / 1024).toFixed(2);
const percent = (part: number, of: number): string => `${Math.round((100 * part) / of)}%`;
const sums = {
  'remote-scrape': source.sourceSum('remote-scrape', 3),
  'prometheus-agent': source.sourceSum('prometheus-agent', 3),
  'thanos-sidecar': source.sourceSum('thanos-sidecar', 3),
};

test('edge resources: the sums for three nodes, recomputed from the rows', () => {
  assert.equal(sums, {
    'remote-scrape': { cpu: 250, memory: 278, volume: 0 },
    'prometheus-agent': { cpu: 450, memory: 478, volume: 5 },
    'thanos-sidecar': { cpu: 950, memory: 1802, volume: 15 },
  });
  for (const { option, stated: row } of source.threeNodes) assert.is(row.cpu, sums[option].cpu, option);
  assert.is(stated(source.threeNodes, 'remote-scrape').memory, '278Mi');
  assert.is(stated(source.threeNodes, 'prometheus-agent').memory, '478Mi');
  assert.is(stated(source.threeNodes, 'thanos-sidecar').memory, `${(1802 / 1024).toFixed(1)}Gi`);
});

test('centre: what Receive adds up to, and that nothing is said for thanos-sidecar', () => {
  const row = stated(source.centre, 'prometheus-agent');
  assert.is(row.cpu, source.receiver.replicas * source.receiver.cpu);
  assert.is(row.memory, source.receiver.replicas * source.receiver.memory);
  assert.equal(stated(source.centre, 'remote-scrape'), { cpu: 200, memory: 500, text: '200m, 500Mi' });
  assert.is(stated(source.centre, 'thanos-sidecar').text, 'nothing');
});

test('four edges: cores are four times a cluster, memory is not', () => {
  for (const { option, stated: row } of source.fourEdges) {
    assert.is((4 * sums[option].cpu) / 1000, row.cores, option);
    assert.is.not(`${gigabytes(4 * sums[option].memory)} GB`, row.memory, option);
  }
  assert.equal(
    source.fourEdges.map((row) => row.stated.megabytesAnHour),
    [10, 50, 200],
  );
});

test('overview: every option has its words', () => {
  assert.equal(
    source.overview.map(({ option }) => option),
    ['remote-scrape', 'prometheus-agent', 'thanos-sidecar'],
  );
});

test('advice: three situations, one for each option', () => {
  assert.equal(
    source.advice.map(({ option }) => option),
    ['remote-scrape', 'prometheus-agent', 'thanos-sidecar'],
  );
});

test('fleet: who it is written for', () => {
  assert.is(source.sourceFleet.decided, 'prometheus-agent');
});

const contradicted: Readonly<Record<source.ContradictionId, () => void>> = {
  D1: () =>
    says(
      'D1',
      '250m and 278Mi',
      '450m and 478Mi',
      '950m and 1802Mi',
      `${gibibytes(1802)}Gi`,
      stated(source.threeNodes, 'thanos-sidecar').memory,
    ),
  D2: () => {
    for (const { memory } of Object.values(sums)) says('D2', `${memory}Mi`, gigabytes(4 * memory), gibibytes(4 * memory));
    for (const { stated: row } of source.fourEdges) says('D2', row.memory.replace(' GB', ''));
  },
  D3: () => {
    assert.is(stated(source.overview, 'remote-scrape').edgeMemory, 'none');
    says('D3', `${sums['remote-scrape'].cpu}m`, `${sums['remote-scrape'].memory}Mi`);
  },
  D4: () => {
    assert.is(stated(source.overview, 'prometheus-agent').edgeMemory, '~200 MB');
    assert.is(stated(source.overview, 'thanos-sidecar').edgeMemory, '~2 GB');
    says('D4', `${sums['prometheus-agent'].memory}Mi`, `${gibibytes(sums['thanos-sidecar'].memory)}Gi`);
  },
  D5: () => {
    const [agent, full] = ['prometheus-agent', 'edge-prometheus'].map((name) => source.edgeResources.find(({ part }) => part === name));
    says('D5', percent(agent?.memory ?? 0, full?.memory ?? 0), percent(agent?.cpu ?? 0, full?.cpu ?? 0));
  },
  D6: () => {
    const [agent, sidecar] = [sums['prometheus-agent'], sums['thanos-sidecar']];
    says('D6', percent(agent.cpu, sidecar.cpu), percent(agent.memory, sidecar.memory));
  },
  D7: () => {
    assert.is(stated(source.centre, 'thanos-sidecar').cpu, 0);
    assert.ok(ours('thanos-sidecar').centre.memory.value.low > 0);
  },
  D8: () => {
    const { replicas, limits, volume } = source.receiver;
    says('D8', `${(replicas * limits.cpu) / 1000} cores`, `${(replicas * limits.memory) / 1024}Gi`, `${replicas * volume}Gi`);
  },
  D9: () => says('D9', `${stated(source.centre, 'remote-scrape').memory}Mi`, `${2 * stated(source.centre, 'remote-scrape').memory}Mi`),
  D10: () => {
    const sent = (option: string) => ours(option).fourEdges.sent.value.middle / 1e6;
    const claimed = (option: string) => stated(source.fourEdges, option).megabytesAnHour;
    assert.is(stated(source.overview, 'remote-scrape').network, 'low');
    assert.is(stated(source.overview, 'prometheus-agent').network, 'efficient');
    assert.ok(sent('thanos-sidecar') < sent('prometheus-agent') && sent('thanos-sidecar') < sent('remote-scrape'));
    assert.ok(sent('remote-scrape') > 4 * claimed('remote-scrape') && sent('prometheus-agent') > 4 * claimed('prometheus-agent'));
    assert.ok(sent('thanos-sidecar') < claimed('thanos-sidecar'));
    says('D10', '10, 50 and 200 MB');
  },
  D11: () => says('D11', `${2 * stated(source.fourEdges, 'remote-scrape').megabytesAnHour} MB`),
  D12: () => {
    assert.is(stated(source.overview, 'prometheus-agent').freshness, '1 min batches');
    says('D12', '30 s', '5 s', `${30 + 5} s`);
  },
  D13: () => {
    const { edges, addresses, nodesPerEdge, memoryPerMachine } = source.sourceFleet;
    assert.is(edges, 4);
    assert.is(addresses.length, 3);
    assert.is(nodesPerEdge, 3);
    says('D13', 'Four', 'three addresses', memoryPerMachine, 'three nodes');
  },
  D14: () => says('D14', 'one column', 'another'),
  D15: () => {
    const volume = source.edgeResources.find(({ part }) => part === 'edge-prometheus')?.volume;
    says('D15', `${volume}Gi`, `${((833 * 15 * 86_400 * 2) / 1e9).toFixed(1)} GB`);
  },
  D16: () => says('D16', '10255', '9100', '8080'),
  D17: () => {
    const [first] = source.advice;
    assert.ok(source.sourceFleet.edges < 5 && first?.situation.startsWith('fewer than 5 edges'));
    assert.match(source.sourceFleet.network, 'stable');
    assert.is.not(source.sourceFleet.decided, first?.option);
    says('D17', first?.option ?? '', source.sourceFleet.decided);
  },
  D18: () => {
    assert.is(source.receiver.replicationFactor, 2);
    says('D18', '1Gi', 'two copies');
  },
};

for (const [id, check] of Object.entries(contradicted))
  test(`${id}: what it says follows from the tables`, () => {
    check();
    assert.match(source.contradictions[id as source.ContradictionId].sentence, /^[A-Za-z].*\.$/);
  });

test('the report shows every table of the source, labelled, and each contradiction below its own table', () => {
  const text = formatReport(sizeReport(inventory));
  const [, ...sections] = text.slice(text.indexOf('source: ')).split(/^source: /m);
  const titles: Readonly<Record<source.SourceTable, string>> = {
    'edge resources': 'edge resources',
    centre: 'centre',
    'four edges': 'four edges',
    overview: 'overview',
    advice: 'advice',
    fleet: 'its fleet',
  };
  for (const [id, { table, sentence }] of Object.entries(source.contradictions)) {
    const section = sections.find((one) => one.startsWith(titles[table]));
    assert.ok(section?.includes(`${id} ${sentence}`), `${id} below ${table}`);
    assert.is(text.split(`${id} ${sentence}`).length, 2, `${id} once`);
  }
});

test.run();
