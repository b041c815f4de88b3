import type { CompiledFleet } from '../support/fleet.ts';
import type { StageReport } from './report.ts';

/** A part of `npm run e2e` with processes of its own: stages run side by side and share nothing but the compiled fleet. */
export interface Stage {
  readonly name: string;
  /** Programs in test/e2e/bin, as setup.sh builds them; where one is absent the stage is `not run`. */
  readonly needs: readonly string[];
  readonly run: (stage: StageRun) => Promise<void>;
}

export interface StageRun extends StageReport {
  /** Of this stage alone; removed at the end. */
  readonly folder: string;
  /** One edge on each option, compiled. */
  readonly fleet: CompiledFleet;
}
