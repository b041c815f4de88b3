import type { PlanReport } from '../../generated/types/plan.d.ts';
import type { ClusterChange } from './cluster-changes.ts';
import type { Directory } from './directory.ts';
import { subjectOf } from './folding.ts';
import { masked } from './mask.ts';
import { type ObjectChange, objectOf } from './object-change.ts';
import { filled, placeholders } from './placeholders.ts';
import type { ReportedCluster } from './plan-report.ts';
import { type Found, gravest, type ObjectRule, type Rule, type Severity } from './risk.ts';
import { accessRules } from './rules/access.ts';
import { argocdRules } from './rules/argocd.ts';
import { fleetRules } from './rules/fleet.ts';
import { networkRules } from './rules/network.ts';
import { objectRules as rulesOfObjects } from './rules/objects.ts';
import { secretRules } from './rules/secrets.ts';
import { spreadRules } from './rules/spread.ts';
import { storageRules } from './rules/storage.ts';
import { telemetryRules } from './rules/telemetry.ts';
import { workloadRules } from './rules/workloads.ts';

/** Every rule about an object. */
export const objectRules: readonly ObjectRule[] = [
  ...rulesOfObjects,
  ...storageRules,
  ...workloadRules,
  ...accessRules,
  ...networkRules,
  ...secretRules,
  ...telemetryRules,
  ...spreadRules,
  ...argocdRules,
];

/** What each rule has to say of the changes of a cluster. Of a cluster that comes or goes the rules about clusters speak. */
export function findingsOf(cluster: ClusterChange): readonly ObjectChange[] {
  const isWhole = cluster.change === 'changed' && cluster.unreadable === undefined;
  const rules = isWhole ? objectRules : cluster.change === 'removed' ? [] : objectRules.filter(({ ofNewClusters }) => ofNewClusters);
  return cluster.changes.map((change) => ({
    ...change,
    findings: rules.flatMap(({ code, severity, find }) => [...find(change, cluster)].map((found) => ({ code, severity, ...found }))),
  }));
}

type Risk = PlanReport['risks'][number];

/** The findings of all clusters, the same one of several clusters once. */
export function risksOf(reported: readonly ReportedCluster[], directory: Directory): Risk[] {
  const gathered = new Gathered();
  for (const cluster of reported)
    for (const change of cluster.changes)
      for (const finding of change.findings) {
        const subject = subjectOf(objectOf(change).metadata.name, directory)?.name;
        gathered.add(finding.code, { ...finding, object: labelOf(change), subject }, cluster.cluster);
      }
  const rules = new Map<string, Rule>([...objectRules, ...fleetRules].map((rule) => [rule.code, rule]));
  for (const rule of fleetRules)
    for (const found of rule.find(reported, directory)) gathered.add(rule.code, { severity: rule.severity, ...found }, ...found.clusters);
  return gathered.risks(rules);
}

/** Such as `StatefulSet edge-metrics/prometheus-agent`. */
function labelOf(change: ObjectChange): string {
  const { kind, metadata } = objectOf(change);
  return `${kind} ${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}`;
}

interface Group {
  readonly code: string;
  readonly what: string;
  readonly object: string | undefined;
  /** The cluster that the object is about by its name: in the centre that is not the one that it is on. */
  readonly subject: string | undefined;
  readonly severities: Set<Severity>;
  readonly clusters: Set<string>;
  /** With how many clusters each is of. */
  readonly details: Map<string, number>;
}

class Gathered {
  private readonly groups = new Map<string, Group>();

  add(
    code: string,
    {
      what,
      detail,
      severity,
      object,
      subject,
    }: Found & { readonly severity: Severity; readonly object?: string; readonly subject?: string | undefined },
    ...clusters: readonly string[]
  ): void {
    const key = JSON.stringify([code, object, what]);
    const group = this.groups.get(key) ?? { code, what, object, subject, severities: new Set(), clusters: new Set(), details: new Map() };
    this.groups.set(key, group);
    group.severities.add(severity);
    for (const cluster of clusters) group.clusters.add(cluster);
    if (detail !== undefined) group.details.set(detail, (group.details.get(detail) ?? 0) + clusters.length);
  }

  risks(rules: ReadonlyMap<string, Rule>): Risk[] {
    return mergedByName([...this.groups.values()]).map(({ code, what, object, severities, clusters, details }) => {
      const { why, check } = rules.get(code) as Rule;
      const severity = gravest(severities) as Severity;
      const whole = masked(`${what}${detailText(details)}.`);
      return { code, severity, what: whole, why, check, ...(object !== undefined && { object }), clusters: [...clusters].sort() };
    });
  }
}

/** The same of objects that differ only by the name of their cluster is told together. */
function mergedByName(groups: readonly Group[]): readonly Group[] {
  const merged = new Map<string, Group[]>();
  for (const group of groups) {
    const own = new Map(group.subject === undefined ? [] : [['cluster', group.subject]]);
    const [object, what] = [group.object ?? '', group.what].map(placeholders(own));
    const key = JSON.stringify([group.code, object, what]);
    const known = merged.get(key);
    if (known === undefined) merged.set(key, [group]);
    else known.push(group);
  }
  const shown = new Map([['cluster', '<cluster>']]);
  return [...merged].map(([key, same]) => {
    const [first] = same as [Group];
    if (same.length === 1) return first;
    const [, object, what] = JSON.parse(key) as [string, string, string];
    const details = new Map<string, number>();
    for (const group of same) for (const [detail, count] of group.details) details.set(detail, (details.get(detail) ?? 0) + count);
    return {
      code: first.code,
      what: `${filled(what, shown) ?? first.what} (${same.length} objects)`,
      object: first.object === undefined ? undefined : filled(object, shown),
      subject: undefined,
      severities: new Set(same.flatMap(({ severities }) => [...severities])),
      clusters: new Set(same.flatMap(({ clusters }) => [...clusters])),
      details,
    };
  });
}

const mostDetails = 3;

/** The details that most clusters have. */
function detailText(details: ReadonlyMap<string, number>): string {
  const [first, ...others] = [...details].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  if (first === undefined) return '';
  if (others.length === 0) return /^from .* to /s.test(first[0]) ? `, ${first[0]}` : `: ${first[0]}`;
  const shown = [first, ...others.slice(0, mostDetails - 1)].map(([detail, count]) => `${detail} (${count})`);
  const left = 1 + others.length - shown.length;
  return `: ${shown.join('; ')}${left > 0 ? `; ${left} more` : ''}`;
}
