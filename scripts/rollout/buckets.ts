import { createHash } from 'node:crypto';

/**
 * The bucket of a name: `00` to `1f`. What the centre has to know of the edges is in one file a bucket, so that a change of one edge
 * rewrites one small file, and a new edge moves no other. 32 files, since an Application should hold at most 300 objects.
 */
export const bucketOf = (name: string): string => ((createHash('sha256').update(name).digest()[0] ?? 0) % 32).toString(16).padStart(2, '0');
