// `fleetc size --calibrate` on real programs.
import type { Repository } from './fleetc.ts';
import { sleep, until } from './processes.ts';

export interface Calibrated {
  readonly figures: readonly { readonly figure: string; readonly measured: number }[];
  readonly coefficients: readonly { readonly id: string; readonly measured: number }[];
  /** Edges of which nothing was found. */
  readonly silent: readonly string[];
  readonly hint?: string;
}

/** `edges` is the one whose own Prometheus is asked. */
export async function calibrated({ fleetc }: Repository, port: number, edges: readonly string[] = []): Promise<Calibrated> {
  const { code, stdout, stderr } = await fleetc(['size', ...edges, '--calibrate', `http://127.0.0.1:${port}`, '--json']);
  if (code !== 0) throw new Error(`exit ${code}: ${stderr}`);
  return JSON.parse(stdout) as Calibrated;
}

/** What a program says of itself, by the figure or the coefficient that has to be the same. */
export type Own = Readonly<Record<string, number>>;

/** What is not the same, as a difference of some part allows for what changes between two scrapes; nothing where all is. */
export function different({ figures, coefficients }: Calibrated, own: Own, off = 0.15): string | undefined {
  const measured = new Map([
    ...figures.map(({ figure, measured: value }) => [figure, value] as const),
    ...coefficients.map(({ id, measured: value }) => [id, value] as const),
  ]);
  for (const [name, wanted] of Object.entries(own)) {
    const value = measured.get(name);
    if (value === undefined || !(Math.abs(value - wanted) <= off * wanted))
      return `${name}: measured ${value}, the program says ${wanted}; of ${[...measured.keys()].join(', ')}`;
  }
  return undefined;
}

/** Asks until what was last scraped is what the programs say now, for the programs are young; says what they say. */
export async function sameFigures(
  repository: Repository,
  port: number,
  own: () => Promise<Own>,
  edges: readonly string[] = [],
): Promise<string> {
  let last = '';
  const { value, seconds } = await until('the same figures', 120, async () => {
    const [found, wanted] = [await calibrated(repository, port, edges), await own()];
    last = different(found, wanted) ?? '';
    if (last !== '') await sleep(5);
    return last === '' ? { found, wanted } : undefined;
  }).catch((error: Error) => {
    throw new Error(`${error.message}: ${last}`);
  });
  const silent = value.found.silent.length === 0 ? '' : `; nothing of ${value.found.silent.join(', ')}`;
  return `${Object.entries(value.wanted)
    .map(([name, figure]) => `${name} ${figure}`)
    .join('; ')}${silent}; after ${seconds.toFixed(0)} s`;
}
