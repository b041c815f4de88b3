import { evaluate } from '../../scripts/inventory/evaluate.ts';
import { checkSources, type Loaded } from '../../scripts/inventory/load.ts';
import { type Path, placeOf, type Value } from '../../scripts/inventory/values.ts';

export const fleetText = `export default { name: 'test', repository: { url: 'https://example.com/fleet.git' }, regions: ['kr', 'eu'] };\n`;
export const centralText = `export default {
  name: 'centre', role: 'central', region: 'kr',
  receive: { url: 'https://receive.example:19291/api/v1/receive' }, alertmanager: { url: 'https://alerts.example:30943' },
};\n`;
export const edgeText = `export default { name: 'edge-1', role: 'edge', region: 'kr', option: 'remote-scrape', nodes: [{ name: 'n1', address: '10.0.0.1' }] };\n`;

/** A whole inventory, of which a test states only what differs. */
export const sourcesWith = (files: Readonly<Record<string, string>> = {}): ReadonlyMap<string, string> =>
  new Map(
    Object.entries({
      'clusters/fleet.ts': fleetText,
      'clusters/centre.ts': centralText,
      'clusters/edge-1.ts': edgeText,
      ...files,
    }).sort(([a], [b]) => (a < b ? -1 : 1)),
  );

export const loadWith = (files: Readonly<Record<string, string>> = {}): Loaded => checkSources(sourcesWith(files));

/** `file:line:column code` of each diagnostic. */
export const codesOf = ({ diagnostics }: Pick<Loaded, 'diagnostics'>): string[] =>
  diagnostics.map(({ span, code }) => `${span ? `${span.file}:${span.line}:${span.column}` : '-'} ${code}`);

/** What one file exports by default, and the complaints about it. */
export function evaluateText(text: string, others: Readonly<Record<string, string>> = {}) {
  const { defaults, diagnostics } = evaluate(new Map([...Object.entries(others), ['clusters/x.ts', text]]));
  const value = defaults.get('clusters/x.ts');
  return {
    value: value && plainOf(value),
    evaluated: value,
    diagnostics,
    codes: codesOf({ diagnostics }).map((code) => code.replace('clusters/x.ts:', '')),
  };
}

export function plainOf(value: Value): unknown {
  switch (value.kind) {
    case 'primitive':
      return value.value;
    case 'list':
      return value.items.map(plainOf);
    case 'object':
      return Object.fromEntries([...value.fields].map(([key, field]) => [key, plainOf(field.value)]));
    default:
      return `<${value.kind}>`;
  }
}

/** The value at a path and the text that its span covers. */
export function coveredText(root: Value, path: Path, text: string): string {
  let value: Value | undefined = root;
  for (const step of path)
    value =
      value?.kind === 'list' ? value.items[Number(step)] : value?.kind === 'object' ? value.fields.get(String(step))?.value : undefined;
  if (!value) throw new Error(`nothing at ${path.join('.')}`);
  const { line, column, length } = placeOf(value.origin);
  return (text.split('\n')[line - 1] as string).slice(column - 1, column - 1 + length);
}
