/** What came of a check. `not run` is never `ok`: it says why. */
export type Outcome = 'ok' | 'FAILED' | 'not run';

export interface Row {
  readonly stage: string;
  readonly outcome: Outcome;
  readonly what: string;
  /** What was measured, why it failed, or why it did not run. */
  readonly said: string;
}

/** Prints each row when it is known and keeps all. */
export class Report {
  readonly rows: Row[] = [];

  add(row: Row): void {
    const { stage, outcome, what, said } = row;
    this.rows.push(row);
    console.log(`${outcome.padEnd(8)} ${stage}: ${what}${said === '' ? '' : `: ${said}`}`);
  }

  count = (outcome: Outcome): number => this.rows.filter((row) => row.outcome === outcome).length;

  /** As a Markdown table, a line a row. */
  table(): string {
    const cell = (text: string): string => (text.split('\n')[0] ?? '').slice(0, 200).replaceAll('|', '\\|');
    const lines = this.rows.map(({ stage, outcome, what, said }) => `| ${stage} | ${outcome} | ${cell(what)} | ${cell(said)} |`);
    return ['| stage | outcome | what | measured |', '|---|---|---|---|', ...lines].join('\n');
  }
}

/** What a stage tells of itself. */
export interface StageReport {
  readonly row: (outcome: Outcome, what: string, said?: string) => void;
  /** `ok` with what `judge` gives, `FAILED` with what it throws; gives whether it passed. */
  readonly check: (what: string, judge: () => Promise<string | undefined> | string | undefined) => Promise<boolean>;
}

export function stageReport(tell: (outcome: Outcome, what: string, said: string) => void): StageReport {
  const check: StageReport['check'] = async (what, judge) => {
    try {
      tell('ok', what, (await judge()) ?? '');
      return true;
    } catch (error) {
      tell('FAILED', what, error instanceof Error ? error.message : String(error));
      return false;
    }
  };
  return { row: (outcome, what, said = '') => tell(outcome, what, said), check };
}
