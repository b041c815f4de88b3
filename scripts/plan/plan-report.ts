import type { Counts, PlanReport } from '../../generated/types/plan.d.ts';
import type { Renderer } from '../kustomize/render.ts';
import { type Change, plan } from '../tree/plan.ts';
import type { FileTree } from '../tree/tree.ts';
import { argocd } from './argocd-objects.ts';
import { causesOf } from './causes.ts';
import { type ChangeClass, type Changed, classesOf } from './classes.ts';
import { type ClusterChange, compared } from './cluster-changes.ts';
import { type Directory, directoryOf, type Listed } from './directory.ts';
import { folded } from './folding.ts';
import { type Writer, writer } from './normal-form.ts';
import { type ObjectChange, objectOf } from './object-change.ts';
import { differ } from './object-diff.ts';
import { ownValues } from './own-values.ts';
import { gravest, ranks } from './risk.ts';
import { findingsOf, risksOf } from './risks.ts';
import type { Side } from './side.ts';

export type { Side } from './side.ts';

/** A cluster with a change, as far as the report speaks of it. */
export interface ReportedCluster extends Changed {
  readonly listed: Listed;
  readonly change: ClusterChange['change'];
  readonly files: readonly string[];
  readonly unreadable?: string;
}

/** What makes the one side the other, for a reader: objects, in classes of clusters to which the same happens, with risks and causes. */
export function planReport(before: Side, after: Side, base: PlanReport['base'], rendererOf: (tree: FileTree) => Renderer): PlanReport {
  const changes = plan(after.tree, before.tree);
  const directory = directoryOf(before, after);
  const { clusters, isCommon } = compared(changes, before.tree, after.tree, rendererOf);

  const reported: ReportedCluster[] = [];
  for (const cluster of clusters) {
    const listed = directory.find(cluster.cluster, cluster.region);
    const { change, files, unreadable } = cluster;
    reported.push({
      cluster: cluster.cluster,
      own: ownValues(listed.before, listed.after),
      changes: findingsOf(cluster),
      listed,
      change,
      files,
      ...(unreadable !== undefined && { unreadable }),
    });
  }
  reported.sort(byPlace);

  const write = writer(isCommon);
  const classes = classesOf(
    reported.filter((cluster) => cluster.changes.length > 0),
    write,
  );
  const risks = risksOf(reported, directory).sort(
    (a, b) =>
      ranks[b.severity] - ranks[a.severity] ||
      compare(a.code, b.code) ||
      compare(a.object ?? '', b.object ?? '') ||
      compare(a.what, b.what),
  );
  const classIds = new Map(classes.flatMap(({ id, members }) => members.map(({ cluster }) => [cluster, id] as const)));
  const inFleet = reported.filter(({ cluster }) => cluster !== argocd);
  const fleet = after.inventory ?? before.inventory;

  return {
    version: 1,
    fleet: fleet?.fleet.value.name ?? '',
    base,
    summary: {
      risk: gravest(risks.map(({ severity }) => severity)),
      files: filesOf(changes),
      objects: sum(reported.map(countsOf)),
      clusters: { touched: inFleet.length, total: directory.clusters.length },
      regions: share(inFleet, directory, ({ region }) => region),
      rings: share(inFleet, directory, ({ ring }) => ring),
    },
    causes: causesOf(before, after, changes),
    risks,
    groups: groupsOf(inFleet, directory),
    classes: reportedClasses(classes, write, directory),
    clusters: reported.map((cluster) => ({
      name: cluster.cluster,
      region: cluster.listed.region,
      ring: cluster.listed.ring,
      option: cluster.listed.option,
      change: cluster.change,
      ...(classIds.has(cluster.cluster) && { class: classIds.get(cluster.cluster) as string }),
      objects: countsOf(cluster),
      files: cluster.files,
      ...(cluster.unreadable !== undefined && { unreadable: cluster.unreadable }),
    })),
    files: changes.map(({ path, kind }) => ({ path, change: kind })),
  };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** By region and name; Argo CD, which has neither, at the end. */
const byPlace = (a: ReportedCluster, b: ReportedCluster): number =>
  Number(a.cluster === argocd) - Number(b.cluster === argocd) || compare(a.listed.region, b.listed.region) || compare(a.cluster, b.cluster);

const filesOf = (changes: readonly Change[]): PlanReport['summary']['files'] => {
  const count = (kind: Change['kind']) => changes.filter((change) => change.kind === kind).length;
  return { created: count('create'), updated: count('update'), deleted: count('delete') };
};

const countsOf = ({ changes }: { readonly changes: readonly ObjectChange[] }): Counts => {
  const count = (change: ObjectChange['change']) => changes.filter((one) => one.change === change).length;
  return {
    added: count('added'),
    changed: count('changed'),
    removed: count('removed'),
    restarted: changes.filter(({ restarts }) => restarts).length,
  };
};

const sum = (all: readonly Counts[]): Counts =>
  all.reduce(
    (total, counts) => ({
      added: total.added + counts.added,
      changed: total.changed + counts.changed,
      removed: total.removed + counts.removed,
      restarted: total.restarted + counts.restarted,
    }),
    { added: 0, changed: 0, removed: 0, restarted: 0 },
  );

/** How many regions or rings a change reaches. */
function share(
  reported: readonly ReportedCluster[],
  { clusters }: Directory,
  of: (listed: Listed) => string,
): PlanReport['summary']['rings'] {
  const distinct = (all: readonly Listed[]): number => new Set(all.map(of).filter((name) => name !== '')).size;
  return { touched: distinct(reported.map(({ listed }) => listed)), total: distinct(clusters) };
}

function groupsOf(reported: readonly ReportedCluster[], { clusters, rings }: Directory): PlanReport['groups'] {
  const key = ({ region, ring }: Listed): string => `${region}\n${ring}`;
  const touched = new Map<string, ReportedCluster[]>();
  for (const cluster of reported) {
    const known = touched.get(key(cluster.listed));
    if (known === undefined) touched.set(key(cluster.listed), [cluster]);
    else known.push(cluster);
  }
  const totals = new Map<string, { listed: Listed; total: number }>();
  for (const listed of clusters) totals.set(key(listed), { listed, total: (totals.get(key(listed))?.total ?? 0) + 1 });
  return [...totals.values()]
    .map(({ listed, total }) => {
      const own = touched.get(key(listed)) ?? [];
      return { region: listed.region, ring: listed.ring, clusters: { touched: own.length, total }, objects: sum(own.map(countsOf)) };
    })
    .sort((a, b) => compare(a.region, b.region) || rings.indexOf(a.ring) - rings.indexOf(b.ring) || compare(a.ring, b.ring));
}

function reportedClasses(classes: readonly ChangeClass<ReportedCluster>[], write: Writer, directory: Directory): PlanReport['classes'] {
  const diff = differ();
  return classes
    .map(({ id, members }) => {
      const [exemplar] = members as [ReportedCluster];
      return {
        id,
        title: titleOf(members),
        severity: gravest(exemplar.changes.flatMap(({ findings }) => findings.map(({ severity }) => severity))),
        clusters: members.map(({ cluster }) => cluster),
        exemplar: exemplar.cluster,
        changes: folded(exemplar.changes, write, directory).map(({ change, also }) => {
          const { apiVersion, kind, metadata } = objectOf(change);
          return {
            change: change.change,
            object: { apiVersion, kind, ...(metadata.namespace !== undefined && { namespace: metadata.namespace }), name: metadata.name },
            ...(also.length > 0 && { also }),
            restarts: change.restarts,
            risks: [...new Set(change.findings.map(({ code }) => code))].sort(),
            diff: diff(change.before, change.after),
          };
        }),
      };
    })
    .sort((a, b) => ranks[b.severity] - ranks[a.severity] || b.clusters.length - a.clusters.length || compare(a.id, b.id));
}

/** Such as `prometheus-agent: 2 objects changed, 1 restarted`. */
function titleOf(members: readonly ReportedCluster[]): string {
  const options = [
    ...new Set(members.map(({ cluster, listed }) => (cluster === argocd ? argocd : listed.option === '' ? 'centre' : listed.option))),
  ].sort();
  const { added, changed, removed, restarted } = countsOf(members[0] as ReportedCluster);
  const parts = [
    [added, 'added'],
    [changed, 'changed'],
    [removed, 'removed'],
  ] as const;
  const said = parts
    .filter(([count]) => count > 0)
    .map(([count, what], i) => (i === 0 ? `${count} object${count === 1 ? '' : 's'} ${what}` : `${count} ${what}`));
  return `${options.join(', ')}: ${[...said, ...(restarted > 0 ? [`${restarted} restarted`] : [])].join(', ')}`;
}
