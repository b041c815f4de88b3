// What scripts/schemas/build.mjs generates beside the compiled sources, from plan.schema.json.
import type { Validator } from './validators.d.ts';

export const planReport: Validator;
