// What an agent bears: the link to Receive is cut, and things happen meanwhile. An edge for each, all on one Receive.
import { aCentre, aFleet, anEdge, compiledFleet } from '../../support/fleet.ts';
import { comparedLoss } from '../budget.ts';
import { missed } from '../holes.ts';
import {
  beganAnew,
  bridged,
  bridges,
  changedInCut,
  cutInThirdSegment,
  interval,
  lostFromCutUntil,
  restartedInCut,
  type Scenario,
  startEdge,
  truncation,
  walBytesASample,
  whole,
} from '../link-scenario.ts';
import { catchesUp, countsOf, holesOf, said } from '../loss.ts';
import { freePorts, now, sleep, stop } from '../processes.ts';
import { startQuery, thanosPorts } from '../query.ts';
import { ready } from '../readiness.ts';
import { startReceive } from '../receive.ts';
import { relayTo } from '../relay.ts';
import { siteIn } from '../site.ts';
import type { Stage, StageRun } from '../stage.ts';

export const linkFaults: Stage = { name: 'link-faults', needs: ['prometheus', 'thanos', 'node_exporter'], run };

const truncatedOften = { '--storage.agent.wal-truncate-frequency=2h': `${truncation}s` };
const retainedShortly = { '--storage.agent.retention.max-time=4h': '2m', '--storage.agent.retention.min-time=5m': '1m' };

interface Fault {
  readonly what: string;
  /** Times of the agent that are replaced. */
  readonly times?: Readonly<Record<string, string>>;
  /** Gives what was measured. */
  readonly happens: (scenario: Scenario) => Promise<string>;
}

/** By the edge that it happens to. */
const faults: Readonly<Record<string, Fault>> = {
  refused: {
    what: 'link refused for 4 minutes and restored: nothing is lost',
    happens: async (scenario) => {
      const { relay, agent } = scenario;
      const [before, bytes] = [await countsOf(agent), relay.sent()];
      const seconds = await bridges(scenario, 'refused');
      const after = await countsOf(agent);
      const sent = after.sent - before.sent;
      return `caught up ${seconds} s after; ${sent} samples at ${((relay.sent() - bytes) / sent).toFixed(1)} bytes each on the link, ${after.retried - before.retried} of them retried; ${await walBytesASample(scenario)} bytes each in the WAL`;
    },
  },
  silent: {
    what: 'link silent for 4 minutes (packets go nowhere) and restored: nothing is lost',
    happens: async (scenario) => `caught up ${await bridges(scenario, 'silent')} s after`,
  },
  retained: {
    what: 'WAL retained for 2 minutes, truncated as emitted: a cut of 4 minutes loses nothing, for truncation deletes, not age',
    times: retainedShortly,
    happens: async (scenario) => `caught up ${await bridges(scenario, 'refused')} s after`,
  },
  within: {
    what: 'WAL truncated each minute: a cut within the budget, at the worst moment, loses nothing',
    times: truncatedOften,
    happens: async (scenario) => {
      // Just before a segment ends.
      const { from, loses } = await cutInThirdSegment(scenario, truncation - 5);
      // Time for the queue to knock again, and to go on from the segment that it has open.
      const seconds = bridged - 40;
      await sleep(seconds);
      scenario.relay.restore();
      await catchesUp(scenario);
      await whole(scenario);
      const lost = (await holesOf(scenario)).reduce((sum, hole) => sum + hole.to - hole.from, 0);
      return `${comparedLoss(0, lost, 0)}; cut for ${seconds} s with a budget of ${bridged} s, and by the rule all is lost after ${loses - from} s`;
    },
  },
  beyond: {
    what: 'WAL truncated each minute: a cut beyond that loses what the rule predicts',
    times: truncatedOften,
    happens: async (scenario) => {
      const { begins, relay, agent } = scenario;
      const { from, loses, kept } = await cutInThirdSegment(scenario, 10);
      if (loses - from < bridged) throw new Error(`the budget of ${bridged} s is longer than the ${loses - from} s of this cut`);
      const to = loses + 15;
      await sleep(to - from);
      relay.restore();
      await catchesUp(scenario);
      const holes = await holesOf(scenario);
      const anew = beganAnew(agent) - begins;
      const line = `cut from ${from} s to ${to} s after the start, with a budget of ${bridged} s; by the rule lost from ${kept} s until the queue begins anew, which it did at ${anew.toFixed(0)} s; measured ${said(holes, begins)}`;
      const [hole] = holes;
      if (hole === undefined || holes.length > 1) throw new Error(line);
      const near = (measured: number, predicted: number): boolean => Math.abs(measured - begins - predicted) <= interval + 3;
      if (!near(hole.from, kept) || !near(hole.to, anew) || anew < to) throw new Error(line);
      return `${comparedLoss(anew - kept, hole.to - hole.from, 2 * (interval + 3))}: ${missed(hole, interval)} scrapes; ${line}`;
    },
  },
  killed: {
    what: 'agent killed and started again during a cut: loses what waited, and nothing later',
    happens: (scenario) => restartedInCut(scenario, 'SIGKILL'),
  },
  stopped: {
    what: 'agent asked to stop and started again during a cut: ends within its grace period, loses what waited',
    happens: (scenario) => restartedInCut(scenario, 'SIGTERM'),
  },
  restarted: {
    what: 'agent killed and started again on a whole link: loses at most the scrapes that it was not there for',
    happens: async (scenario) => {
      await sleep(3 * interval);
      await stop(scenario.agent);
      const killed = now();
      await ready(scenario.restart());
      const seconds = now() - killed;
      await sleep(3 * interval);
      await catchesUp(scenario);
      const holes = await holesOf(scenario);
      const lost = holes.reduce((sum, hole) => sum + missed(hole, interval), 0);
      if (lost > 1 + seconds / interval) throw new Error(`ready after ${seconds.toFixed(1)} s; lost ${said(holes, killed)}`);
      return `ready after ${seconds.toFixed(1)} s; ${lost} scrapes lost`;
    },
  },
  reloaded: {
    what: 'another scrape interval is synced and reloaded while a backlog waits: nothing is lost',
    happens: async (scenario) => {
      const other = 15;
      const { reloaded, changed } = await changedInCut(scenario, fleetOf(`${other}s`, receiveHost), {});
      // The last scrape at the old interval and the first at the new one may be as far apart as both together, and no further.
      await whole({ ...scenario, interval: (interval + other + 1) / 1.5 });
      return `reloaded ${(reloaded - changed).toFixed(0)} s after the change`;
    },
  },
  moved: {
    what: 'another address of Receive is synced while a backlog waits: loses what waited, as the documentation says',
    happens: async (scenario) => {
      const other = 'receive-2.example:19291';
      const detour = await relayTo(scenario.write);
      detour.cut('refused');
      const { began, reloaded } = await changedInCut(
        scenario,
        fleetOf(`${interval}s`, other),
        { [other]: [`127.0.0.1:${detour.port}`] },
        () => detour.restore(),
      );
      return lostFromCutUntil(scenario, began, reloaded);
    },
  },
};

const receiveHost = 'receive.example:19291';

const fleetOf = (scrapeInterval: string, host: string) =>
  compiledFleet(
    aFleet(
      [
        aCentre({ receive: { url: `https://${host}/api/v1/receive` } }),
        ...Object.keys(faults).map((name, index) => anEdge(name, 'prometheus-agent', 10 + 2 * index)),
      ],
      { scrapeInterval },
    ),
  );

async function run({ folder, check }: StageRun): Promise<void> {
  const site = siteIn(folder, fleetOf(`${interval}s`, receiveHost));
  const [noMeta = 0] = await freePorts(1);
  const { ingestors, router, write } = await startReceive(site, noMeta);
  const query = startQuery(site, { 'receive-ingestor': ingestors.map(({ grpc }) => grpc) }, await thanosPorts());
  for (const program of [...ingestors.map(({ process }) => process), router, query]) await ready(program);
  await Promise.all(
    Object.entries(faults).map(async ([cluster, { what, times = {}, happens }]) =>
      check(what, async () => {
        const scenario = await startEdge(site, cluster, { write, query, times });
        return happens(scenario);
      }),
    ),
  );
}
