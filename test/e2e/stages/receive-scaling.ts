// Receive grows by an ingestor and shrinks again while an agent writes: the hashring's ConfigMap changes first, as the sync waves have it.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { aCentre, aFleet, anEdge, compiledFleet } from '../../support/fleet.ts';
import { contractOf, keepsContract } from '../contract.ts';
import { startExporters } from '../exporters.ts';
import type { Launched } from '../launch.ts';
import { catchesUp, countsOf, hiddenByDedup, nothingLost } from '../loss.ts';
import { ask, freePorts, now, sleep, stop, until } from '../processes.ts';
import { agentOf } from '../prometheus-agent.ts';
import { endpointFiles, endpointFolder, startQuery, thanosPorts } from '../query.ts';
import { askNow } from '../query-api.ts';
import { ready } from '../readiness.ts';
import { hashringFiles, hashringFolder, hostsOf, ingestorOf, startReceive } from '../receive.ts';
import { podOf, siteIn } from '../site.ts';
import type { Stage, StageRun } from '../stage.ts';

export const receiveScaling: Stage = { name: 'receive-scaling', needs: ['prometheus', 'thanos', 'node_exporter'], run };

/** Seconds between two scrapes. */
const interval = 10;

const fleetOf = (replicas: number) =>
  compiledFleet(
    aFleet(
      [aCentre({ receive: { url: 'https://receive.example:19291/api/v1/receive', replicas } }), anEdge('agent', 'prometheus-agent', 10)],
      { scrapeInterval: `${interval}s` },
    ),
  );

async function run({ folder, check }: StageRun): Promise<void> {
  const site = siteIn(folder, fleetOf(4));
  const grown = { ...site, fleet: fleetOf(5) };
  const [noMeta = 0] = await freePorts(1);
  const exporters = await startExporters(site, 'agent');
  const { ingestors, router, write } = await startReceive(site, noMeta);
  const ports = ingestors.map(({ grpc }) => grpc);
  const query = startQuery(site, { 'receive-ingestor': ports }, await thanosPorts());
  const watched = { cluster: 'agent', query, begins: now(), interval };
  const agent = (await agentOf(site, { cluster: 'agent', exporters, write, as: site.trust.edge('agent') }))();
  for (const program of [...ingestors.map(({ process }) => process), router, query, agent]) await ready(program);
  const wanted = contractOf(site.fleet, 'agent', ['prometheus-agent']);
  await keepsContract(query.http, wanted, performance.now());
  await sleep(2 * interval);
  const fifth = await ingestorOf(site, 4);
  // Dedup reads two scrapes ahead in the copies that it does not show, and skips those when the one that it shows ends.
  const hiddenByChange = 3;
  const noneLost = async (changes = 1): Promise<string> => {
    await catchesUp(watched);
    const targets = await nothingLost(watched);
    const hidden = await hiddenByDedup(watched);
    const { lost, retried } = await countsOf(agent);
    if (lost > 0) throw new Error(`the agent counts ${lost} samples as lost`);
    if (targets !== wanted.length || hidden > changes * hiddenByChange)
      throw new Error(`${targets} targets, ${hidden} scrapes of one hidden by dedup`);
    return `none lost, ${retried} retried, at most ${hidden} scrapes of a target hidden by dedup so far`;
  };

  await check('four ingestors become five: the router takes the new hashring by itself', async () => {
    const [host = ''] = hostsOf(grown).slice(-1);
    router.remount(hashringFolder, hashringFiles(grown), { [host]: [`127.0.0.1:${fifth.grpc}`] });
    return `${(await nodesBecome(router, 5)).toFixed(0)} s after the file changed`;
  });
  await check('the fifth is not there yet: writes go on', async () => {
    await sleep(30);
    return noneLost();
  });
  let process: Launched | undefined;
  await check('the fifth comes: it gets its part of the series, and each is still there once after dedup', async () => {
    process = fifth.start();
    await ready(process);
    query.remount(endpointFolder, endpointFiles(site), {
      'dnssrv+_grpc._tcp.receive-ingestor.metrics-central.svc': [...ports, fifth.grpc].map((port) => `127.0.0.1:${port}`),
    });
    const { seconds } = await until('series on the fifth', 120, async () => {
      const copies = await askNow(query.http, 'up{cluster="agent",receive_replica="receive-ingestor-4"}', { dedup: false });
      return copies.length > 0 ? true : undefined;
    });
    const holders = [...ingestors.map((each) => each.process), process];
    const shares = await Promise.all(holders.map(async ({ http }) => headSeries((await ask(`http://127.0.0.1:${http}/metrics`)).body)));
    return `after ${seconds.toFixed(0)} s; series by ingestor ${shares.join(', ')}; ${await noneLost()}`;
  });
  await check('five become four again: the router takes the hashring, the fifth uploads what it holds, nothing is lost', async () => {
    if (process === undefined) throw new Error('the fifth did not start');
    router.remount(hashringFolder, hashringFiles(site));
    const seen = await nodesBecome(router, 4);
    const asked = now();
    await stop(process, 'SIGTERM', Math.min(60, podOf(site, 'centre', { workload: 'receive-ingestor' }).gracePeriod ?? 30));
    const stopped = now() - asked;
    const blocks = blocksOf(join(folder, 'bucket'), 'receive-ingestor-4');
    if (blocks === 0) throw new Error(`no block of the fifth in the bucket, ${stopped.toFixed(0)} s`);
    const said = await noneLost(2);
    return `seen after ${seen.toFixed(0)} s, stopped in ${stopped.toFixed(1)} s, ${blocks} block uploaded; ${said}`;
  });
}

/** Waits until the router's hashring has so many nodes; gives the seconds. */
async function nodesBecome(router: Launched, count: number): Promise<number> {
  const { seconds } = await until(`${count} nodes in the router's hashring`, 90, async () => {
    const { body } = await ask(`http://127.0.0.1:${router.http}/metrics`);
    return Number(/^thanos_receive_hashring_nodes\{[^}]*\} (\d+)$/m.exec(body)?.[1]) === count ? true : undefined;
  });
  return seconds;
}

const headSeries = (page: string): string => /^prometheus_tsdb_head_series\{[^}]*tenant="agent"[^}]*\} (\d+)$/m.exec(page)?.[1] ?? '0';

/** Blocks in the bucket that an ingestor has uploaded. */
const blocksOf = (bucket: string, replica: string): number =>
  readdirSync(bucket, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('meta.json'))
    .filter((path) => readFileSync(join(bucket, path), 'utf8').includes(`"${replica}"`)).length;
