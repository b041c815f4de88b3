// What an edge on thanos-sidecar loses when it cannot reach the bucket: blocks that its own retention deletes before they are uploaded.
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { aCentre, aFleet, anEdge, compiledFleet } from '../../support/fleet.ts';
import { budgetOf, comparedLoss } from '../budget.ts';
import { startEdgePrometheus } from '../edge-prometheus.ts';
import { startExporters } from '../exporters.ts';
import { freePorts, now, sleep, until } from '../processes.ts';
import { allAlive, allReady } from '../readiness.ts';
import { siteIn } from '../site.ts';
import type { Stage, StageRun } from '../stage.ts';
import { type Block, blocksIn } from '../uploaded.ts';

export const sidecarFaults: Stage = { name: 'sidecar-faults', needs: ['prometheus', 'thanos', 'node_exporter'], run };

/** Seconds of a block, where two hours are emitted, and that blocks are kept, where three days are. */
const [block, retention] = [30, 90];
const times = { '--storage.tsdb.min-block-duration=2h': `${block}s`, 'time: 3d': `${retention}s` };
/** Seconds between two scrapes: a block begins with its first sample. */
const interval = 5;
/** Seconds between two looks of the sidecar for blocks that are new. https://github.com/thanos-io/thanos/blob/v0.42.5/cmd/thanos/sidecar.go */
const looks = 30;

async function run({ folder, ...report }: StageRun): Promise<void> {
  const { check } = report;
  const site = siteIn(
    folder,
    compiledFleet(aFleet([aCentre(), anEdge('sidecar', 'thanos-sidecar', 30)], { scrapeInterval: `${interval}s` })),
  );
  const bucket = join(folder, 'bucket');
  const [noGateway = 0] = await freePorts(1);
  const { prometheus, sidecar } = await startEdgePrometheus(site, 'sidecar', await startExporters(site, 'sidecar'), noGateway, times);
  if (!(await allReady(report, [prometheus, sidecar]))) return;
  const { survives, decides } = budgetOf('thanos-sidecar', { retention });

  /** Waits for a block that ends after `time`; gives all. */
  const uploadedAfter = async (time: number): Promise<readonly Block[]> => {
    const { value } = await until('an upload', 180, async () => {
      const blocks = blocksIn(bucket);
      return blocks.some(({ to }) => to > time) ? blocks : undefined;
    });
    return value;
  };
  /** Seconds of the blocks that never came. */
  const lostIn = async (seconds: number): Promise<number> => {
    await uploadedAfter((blocksIn(bucket).at(-1)?.to ?? 0) + block / 2);
    const away = `${bucket}-away`;
    renameSync(bucket, away);
    // Nothing can be written below a file.
    writeFileSync(bucket, '');
    const cut = now();
    await sleep(seconds);
    rmSync(bucket);
    renameSync(away, bucket);
    const blocks = await uploadedAfter(cut + seconds);
    const gaps = blocks.slice(1).map(({ from }, index) => from - (blocks[index]?.to ?? from));
    return gaps.filter((gap) => gap > 1.5 * interval).reduce((lost, gap) => lost + gap, 0);
  };

  const within = survives - block;
  await check(`bucket unreachable for ${within} s, blocks kept for ${retention} s: nothing is lost`, async () => {
    return `${decides.name} decides: bridges ${survives} s; ${comparedLoss(0, await lostIn(within), 0)}`;
  });
  const beyond = survives + 120;
  await check(`bucket unreachable for ${beyond} s, blocks kept for ${retention} s: loses what the budget predicts`, async () => {
    const lost = comparedLoss(beyond - survives, await lostIn(beyond), block + looks);
    return `${decides.name} decides: bridges ${survives} s; ${lost}, in blocks of ${block} s`;
  });
  allAlive(report, [prometheus, sidecar]);
}
