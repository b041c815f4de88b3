import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Resource } from '../../scripts/kubernetes/resource.ts';
import type { CompiledFleet } from '../support/fleet.ts';
import type { Secrets } from './launch.ts';
import { type Container, containerOf, type PodName } from './pod.ts';
import { type Trust, trustIn } from './trust.ts';

/** Where a stage's processes live: what all of them share. */
export interface Site {
  readonly folder: string;
  readonly fleet: CompiledFleet;
  readonly trust: Trust;
  /** The Secret of the object storage: a folder. */
  readonly bucket: Secrets;
}

export function siteIn(folder: string, fleet: CompiledFleet): Site {
  const directory = join(folder, 'bucket');
  mkdirSync(directory);
  const bucket = { 'thanos-objstore': { 'objstore.yml': `type: FILESYSTEM\nconfig:\n  directory: ${directory}\n` } };
  return { folder, fleet, trust: trustIn(folder), bucket };
}

export const objectsOf = ({ fleet }: Pick<Site, 'fleet'>, cluster: string): readonly Resource[] => fleet.rendered.get(cluster) ?? [];

/** A container of a rendered workload; the pod has the workload's name unless said. */
export const podOf = (site: Site, cluster: string, name: Omit<PodName, 'pod'> & Partial<PodName>): Container =>
  containerOf(objectsOf(site, cluster), { pod: name.workload, ...name });
