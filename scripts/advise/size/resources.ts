import type { PartSize } from './edge.ts';

/** What a container asks for in its manifest. */
export interface Resources {
  readonly requests: { readonly cpu: string; readonly memory: string };
  readonly limits: { readonly memory: string };
}

const Mi = 2 ** 20;

/**
 * Requests and limits of a part: the likeliest use as the request, the highest as the limit, and that at least one and a half requests. CPU has
 * no limit: throttled scrapes are late scrapes. In coarse steps, so that one more node or edge seldom restarts anything.
 */
export function resourcesOf({ cpu, memory }: Pick<PartSize, 'cpu' | 'memory'>): Resources {
  const request = stepUp(memory.value.middle / Mi, memorySteps);
  const limit = stepUp(Math.max(memory.value.high / Mi, 1.5 * request), memorySteps);
  return {
    requests: { cpu: quantityOfCores(stepUp(cpu.value.middle * 1000, cpuSteps)), memory: quantityOfMemory(request) },
    limits: { memory: quantityOfMemory(limit) },
  };
}

/** 16, 24, 32, 48, … Mi. */
const memorySteps = { first: 16, within: [1, 1.5], decade: 2 };
/** 10, 20, 30, 50, 70, 100, … thousandths of a core. */
const cpuSteps = { first: 10, within: [1, 2, 3, 5, 7], decade: 10 };

function stepUp(value: number, { first, within, decade }: typeof memorySteps): number {
  for (let start = first; ; start *= decade) for (const factor of within) if (start * factor >= value) return start * factor;
}

const quantityOfMemory = (mebibytes: number): string => (mebibytes % 1024 === 0 ? `${mebibytes / 1024}Gi` : `${mebibytes}Mi`);

const quantityOfCores = (thousandths: number): string => (thousandths % 1000 === 0 ? String(thousandths / 1000) : `${thousandths}m`);
