// What Prometheus' HTTP API says: of Query, of Query Frontend, of the Ruler, of a Prometheus.
import { ask, until } from './processes.ts';

export type Labels = Readonly<Record<string, string>>;
/** Seconds since 1970, and the value as text. */
export type Point = readonly [number, string];

interface Series {
  readonly metric: Labels;
}
export interface Sample extends Series {
  readonly value: Point;
}
export interface Range extends Series {
  readonly values: readonly Point[];
}

interface Asking {
  /** Whether copies are shown as one, as dashboards see them. */
  readonly dedup?: boolean;
}

interface Result {
  readonly status: string;
  readonly error?: string;
  readonly data?: { readonly result: readonly unknown[] };
}

async function evaluate(port: number, expression: string, { dedup = true }: Asking): Promise<readonly unknown[]> {
  // A store behind a dead link keeps Query waiting for 15 s.
  const url = `http://127.0.0.1:${port}/api/v1/query?dedup=${dedup}&query=${encodeURIComponent(expression)}`;
  const { body } = await ask(url, { patience: 30 });
  const answer = JSON.parse(body) as Result;
  if (answer.status !== 'success') throw new Error(answer.error);
  return answer.data?.result ?? [];
}

/** The value of an expression now. */
export const askNow = async (port: number, expression: string, asking: Asking = {}): Promise<readonly Sample[]> =>
  (await evaluate(port, expression, asking)) as readonly Sample[];

/** Every stored sample of a range selector, such as `up[10m]`. */
export const askRange = async (port: number, selector: string, asking: Asking = {}): Promise<readonly Range[]> =>
  (await evaluate(port, selector, asking)) as readonly Range[];

/** Without the metric's name. */
export function labelsOf({ metric }: Series): Labels {
  const { __name__: _, ...labels } = metric;
  return labels;
}

/** In one order, keys and all. */
export function sorted(all: readonly Labels[]): readonly Labels[] {
  const ordered = all.map((labels) => Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))));
  const key = (labels: Labels): string => JSON.stringify(labels);
  return ordered.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

interface Rule {
  readonly name: string;
  readonly health: string;
  readonly lastError?: string;
}

/** Waits until each rule was evaluated; none may fail. */
export async function everyRuleEvaluates(port: number): Promise<string> {
  const { value } = await until('the evaluation', 75, async () => {
    const { body } = await ask(`http://127.0.0.1:${port}/api/v1/rules`);
    const { data } = JSON.parse(body) as { readonly data: { readonly groups: readonly { readonly rules: readonly Rule[] }[] } };
    const all = data.groups.flatMap((group) => group.rules);
    return all.length > 0 && all.every(({ health }) => health !== 'unknown') ? all : undefined;
  });
  const bad = value.filter(({ health }) => health !== 'ok');
  if (bad.length > 0) throw new Error(JSON.stringify(bad.map(({ name, lastError }) => `${name}: ${lastError}`)));
  return `${value.length} rules`;
}
