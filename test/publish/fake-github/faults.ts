import type { Fault, FaultEffect } from './fake-github.ts';

export interface Incoming {
  readonly method: string;
  /** Without prefix and query, decoded. */
  readonly path: string;
  readonly text: string;
  readonly write: boolean;
}

/** A fault, how often it was met, and for a stale read what it shows. */
interface Waiting<View> {
  readonly fault: Fault;
  met: number;
  struck: number;
  view: View | undefined;
}

export interface Faults<View> {
  add(faults: readonly Fault[]): void;
  /** What strikes this request, in the order of injection. Stale reads are not among them. */
  strike(request: Incoming): readonly Fault[];
  /** Whether some stale read waits for a write to be seen too late. */
  wantsView(): boolean;
  /** How things are before a write, for stale reads. */
  beforeWrite(view: View): void;
  /** What a stale read sees. */
  stale(request: Incoming): View | undefined;
  pending(): readonly Fault[];
}

export function openFaults<View>(): Faults<View> {
  const waiting: Waiting<View>[] = [];
  const limit = ({ fault }: Waiting<View>): number => (fault.effect.kind === 'stale' ? fault.effect.reads : (fault.times ?? 1));
  const isOver = (one: Waiting<View>): boolean => one.struck >= limit(one);
  return {
    add(faults) {
      waiting.push(...faults.map((fault) => ({ fault, met: 0, struck: 0, view: undefined })));
    },
    strike(request) {
      const striking: Fault[] = [];
      for (const one of waiting) {
        if (one.fault.effect.kind === 'stale' || isOver(one) || !matches(one.fault, request)) continue;
        one.met += 1;
        if (one.met < (one.fault.nth ?? 1)) continue;
        // One fault at a time takes the answer; the next waits for the next request.
        if (endsRequest(one.fault.effect) && striking.some(({ effect }) => endsRequest(effect))) continue;
        one.struck += 1;
        striking.push(one.fault);
      }
      return striking;
    },
    wantsView: () => waiting.some((one) => one.fault.effect.kind === 'stale' && one.view === undefined),
    beforeWrite(view) {
      for (const one of waiting) if (one.fault.effect.kind === 'stale') one.view ??= view;
    },
    stale(request) {
      if (request.write) return undefined;
      for (const one of waiting) {
        if (one.view === undefined || isOver(one) || !matches(one.fault, request)) continue;
        one.met += 1;
        if (one.met < (one.fault.nth ?? 1)) continue;
        one.struck += 1;
        return one.view;
      }
      return undefined;
    },
    pending: () => waiting.filter((one) => !isOver(one) && one.fault.times !== Number.POSITIVE_INFINITY).map(({ fault }) => fault),
  };
}

const endsRequest = ({ kind }: FaultEffect): boolean => kind !== 'meanwhile';

function matches({ method, path, body }: Fault, request: Incoming): boolean {
  return (
    (method === undefined || method === request.method) &&
    (path === undefined || path.test(request.path)) &&
    (body === undefined || body.test(request.text))
  );
}
