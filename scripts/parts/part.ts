import type { Provisioned } from '../advise/size/provision.ts';
import type { Resource } from '../kubernetes/resource.ts';
import type { Versions } from '../versions.ts';

/** A Secret that somebody has to provide: fleetc names it, and never holds a byte of it. */
export interface RequiredSecret {
  readonly namespace: string;
  readonly name: string;
  readonly keys: readonly string[];
  /** One sentence for whoever makes the Secret: what is in it, who signs it, who checks it. */
  readonly purpose: string;
}

/** One workload with everything it needs: what becomes `base/parts/<name>/<digest>/`, the same on every cluster that runs it. */
export interface Part {
  readonly name: string;
  readonly resources: readonly Resource[];
  readonly secrets: readonly RequiredSecret[];
}

/** The same function is the same part: the compiler builds it once, however many clusters run it. */
export type PartBuilder = (inventory: Provisioned, versions: Versions) => Part;
