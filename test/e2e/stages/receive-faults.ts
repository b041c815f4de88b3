// What Receive bears: ingestors and routers that die.
import { contractOf, keepsContract } from '../contract.ts';
import { startExporters } from '../exporters.ts';
import { countsOf, nothingLost } from '../loss.ts';
import { ask, freePorts, now, sleep, stop, until } from '../processes.ts';
import { agentOf } from '../prometheus-agent.ts';
import { startQuery, thanosPorts } from '../query.ts';
import { askNow } from '../query-api.ts';
import { allReady, ready } from '../readiness.ts';
import { startReceive } from '../receive.ts';
import { siteIn } from '../site.ts';
import type { Stage, StageRun } from '../stage.ts';

export const receiveFaults: Stage = { name: 'receive-faults', needs: ['prometheus', 'thanos', 'node_exporter'], run };

async function run({ folder, fleet, ...report }: StageRun): Promise<void> {
  const { check } = report;
  const site = siteIn(folder, fleet);
  const [noMeta = 0] = await freePorts(1);
  const exporters = await startExporters(site, 'agent');
  const { ingestors, router, write, restartRouter } = await startReceive(site, noMeta);
  const query = startQuery(site, { 'receive-ingestor': ingestors.map(({ grpc }) => grpc) }, await thanosPorts());
  const watched = { cluster: 'agent', query, begins: now(), interval: 30 };
  const agent = (await agentOf(site, { cluster: 'agent', exporters, write, as: site.trust.edge('agent') }))();
  if (!(await allReady(report, [...ingestors.map(({ process }) => process), router, query, agent]))) return;
  const wanted = contractOf(fleet, 'agent', ['prometheus-agent']);
  if (!(await check('before the faults: every series arrives', () => keepsContract(query.http, wanted, performance.now())))) return;

  const [first, second] = ingestors;
  if (first === undefined || second === undefined) throw new Error('fewer than two ingestors');
  /** Waits for a sample of every target that is newer than `time`; gives the seconds. */
  const newerThan = async (time: number): Promise<string> => {
    const { seconds } = await until('a newer sample of every target', 120, async () => {
      const samples = await askNow(query.http, `timestamp(up{cluster="agent"}) > ${time}`);
      return samples.length === wanted.length ? samples : undefined;
    });
    return `all ${wanted.length} targets newer after ${seconds.toFixed(1)} s`;
  };
  const noneLost = async (): Promise<string> => {
    await nothingLost(watched);
    const { lost, retried } = await countsOf(agent);
    if (lost > 0) throw new Error(`the agent counts ${lost} samples as lost`);
    return `none lost, ${retried} retried`;
  };

  await check('one ingestor killed: writes go on', async () => {
    await stop(first.process);
    return `${await newerThan(now() + 5)}, ${await noneLost()}`;
  });
  await check('two ingestors of four killed: the router answers 5xx, the agent keeps its samples', async () => {
    await stop(second.process);
    const { value, seconds } = await until('5xx', 60, async () => {
      const { body } = await ask(`http://127.0.0.1:${router.http}/metrics`);
      const counts = [...body.matchAll(/^thanos_receive_write_samples_count\{code="(\d+)",tenant="agent"\} (\d+)/gm)];
      const codes = counts.map(([, code, count]) => `${code}: ${count}`);
      return codes.some((code) => code.startsWith('5')) ? codes : undefined;
    });
    const { lost, retried } = await countsOf(agent);
    if (lost > 0) throw new Error(`${lost} samples lost; ${value.join(', ')}`);
    return `requests by code ${value.join(', ')} after ${seconds.toFixed(1)} s; none lost, ${retried} retried`;
  });
  await check('the second ingestor is back: nothing was lost', async () => {
    second.start();
    return `${await newerThan(now())}, ${await noneLost()}`;
  });
  await check('the only router killed, and another in its place a minute later: nothing is lost', async () => {
    await stop(router);
    await sleep(60);
    const again = restartRouter();
    const seconds = await ready(again);
    return `ready after ${seconds.toFixed(1)} s, ${await newerThan(now())}, ${await noneLost()}`;
  });
}
