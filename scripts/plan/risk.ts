import type { PlanReport } from '../../generated/types/plan.d.ts';
import type { ObjectChange } from './object-change.ts';
import type { Surroundings } from './surroundings.ts';

export type Severity = PlanReport['risks'][number]['severity'];

/** What a rule has to say of one change. */
export interface Found {
  /** One sentence without what differs from cluster to cluster: those for which it is the same are told together. */
  readonly what: string;
  /** What may differ, such as `from 8Gi to 5Gi`. */
  readonly detail?: string;
  /** Where it is not that of the rule. */
  readonly severity?: Severity;
}

export interface Rule {
  readonly code: `risk/${string}`;
  readonly severity: Severity;
  /** One sentence: what it can do to the fleet. */
  readonly why: string;
  /** One sentence: what to look at before merging. */
  readonly check: string;
}

/** A rule about one object that changes. */
export interface ObjectRule extends Rule {
  /** Also of clusters that are new, whose objects are all new. */
  readonly ofNewClusters?: true;
  readonly find: (change: Omit<ObjectChange, 'findings'>, around: Surroundings) => Iterable<Found>;
}

export interface Finding extends Found {
  readonly code: Rule['code'];
  readonly severity: Severity;
}

export const ranks: Readonly<Record<Severity | 'none', number>> = { none: 0, low: 1, medium: 2, high: 3 };

export const gravest = (severities: Iterable<Severity | 'none'>): Severity | 'none' => {
  let most: Severity | 'none' = 'none';
  for (const severity of severities) if (ranks[severity] > ranks[most]) most = severity;
  return most;
};
