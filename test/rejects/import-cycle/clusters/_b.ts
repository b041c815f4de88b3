import { a } from './_a.ts';
export const b = a;
