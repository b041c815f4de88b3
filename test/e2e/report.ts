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

  of(stage: string): StageReport {
    const row: StageReport['row'] = (outcome, what, said = '') => {
      this.rows.push({ stage, outcome, what, said });
      console.log(`${outcome.padEnd(8)} ${stage}: ${what}${said === '' ? '' : `: ${said}`}`);
    };
    const check: StageReport['check'] = async (what, judge) => {
      try {
        row('ok', what, (await judge()) ?? '');
        return true;
      } catch (error) {
        row('FAILED', what, error instanceof Error ? error.message : String(error));
        return false;
      }
    };
    return { row, check };
  }

  count = (outcome: Outcome): number => this.rows.filter((row) => row.outcome === outcome).length;

  /** As a Markdown table, a line a row. */
  table(): string {
    const cell = (text: string): string => (text.split('\n')[0] ?? '').slice(0, 200).replaceAll('|', '\\|');
    const lines = this.rows.map(({ stage, outcome, what, said }) => `| ${stage} | ${outcome} | ${cell(what)} | ${cell(said)} |`);
    return ['| stage | outcome | what | measured |', '|---|---|---|---|', ...lines].join('\n');
  }
}

export interface StageReport {
  row(outcome: Outcome, what: string, said?: string): void;
  /** `ok` with what `judge` gives, `FAILED` with what it throws; gives whether it passed. */
  check(what: string, judge: () => Promise<string | undefined> | string | undefined): Promise<boolean>;
}
