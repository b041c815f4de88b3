import type { Counts, PlanReport, Share } from '../../../generated/types/plan.d.ts';
import { count, number } from './counting.ts';

export const severities = ['high', 'medium', 'low'] as const;

/** Nothing changes, and there is nothing to say about it either. A field that has no effect on the output is a cause nevertheless. */
export const isEmpty = (report: PlanReport): boolean => changesNothing(report) && report.causes.length === 0 && report.risks.length === 0;

const changesNothing = ({ files, clusters }: PlanReport): boolean => files.length === 0 && clusters.length === 0;

/** The sentence that a reviewer with ten seconds reads. */
export function headline(report: PlanReport): string {
  const { clusters, regions, rings } = report.summary;
  if (changesNothing(report)) return `Nothing changes: what the inventory of ${report.fleet} compiles to is already there.`;
  if (clusters.touched === 0 && report.classes.length > 0) return `Only the Argo CD of ${report.fleet} changes, no cluster.`;
  if (clusters.touched === 0) return `No cluster of ${report.fleet} changes, only ${count(report.files.length, 'file')} of the output.`;
  const places = [part(regions, 'region'), part(rings, 'ring')].filter((text) => text !== undefined);
  const where = places.length === 0 ? '' : `, in ${places.join(' and ')}`;
  return `${number(clusters.touched)} of ${count(clusters.total, 'cluster')} ${clusters.touched === 1 ? 'changes' : 'change'}${where}.`;
}

/** A fleet in one region has nothing to tell apart; nor has a ring that no edge of it changes. */
const part = ({ touched, total }: Share, one: string): string | undefined =>
  total <= 1 || touched === 0 ? undefined : `${number(touched)} of ${count(total, one)}`;

/** Such as `high: 2 high, 1 low`. */
export function riskText({ summary, risks }: PlanReport): string {
  const parts = severities
    .map((severity) => [severity, risks.filter((risk) => risk.severity === severity).length] as const)
    .filter(([, many]) => many > 0)
    .map(([severity, many]) => `${number(many)} ${severity}`);
  return parts.length === 0 ? summary.risk : `${summary.risk} (${parts.join(', ')})`;
}

export function objectsText({ added, changed, removed, restarted }: Counts): string {
  if (added + changed + removed === 0) return 'no object changes';
  const parts = [
    ...(added > 0 ? [`${number(added)} added`] : []),
    ...(changed > 0 ? [`${number(changed)} changed`] : []),
    ...(removed > 0 ? [`${number(removed)} removed`] : []),
  ];
  const restarts = restarted === 0 ? 'nothing restarts' : `${count(restarted, 'workload')} ${restarted === 1 ? 'restarts' : 'restart'}`;
  return `objects: ${parts.join(', ')}; ${restarts}`;
}

export function filesText({ created, updated, deleted }: PlanReport['summary']['files']): string {
  const parts = [
    ...(created > 0 ? [`${number(created)} created`] : []),
    ...(updated > 0 ? [`${number(updated)} updated`] : []),
    ...(deleted > 0 ? [`${number(deleted)} deleted`] : []),
  ];
  return `${count(created + updated + deleted, 'file')}${parts.length === 0 ? '' : `: ${parts.join(', ')}`}`;
}

export const baseText = ({ kind, ref, commit }: PlanReport['base']): string =>
  kind === 'disk'
    ? 'the files on disk'
    : [ref, commit?.slice(0, 12)].filter((text) => text !== undefined).join(' at ') || 'the last commit';

/** Clusters whose files change and whose objects do not. */
export const withoutClass = ({ clusters }: PlanReport): PlanReport['clusters'] =>
  clusters.filter((cluster) => cluster.class === undefined && cluster.unreadable === undefined);

export const unreadable = ({ clusters }: PlanReport): PlanReport['clusters'] =>
  clusters.filter((cluster) => cluster.unreadable !== undefined);

/** What is in no region, and so in no group: the fleet's own Argo CD. */
export const outside = ({ clusters }: PlanReport): PlanReport['clusters'] => clusters.filter(({ region }) => region === '');
