import type { Job } from '../../telemetry/jobs.ts';

/** What a job drops, as the operator's objects say it; nothing where it drops nothing. */
export const metricRelabelings = ({ drops }: Job) =>
  drops.length === 0
    ? {}
    : { metricRelabelings: drops.map(({ labels, regex }) => ({ sourceLabels: [...labels], regex, action: 'drop' as const })) };
