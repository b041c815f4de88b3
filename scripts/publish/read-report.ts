// [IO]
import type { PlanReport } from '../../generated/types/plan.d.ts';
import { Refusal } from './failure.ts';

/** Far above the report of any fleet that fleetc compiles. */
export const largestReport = 256 * 1024 * 1024;

/** A report that came from outside: only what the schema allows goes on. Throws a `Refusal` that names the first place at fault. */
export async function readReport(text: string, from: string): Promise<PlanReport> {
  if (text.length > largestReport) throw new Refusal(`${from} is larger than any plan`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refusal(`${from} is no JSON: it has to be what fleetc plan --format json printed`);
  }
  const { planReport } = await import('../schemas/plan-validator.js');
  if (planReport(value)) return value as PlanReport;
  const [first] = planReport.errors ?? [];
  throw new Refusal(`${from} is no plan: ${first?.instancePath || 'it'} ${first?.message ?? 'is wrong'}`);
}
