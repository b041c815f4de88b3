import { b } from './_b.ts';
export const a = b;
