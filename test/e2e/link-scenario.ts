// An edge on prometheus-agent whose link to Receive is cut, and what can happen meanwhile.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { keptUntil, losesItsPlace } from '../../scripts/advise/outage-agent-wal.ts';
import { budgetOf, comparedLoss } from './budget.ts';
import { contractOf, keepsContract } from './contract.ts';
import { startExporters } from './exporters.ts';
import { missed } from './holes.ts';
import type { Launched } from './launch.ts';
import { catchesUp, countsOf, hiddenByDedup, holesOf, nothingLost, said, type Watched } from './loss.ts';
import { filesAt } from './pod.ts';
import { alive, ask, now, sleep, stop, tail, until } from './processes.ts';
import { agentOf } from './prometheus-agent.ts';
import { ready } from './readiness.ts';
import { type Relay, relayTo } from './relay.ts';
import { podOf, type Site } from './site.ts';

/** Seconds between two scrapes: shorter than a fleet's default, so that holes are measured finer. */
export const interval = 10;
/** Series of kube-state-metrics of each edge: with `interval`, as many samples a second as of a cluster of 25,000 series at 30 s. */
const series = 8_000;
/** Seconds of a cut, where nothing else says how long it is. */
const cut = 240;
/** Seconds between two truncations of the WAL, where one is waited for. */
export const truncation = 60;

/** An edge whose agent writes through a link that can be cut. */
export interface Scenario extends Watched {
  readonly site: Site;
  readonly write: number;
  readonly relay: Relay;
  readonly agent: Launched;
  /** Starts the agent again. */
  readonly restart: () => Launched;
}

/** Starts an edge and waits until every series of it is there. */
export async function startEdge(
  site: Site,
  cluster: string,
  { write, query, times }: { readonly write: number; readonly query: Launched; readonly times: Readonly<Record<string, string>> },
): Promise<Scenario> {
  const pods = Array.from(
    { length: series },
    (_, index) => `kube_pod_status_ready{namespace="shop",pod="till-${index}",condition="true"} 1`,
  );
  const exporters = await startExporters(site, cluster, pods);
  const relay = await relayTo(write);
  const restart = await agentOf(site, { cluster, exporters, write: relay.port, as: site.trust.edge(cluster), times });
  const begins = now();
  const since = performance.now();
  const agent = restart();
  await ready(agent);
  await keepsContract(query.http, contractOf(site.fleet, cluster, ['prometheus-agent']), since);
  return { cluster, site, write, relay, query, begins, interval, agent, restart };
}

/** Nothing is lost, and a dashboard sees all of it. */
export async function whole(watched: Watched): Promise<void> {
  await nothingLost(watched);
  const hidden = await hiddenByDedup(watched);
  if (hidden > 0) throw new Error(`${hidden} scrapes of a target are hidden by dedup`);
}

/** Cuts the link, restores it, and finds nothing lost; gives the seconds until all was there. */
export async function bridges(scenario: Scenario, how: 'refused' | 'silent'): Promise<string> {
  scenario.relay.cut(how);
  await sleep(cut);
  scenario.relay.restore();
  const restored = now();
  const caughtUp = await catchesUp(scenario);
  await whole(scenario);
  const { lost } = await countsOf(scenario.agent);
  if (lost > 0) throw new Error(`the agent counts ${lost} samples as lost`);
  return (caughtUp - restored).toFixed(0);
}

/** What the agent's WAL holds, by the samples that it was given. */
export async function walBytesASample({ site, cluster, agent }: Scenario): Promise<string> {
  const wal = join(site.folder, agent.name, 'data/wal');
  const bytes = readdirSync(wal).reduce((sum, segment) => sum + statSync(join(wal, segment)).size, 0);
  const { body } = await ask(`http://127.0.0.1:${agent.http}/metrics`);
  const samples = Number(/^prometheus_agent_samples_appended_total\{type="float"\} (\S+)$/m.exec(body)?.[1]);
  if (!(samples > 0)) throw new Error(`${cluster}: the agent counts no samples`);
  return (bytes / samples).toFixed(1);
}

/** Seconds that fleetc outage has for an edge of the test whose WAL is truncated so often, whenever the cut begins. */
export const bridged = budgetOf('prometheus-agent', { samplesPerSecond: series / interval, truncation }).survives;

/** Cuts the link so far into the third segment of the WAL that the queue comes to stand in it; all in seconds after the agent's start. */
export async function cutInThirdSegment(
  { relay, begins }: Scenario,
  into: number,
): Promise<Readonly<Record<'from' | 'loses' | 'kept', number>>> {
  const from = 2 * truncation + into;
  await sleep(begins + from - now());
  relay.cut('refused');
  return { from, loses: losesItsPlace(from, truncation), kept: keptUntil(from, truncation) };
}

/** When the queue began to read the WAL anew, having lost its place. */
export function beganAnew({ log }: Launched): number {
  const lines = readFileSync(log, 'utf8').split('\n');
  const failed = lines.findLastIndex((line) => line.includes('error tailing WAL'));
  const at = /^time=(\S+) .*Replaying WAL/.exec(lines.slice(failed).find((line) => line.includes('Replaying WAL')) ?? '')?.[1];
  if (failed === -1 || at === undefined) throw new Error('the agent did not lose its place');
  return Date.parse(at) / 1000;
}

/** Seconds between the cut and what happens in it, and between that and the end of the cut. */
const meanwhile = 60;

export async function restartedInCut(scenario: Scenario, signal: NodeJS.Signals): Promise<string> {
  const { relay, agent, restart } = scenario;
  const began = now();
  relay.cut('refused');
  await sleep(meanwhile);
  const asked = now();
  await stop(agent, signal, gracePeriod(scenario));
  const restarted = now();
  if (signal === 'SIGTERM' && agent.child.signalCode === 'SIGKILL') throw new Error('outlived its grace period');
  const again = restart();
  await ready(again);
  await sleep(meanwhile);
  relay.restore();
  await catchesUp(scenario);
  if (!alive(again)) throw new Error(tail(again));
  const stopped = signal === 'SIGTERM' ? `stopped in ${(restarted - asked).toFixed(0)} s; ` : '';
  return `${stopped}${await lostFromCutUntil(scenario, began, restarted)}`;
}

/** What the kubelet would wait before it kills the agent, in seconds. */
function gracePeriod({ site, cluster }: Scenario): number {
  const seconds = podOf(site, cluster, { workload: 'prometheus-agent' }).gracePeriod;
  if (seconds === undefined) throw new Error('the agent has no grace period of its own');
  return seconds;
}

const configFolder = '/etc/prometheus/config';

/** Gives the agent the configuration that another inventory compiles to, and `restores` the link once it runs on it; times in seconds since 1970. */
export async function changedInCut(
  scenario: Scenario,
  fleet: Site['fleet'],
  reach: Readonly<Record<string, readonly string[]>>,
  restores: () => void = scenario.relay.restore,
): Promise<Readonly<Record<'began' | 'changed' | 'reloaded', number>>> {
  const { site, cluster, relay, agent } = scenario;
  const began = now();
  relay.cut('refused');
  await sleep(meanwhile);
  const files = filesAt(podOf({ ...site, fleet }, cluster, { workload: 'prometheus-agent' }), configFolder);
  const changed = now();
  agent.remount(configFolder, files, reach);
  const { value: reloaded } = await until('the reload', 60, async () => {
    const { body } = await ask(`http://127.0.0.1:${agent.http}/metrics`);
    const at = Number(/^prometheus_config_last_reload_success_timestamp_seconds (\S+)$/m.exec(body)?.[1]);
    return at > changed ? at : undefined;
  });
  await sleep(meanwhile);
  restores();
  await catchesUp(scenario);
  return { began, changed, reloaded };
}

/** The rule for a restart and for a changed remote_write section: one hole, from the cut until the queue began anew. */
export async function lostFromCutUntil(scenario: Scenario, began: number, anew: number): Promise<string> {
  const holes = await holesOf(scenario);
  const line = `began anew ${(anew - began).toFixed(0)} s after the cut; lost ${said(holes, began)}`;
  const [hole] = holes;
  if (hole === undefined || holes.length > 1) throw new Error(line);
  // What was in a batch at the moment of the cut is lost too, 5 s of samples at most; on a busy machine one scrape more was still to be sent.
  if (Math.abs(hole.from - began) > 2 * interval + 5 || hole.to < anew - 1 || hole.to > anew + 2 * interval) throw new Error(line);
  return `${comparedLoss(anew - began, hole.to - hole.from, 3 * interval + 5)}; ${line}: ${missed(hole, interval)} scrapes`;
}
