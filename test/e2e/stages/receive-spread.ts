// A fleet with more tenants than one ingestor should hold: each edge is on some of the ingestors only, by Receive's own shuffle sharding.
import { aCentre, aFleet, anEdge, compiledFleet } from '../../support/fleet.ts';
import { contractOf, keepsContract } from '../contract.ts';
import { startExporters } from '../exporters.ts';
import { catchesUp, countsOf, nothingLost } from '../loss.ts';
import { ask, freePorts, now, sleep, stop } from '../processes.ts';
import { agentOf } from '../prometheus-agent.ts';
import { startQuery, thanosPorts } from '../query.ts';
import { ready } from '../readiness.ts';
import { hostsOf, startReceive } from '../receive.ts';
import { siteIn } from '../site.ts';
import type { Stage, StageRun } from '../stage.ts';

export const receiveSpread: Stage = { name: 'receive-spread', needs: ['prometheus', 'thanos', 'node_exporter'], run };

/** Seconds between two scrapes. */
const interval = 10;
const watchedEdges = ['agent', 'other'];
/** One more than an ingestor is planned for, with those that are watched. */
const silentEdges = 699;

const fleet = () =>
  compiledFleet(
    aFleet(
      [
        aCentre(),
        ...watchedEdges.map((name, i) => anEdge(name, 'prometheus-agent', 10 + 2 * i)),
        ...Array.from({ length: silentEdges }, (_, i) =>
          anEdge(`silent-${i}`, 'prometheus-agent', 10, { nodes: [{ name: 'n1', address: `10.0.${i >> 8}.${i & 255}` }] }),
        ),
      ],
      { scrapeInterval: `${interval}s` },
    ),
  );

async function run({ folder, check }: StageRun): Promise<void> {
  const site = siteIn(folder, fleet());
  const [noMeta = 0] = await freePorts(1);
  const { ingestors, router, write } = await startReceive(site, noMeta);
  const query = startQuery(site, { 'receive-ingestor': ingestors.map(({ grpc }) => grpc) }, await thanosPorts());
  const begins = now();
  const agents = await Promise.all(
    watchedEdges.map(async (cluster) => {
      const exporters = await startExporters(site, cluster);
      return (await agentOf(site, { cluster, exporters, write, as: site.trust.edge(cluster) }))();
    }),
  );
  for (const program of [...ingestors.map(({ process }) => process), router, query, ...agents]) await ready(program);
  const wanted = watchedEdges.map((cluster) => contractOf(site.fleet, cluster, ['prometheus-agent']));
  const holders = async (tenant: string): Promise<readonly number[]> => {
    const pages = await Promise.all(ingestors.map(({ process }) => ask(`http://127.0.0.1:${process.http}/metrics`)));
    return pages.flatMap(({ body }, i) =>
      new RegExp(`^prometheus_tsdb_head_series\\{[^}]*tenant="${tenant}"[^}]*\\} [1-9]`, 'm').test(body) ? [i] : [],
    );
  };

  await check('the router takes the hashring of a fleet of 701 edges; their series have the labels of the contract', async () => {
    for (const labels of wanted) await keepsContract(query.http, labels, performance.now());
    return `${hostsOf(site).length} ingestors`;
  });
  await check('an edge is on four of the ingestors, and not on the others', async () => {
    await sleep(2 * interval);
    const on = await Promise.all(watchedEdges.map(holders));
    for (const [i, found] of on.entries())
      if (found.length !== 4 || found.length >= ingestors.length)
        throw new Error(`${watchedEdges[i]} is on ${found.join(', ')} of ${ingestors.length}`);
    return on.map((found, i) => `${watchedEdges[i]} on ${found.join(', ')} of ${ingestors.length}`).join('; ');
  });
  await check('an ingestor that holds an edge is killed: nothing of the edge is lost', async () => {
    const [first = 0] = await holders('agent');
    const killed = ingestors[first];
    if (killed === undefined) throw new Error('no ingestor holds the edge');
    await stop(killed.process, 'SIGKILL');
    await sleep(4 * interval);
    const watched = { cluster: 'agent', query, begins, interval };
    await catchesUp(watched);
    const targets = await nothingLost(watched);
    const [agent] = agents;
    const { lost } = agent === undefined ? { lost: Number.NaN } : await countsOf(agent);
    if (lost !== 0 || targets !== wanted[0]?.length) throw new Error(`${targets} targets, the agent counts ${lost} samples as lost`);
    return `${targets} targets without a hole`;
  });
}
