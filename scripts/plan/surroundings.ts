import type { Resource } from '../kubernetes/resource.ts';
import type { ClusterChange } from './cluster-changes.ts';

/** What is around an object that changes: everything else of its cluster, as it was and as it will be. */
export interface Surroundings {
  readonly cluster: string;
  readonly change: ClusterChange['change'];
  readonly changes: ClusterChange['changes'];
  readonly before: readonly Resource[];
  readonly after: readonly Resource[];
}
