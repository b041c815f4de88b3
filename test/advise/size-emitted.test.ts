import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { EmittedPart, Sums } from '../../scripts/advise/size/emitted.ts';
import { reportJson } from '../../scripts/advise/size/json.ts';
import { sizeReport } from '../../scripts/advise/size/report.ts';
import { amountOf } from '../../scripts/advise/size/resources.ts';
import { formatReport } from '../../scripts/advise/size/text.ts';
import { bytesOf } from '../../scripts/telemetry/quantity.ts';
import { aCentre, aFleet, allOptions, anEdge, compiledFleet, objectOf } from '../support/fleet.ts';

const fleet = compiledFleet(
  aFleet(
    [
      aCentre({ storage: { compactor: '40Gi' }, resources: { query: { limits: { memory: '6Gi' } } } }),
      anEdge('scraped', 'remote-scrape', 10),
      anEdge('agent', 'prometheus-agent', 20),
      anEdge('written', 'prometheus-agent', 30, {
        storage: { size: '7Gi' },
        resources: { 'prometheus-agent': { requests: { cpu: '1' } } },
      }),
      anEdge('sidecar', 'thanos-sidecar', 40, { settings: { replicas: 2 } }),
    ],
    { rings: ['stable'] },
  ),
);
const report = sizeReport(fleet.inventory);

interface Claim {
  readonly spec: { readonly resources: { readonly requests: { readonly storage: string } } };
}

/** Of the objects that the model knows: how many pods there are of each, and what one has. */
interface Manifest {
  readonly spec: {
    readonly replicas?: number;
    readonly shards?: number;
    readonly storage?: { readonly volumeClaimTemplate: Claim };
    readonly resources?: EmittedPart['resources'];
    readonly volumeClaimTemplates?: readonly Claim[];
    readonly template?: {
      readonly spec: {
        readonly containers: readonly { readonly name: string; readonly resources: EmittedPart['resources'] }[];
        readonly volumes?: readonly { readonly ephemeral?: { readonly volumeClaimTemplate: Claim } }[];
      };
    };
  };
}

const volumeOf = ({ spec }: Manifest): string | undefined =>
  [
    ...(spec.storage === undefined ? [] : [spec.storage.volumeClaimTemplate]),
    ...(spec.volumeClaimTemplates ?? []),
    ...(spec.template?.spec.volumes ?? []).flatMap(({ ephemeral }) => (ephemeral === undefined ? [] : [ephemeral.volumeClaimTemplate])),
  ][0]?.spec.resources.requests.storage;

const where: Readonly<Record<string, readonly [kind: string, name: string, container?: string]>> = {
  'node-exporter': ['DaemonSet', 'node-exporter'],
  'kube-state-metrics': ['Deployment', 'kube-state-metrics'],
  'prometheus-agent': ['StatefulSet', 'prometheus-agent'],
  'edge-prometheus': ['StatefulSet', 'edge-prometheus', 'prometheus'],
  prometheus: ['Prometheus', 'central'],
  'receive-router': ['Deployment', 'receive-router'],
  'receive-ingestor': ['StatefulSet', 'receive-ingestor'],
  'store-gateway': ['StatefulSet', 'store-gateway'],
  compactor: ['StatefulSet', 'compactor'],
  query: ['Deployment', 'query'],
  ruler: ['ThanosRuler', 'central'],
  alertmanager: ['Alertmanager', 'central'],
};

const manifestsOf = (cluster: string, parts: readonly EmittedPart[]) =>
  parts.flatMap((emitted) => {
    const found = where[emitted.part.name];
    if (found === undefined) return [];
    const [kind, name, container = name] = found;
    const manifest = objectOf<Manifest>(fleet, cluster, kind, name);
    const inPod = manifest.spec.template?.spec.containers.find((one) => one.name === container)?.resources;
    return [{ emitted, manifest, resources: manifest.spec.resources ?? inPod }];
  });

test('what is said to be emitted is in the manifests: requests, limits, volumes, pods', () => {
  const all = [
    ...report.emitted.edges.flatMap(({ edges, parts }) => edges.flatMap(({ name }) => manifestsOf(name, parts))),
    ...manifestsOf('centre', report.emitted.centre.parts),
  ];
  assert.is(all.length, 2 + 3 + 3 + 3 + 8);
  for (const { emitted, manifest, resources } of all) {
    const { part } = emitted;
    assert.equal(resources, emitted.resources, part.name);
    assert.is(volumeOf(manifest), emitted.volume, part.name);
    if (manifest.spec.replicas !== undefined) assert.is(part.copies, manifest.spec.replicas * (manifest.spec.shards ?? 1), part.name);
  }
});

test('edges of one size whose manifests differ are told apart', () => {
  assert.equal(
    report.emitted.edges.map(({ edges, parts }) => [
      edges.map(({ name }) => name).join(),
      parts.find(({ volume }) => volume !== undefined)?.volume,
    ]),
    [
      ['agent', '5Gi'],
      ['written', '7Gi'],
      ['scraped', undefined],
      ['sidecar', '20Gi'],
    ],
  );
});

const numbers = ({ cpu, memory, memoryLimit, volume }: Sums) => [cpu, memory, memoryLimit, volume].map(({ value }) => value.middle);

const added = (parts: readonly EmittedPart[]) => {
  const sum = (of: (part: EmittedPart) => number) => parts.reduce((total, part) => total + part.part.copies * of(part), 0);
  return [
    sum(({ resources }) => amountOf.cpu(resources.requests.cpu)),
    sum(({ resources }) => bytesOf(resources.requests.memory)),
    sum(({ resources }) => bytesOf(resources.limits.memory)),
    sum(({ volume }) => (volume === undefined ? 0 : bytesOf(volume))),
  ];
};

const near = (a: readonly number[], b: readonly number[]): boolean => a.every((value, i) => Math.abs(value - (b[i] ?? 0)) < 1e-6);

test('the sums are those of all pods, of an edge, of all edges and of the centre', () => {
  for (const { parts, sums } of [...report.emitted.edges, report.emitted.centre]) assert.ok(near(numbers(sums), added(parts)));
  const each = report.emitted.edges.map(({ edges, parts }) => added(parts).map((value) => value * edges.length));
  assert.ok(
    near(
      numbers(report.emitted.allEdges),
      each.reduce((a, b) => a.map((value, i) => value + (b[i] ?? 0))),
    ),
  );
});

test('emitted volumes and sums are printed beside what is used, and are in the JSON', () => {
  const text = formatReport(report);
  assert.match(text, /^ +edge-prometheus +2 .* \d+m, \d+Mi - \S+ +20Gi$/m);
  assert.match(text, /^ +all together .* 140m, 1Gi - 3\.3Gi +40Gi$/m);
  assert.match(text, /^all together .*, [\d.]+Gi - [\d.]+Gi +382Gi$/m);
  assert.match(
    text,
    /^Emitted for all edges: CPU requests [\d.]+m?, memory requests [\d.]+[MG]i, memory limits [\d.]+[MG]i, volumes 52Gi$/m,
  );
  const { parts, centre, emitted } = reportJson(report);
  assert.is(parts.find(({ edges }) => edges.includes('written'))?.parts.find(({ name }) => name === 'prometheus-agent')?.volume, '7Gi');
  assert.is(parts.find(({ edges }) => edges.includes('sidecar'))?.sums.volume, 40 * 2 ** 30);
  assert.is(centre.find(({ name }) => name === 'compactor')?.volume, '40Gi');
  assert.is(emitted.allEdges.volume, (5 + 7 + 2 * 20) * 2 ** 30);
});

test('what edges that do not exist yet need to be there is among what they change', () => {
  const { inventory } = compiledFleet(allOptions());
  const text = formatReport(sizeReport(inventory, [{ add: 10, region: 'kr', option: 'thanos-sidecar', nodes: 2, replicas: 1 }]));
  assert.match(text, /^emitted for all edges: volumes +25Gi +225Gi$/m);
  for (const what of ['CPU requests', 'memory requests', 'memory limits'])
    assert.match(text, new RegExp(`^emitted for all edges: ${what} +[\\d.]+\\w* +[\\d.]+\\w*$`, 'm'));
});

test.run();
