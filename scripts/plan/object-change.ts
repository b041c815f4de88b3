import type { Resource } from '../kubernetes/resource.ts';
import type { Edit } from './edits.ts';
import type { Finding } from './risk.ts';

/** What happens to one object of a cluster. */
export interface ObjectChange {
  readonly change: 'added' | 'changed' | 'removed';
  /** API version, kind, namespace and name. */
  readonly identity: string;
  readonly before?: Resource;
  readonly after?: Resource;
  /** Of a changed object. */
  readonly edits: readonly Edit[];
  /** Whether its pods are replaced. */
  readonly restarts: boolean;
  readonly findings: readonly Finding[];
}

/** The object, as it will be if it will be. */
export const objectOf = ({ before, after }: Pick<ObjectChange, 'before' | 'after'>): Resource => (after ?? before) as Resource;
