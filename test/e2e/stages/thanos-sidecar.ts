// Option 3: edge Prometheus + sidecar -> mutual TLS -> Query.
import { contractOf, keepsContract } from '../contract.ts';
import { startEdgePrometheus } from '../edge-prometheus.ts';
import { startExporters } from '../exporters.ts';
import { catchesUp, nothingLost } from '../loss.ts';
import { freePorts, now, refusedHandshake, sleep } from '../processes.ts';
import { startQuery, thanosPorts } from '../query.ts';
import { askNow, everyRuleEvaluates } from '../query-api.ts';
import { allAlive, allReady } from '../readiness.ts';
import { relayTo } from '../relay.ts';
import { siteIn } from '../site.ts';
import type { Stage, StageRun } from '../stage.ts';

export const thanosSidecar: Stage = { name: 'thanos-sidecar', needs: ['prometheus', 'thanos', 'node_exporter'], run };

async function run({ folder, fleet, ...report }: StageRun): Promise<void> {
  const { check } = report;
  const site = siteIn(folder, fleet);
  const exporters = await startExporters(site, 'sidecar');
  const [noGateway = 0] = await freePorts(1);
  const begins = performance.now();
  const since = now();
  const { prometheus, sidecar, grpc } = await startEdgePrometheus(site, 'sidecar', exporters, noGateway);
  const link = await relayTo(grpc);
  const query = startQuery(site, { '192.0.2.30:30901': [link.port] }, await thanosPorts());
  const programs = [prometheus, sidecar, query];
  if (!(await allReady(report, programs))) return;

  await check('`up` has the labels of the contract, once after dedup', () =>
    keepsContract(query.http, contractOf(fleet, 'sidecar', ['edge-prometheus', 'thanos-sidecar']), begins),
  );
  await check('the sidecar refuses a client without certificate', () =>
    refusedHandshake(`https://127.0.0.1:${grpc}/`, { ca: site.trust.sidecar.ca }, 'thanos-sidecar.sidecar'),
  );
  const watched = { cluster: 'sidecar', query, begins: since, interval: 30 };
  for (const how of ['refused', 'silent'] as const)
    await check(`link ${how} for 2 minutes and restored: the centre answers without the edge, and nothing is lost`, async () => {
      link.cut(how);
      const answers: number[] = [];
      for (const cut = now(); now() < cut + 120; await sleep(5)) {
        const asked = now();
        await askNow(query.http, 'count(up)');
        answers.push(now() - asked);
      }
      const slow = answers.filter((seconds) => seconds > 1);
      if (Math.max(...answers) > 20 || slow.length > 2)
        throw new Error(`answers took ${answers.map((each) => each.toFixed(1)).join(', ')} s`);
      link.restore();
      const restored = now();
      const caughtUp = await catchesUp(watched);
      const targets = await nothingLost(watched);
      return `Query's slowest answer ${Math.max(...answers).toFixed(1)} s, ${slow.length} of ${answers.length} over 1 s; all of ${targets} targets seen ${(caughtUp - restored).toFixed(0)} s after`;
    });
  await check("the edge's own rules: each evaluates without an error", () => everyRuleEvaluates(prometheus.http));
  allAlive(report, programs);
}
