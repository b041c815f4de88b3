/** Such as `4,812`. */
export const number = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ',');

/** In tables, so that the eye finds what is there. */
export const numberOrDash = (value: number): string => (value === 0 ? '–' : number(value));

/** Such as `1 cluster` and `4,812 clusters`. */
export const count = (value: number, one: string, many = `${one}s`): string => `${number(value)} ${value === 1 ? one : many}`;

/** Such as `a, b and 310 more`. The last one stands by name too where the count would be of it alone. */
export function someOf(names: readonly string[], most: number): string {
  const shown = names.length <= most + 1 ? names : names.slice(0, most);
  const left = names.length - shown.length;
  return left === 0 ? shown.join(', ') : `${shown.join(', ')} and ${number(left)} more`;
}

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
