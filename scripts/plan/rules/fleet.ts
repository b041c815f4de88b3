import { argocd } from '../argocd-objects.ts';
import type { Directory, Listed } from '../directory.ts';
import { at, wordOf } from '../fields.ts';
import type { ReportedCluster } from '../plan-report.ts';
import type { Found, Rule } from '../risk.ts';

/** A rule about clusters. */
export interface FleetRule extends Rule {
  find(reported: readonly ReportedCluster[], directory: Directory): Iterable<Found & { readonly clusters: readonly string[] }>;
}

/** Finds the clusters for which the test holds. */
const each = (what: string, test: (listed: Listed) => boolean): FleetRule['find'] =>
  function* (_, { clusters }) {
    const found = clusters.filter(test).map(({ name }) => name);
    if (found.length > 0) yield { what, clusters: found };
  };

const isDraining = (known: Listed['before']): boolean => at(known?.cluster, 'lifecycle') === 'draining';

const clusterAdded: FleetRule = {
  code: 'risk/cluster-added',
  severity: 'low',
  why: 'Everything on it is new, and the centre has to take its data.',
  check: 'That Argo CD knows the cluster by this name, that its Secrets are there, and that the centre has room.',
  // By the output, as without git nobody knows the inventory of before.
  *find(reported) {
    const added = reported.filter(({ change }) => change === 'added').map(({ cluster }) => cluster);
    if (added.length > 0) yield { what: 'A cluster joins the fleet', clusters: added };
  },
};

const clusterDrained: FleetRule = {
  code: 'risk/cluster-drained',
  severity: 'medium',
  why: 'The centre stops taking its data, and alerts about it end.',
  check: 'That nobody relies on its metrics any more.',
  find: each('A cluster is drained', ({ before, after }) => !isDraining(before) && isDraining(after)),
};

const clusterRemoved: FleetRule = {
  code: 'risk/cluster-removed',
  severity: 'high',
  why: 'Nobody watches it any more. ApplicationSets only create and update, so its Application stays, and what it runs, without files to sync from.',
  check: 'That it is meant, and who deletes the Application; a cluster that is lost by mistake comes back with its file.',
  find: each('A cluster leaves the fleet', ({ before, after }) => before !== undefined && after === undefined),
};

const optionSwitched: FleetRule = {
  code: 'risk/option-switched',
  severity: 'high',
  *find(_, { clusters }) {
    const moves = new Map<string, string[]>();
    for (const { name, before, after } of clusters) {
      const [was, is] = [before, after].map((known) => wordOf(at(known?.cluster, 'option')));
      if (before !== undefined && after !== undefined && was !== is) {
        const what = `A cluster moves from ${was ?? 'the centre'} to ${is ?? 'the centre'}`;
        moves.set(what, [...(moves.get(what) ?? []), name]);
      }
    }
    for (const [what, names] of moves) yield { what, clusters: names };
  },
  why: 'The old collector goes with what it has not sent or uploaded yet, and until the new one runs there is a gap.',
  check: 'The way in that the new option needs, its Secrets, and the volume that the old one leaves behind.',
};

/** Percent of the edges that one change may reach at once. Above it, a mistake is an outage of the fleet and not of a part of it. */
const mostShare = 50;
/** A fleet of a few edges has no parts to speak of. */
const fewestEdges = 10;

const fleetShare: FleetRule = {
  code: 'risk/fleet-share',
  severity: 'medium',
  why: `A mistake in it is an outage of more than ${mostShare} % of the fleet, since no smaller part runs it first.`,
  check: 'Whether it can reach the first ring alone, and the others when that has run for a while.',
  *find(reported, { clusters, rings }) {
    const touched = reported.filter(
      ({ cluster, listed }) => cluster !== argocd && listed.option !== '' && listed.before !== undefined && listed.after !== undefined,
    );
    const edges = clusters.filter(({ option, before }) => option !== '' && before !== undefined);
    const several = rings.filter((ring) => ring !== '').length > 1;
    const reached = new Set(touched.map(({ listed }) => listed.ring));
    if (edges.length < fewestEdges || touched.length * 100 <= edges.length * mostShare || (several && reached.size < 2)) return;
    const restarting = touched.some(({ changes }) => changes.some(({ restarts }) => restarts));
    yield {
      what: `The change reaches ${touched.length} of ${edges.length} edges at once${several ? `, in ${reached.size} rings` : ': the fleet has one ring'}`,
      clusters: touched.map(({ cluster }) => cluster),
      ...(restarting && { severity: 'high' as const }),
    };
  },
};

const baseUnreadable: FleetRule = {
  code: 'risk/base-unreadable',
  severity: 'medium',
  why: 'What was there cannot be rendered, so nobody can say what the change deletes or replaces.',
  check: 'The files of the base, and what runs on the cluster.',
  *find(reported) {
    for (const { cluster, unreadable } of reported)
      if (unreadable !== undefined) yield { what: 'The committed output cannot be rendered', detail: unreadable, clusters: [cluster] };
  },
};

export const fleetRules: readonly FleetRule[] = [clusterAdded, clusterDrained, clusterRemoved, optionSwitched, fleetShare, baseUnreadable];
