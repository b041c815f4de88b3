import { bytesOf } from '../../telemetry/quantity.ts';
import type { PartSize } from './edge.ts';

/** What a container asks for in its manifest. */
export interface Resources {
  readonly requests: { readonly cpu: string; readonly memory: string };
  readonly limits: { readonly cpu?: string; readonly memory: string };
}

/** What an inventory says of them, all or some. */
export interface WrittenResources {
  readonly requests?: { readonly cpu?: string; readonly memory?: string };
  readonly limits?: { readonly cpu?: string; readonly memory?: string };
}

const Mi = 2 ** 20;

/** Mebibytes. A limit that no node has is none, and Go collects its garbage as late as the limit lets it. */
const farAbove = 4096;

/**
 * Requests and limits of a part: the likeliest memory as the request, the highest as the limit, and that at least one and a half requests, and
 * above 4Gi no more than two; the likeliest CPU, and no limit, since a throttled scrape is late. In steps, so that one more node of an edge, or one more edge of the centre, seldom
 * restarts anything; the first step of CPU is for bursts, which an average does not show.
 */
export function resourcesOf({ cpu, memory }: Pick<PartSize, 'cpu' | 'memory'>, { memoryMi, thousandths }: Steps): Resources {
  const request = stepUp(memory.value.middle / Mi, memoryMi);
  const highest = Math.min(memory.value.high / Mi, Math.max(farAbove, 2 * request));
  const limit = stepUp(Math.max(highest, 1.5 * request), memoryMi);
  return {
    requests: { cpu: quantityOfCores(stepUp(cpu.value.middle * 1000, thousandths)), memory: quantityOfMemory(request) },
    limits: { memory: quantityOfMemory(limit) },
  };
}

/** `first` times each of `within`, then the same `decade` times as large, and so on. */
interface Series {
  readonly first: number;
  readonly within: readonly number[];
  readonly decade: number;
}

interface Steps {
  readonly memoryMi: Series;
  readonly thousandths: Series;
}

/** 16, 24, 32, 48, … Mi and 20, 30, 40, 60, 80, … thousandths of a core. */
export const edgeSteps: Steps = {
  memoryMi: { first: 16, within: [1, 1.5], decade: 2 },
  thousandths: { first: 20, within: [1, 1.5], decade: 2 },
};

/** 32, 48, 64, 96, … Mi and 50, 75, 100, 150, … thousandths of a core: the centre restarts for all edges at once. */
export const centreSteps: Steps = {
  memoryMi: { first: 32, within: [1, 1.5], decade: 2 },
  thousandths: { first: 50, within: [1, 1.5], decade: 2 },
};

/** Resources with what is written in their place. What is not written gives way: a request is at most its limit. */
export function overridden(planned: Resources, written: WrittenResources | undefined): Resources {
  if (written === undefined) return planned;
  const { requests, limits } = written;
  const both = {
    requests: { ...planned.requests, ...requests },
    limits: { ...planned.limits, ...limits },
  };
  if (bytesOf(both.requests.memory) > bytesOf(both.limits.memory)) {
    if (limits?.memory === undefined) both.limits.memory = both.requests.memory;
    else if (requests?.memory === undefined) both.requests.memory = both.limits.memory;
  }
  if (both.limits.cpu !== undefined && requests?.cpu === undefined && cores(both.requests.cpu) > cores(both.limits.cpu))
    both.requests.cpu = both.limits.cpu;
  return both;
}

export type Resource = 'memory' | 'cpu';

/** How much a quantity is, in bytes or cores. */
export const amountOf: Readonly<Record<Resource, (quantity: string) => number>> = { memory: bytesOf, cpu: cores };

/** A written request above its written limit, which nothing can mend. */
export function contradictions({ requests, limits }: WrittenResources) {
  return (['memory', 'cpu'] as const).flatMap((resource) => {
    const [request, limit] = [requests?.[resource], limits?.[resource]];
    if (request === undefined || limit === undefined || amountOf[resource](request) <= amountOf[resource](limit)) return [];
    return [{ resource, request, limit }];
  });
}

function stepUp(value: number, { first, within, decade }: Series): number {
  for (let start = first; ; start *= decade) for (const factor of within) if (start * factor >= value) return start * factor;
}

const quantityOfMemory = (mebibytes: number): string => (mebibytes % 1024 === 0 ? `${mebibytes / 1024}Gi` : `${mebibytes}Mi`);

const quantityOfCores = (thousandths: number): string => (thousandths % 1000 === 0 ? String(thousandths / 1000) : `${thousandths}m`);

function cores(quantity: string): number {
  return Number.parseInt(quantity, 10) / (quantity.endsWith('m') ? 1000 : 1);
}
