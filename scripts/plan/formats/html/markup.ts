/** A piece of the page in which every text is escaped. */
export interface Markup {
  readonly markup: string;
}

type Value = string | number | Markup | undefined | readonly Markup[];

/** Whatever is put in is text, unless it is markup itself: so nothing that a name holds becomes a part of the page. */
export const html = (strings: TemplateStringsArray, ...values: readonly Value[]): Markup => ({
  markup: strings.reduce((page, string, at) => page + textOf(values[at - 1]) + string),
});

function textOf(value: Value): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return escaped(value);
  if (typeof value === 'number') return String(value);
  return 'markup' in value ? value.markup : value.map(({ markup }) => markup).join('');
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character] as string);
