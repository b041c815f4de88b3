import type { Fleet } from '../../inventory/inventory.ts';
import { dropsOf, type Job } from '../../telemetry/jobs.ts';

/** What a job drops, as the operator's objects say it; nothing where it drops nothing. */
export function metricRelabelings(fleet: Fleet, job: Job) {
  const drops = dropsOf(fleet, job);
  if (drops.length === 0) return {};
  return { metricRelabelings: drops.map(({ labels, regex }) => ({ sourceLabels: [...labels], regex, action: 'drop' as const })) };
}
