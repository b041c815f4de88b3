import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';

// GitHub's own OpenAPI, cut down by test/publish/openapi/make.mjs.

interface Operation {
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  readonly parameters: Readonly<Record<string, Schema>>;
  readonly query: Readonly<Record<string, Schema>>;
  readonly body?: Schema;
  readonly bodyRequired?: boolean;
  readonly responses: Readonly<Record<string, Schema>>;
}
interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

const lines = readFileSync('test/publish/openapi/github.jsonl', 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line.replaceAll('"#/$defs/', '"github#/$defs/')) as Operation | { schema: string; definition: Schema });
const operations = lines.filter((line): line is Operation => 'operation' in line);
const definitions = Object.fromEntries(lines.flatMap((line) => ('schema' in line ? [[line.schema, line.definition] as const] : [])));

const ajv = new Ajv({ strict: false, allErrors: true, coerceTypes: false, logger: false, formats: formats() });
ajv.addSchema({ $id: 'github', $defs: definitions });

function formats(): Record<string, RegExp | ((text: string) => boolean) | true> {
  return {
    'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
    uri: (text: string) => URL.canParse(text),
    email: true,
    'uri-template': true,
    int64: true,
  };
}

const validators = new Map<string, ValidateFunction>();
function complaints(key: string, schema: Schema, value: unknown): readonly string[] {
  let validate = validators.get(key);
  if (validate === undefined) {
    validate = ajv.compile(schema);
    validators.set(key, validate);
  }
  if (validate(value)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath || '/'} ${message ?? ''} ${JSON.stringify(params)}`,
  );
}

export interface Matched {
  readonly operation: Operation;
  readonly params: Readonly<Record<string, string>>;
}

const patterns = operations
  .map((operation) => ({
    operation,
    // Names of branches hold slashes, percent-encoded or not.
    pattern: new RegExp(
      `^${operation.path
        .split(/(\{\w+\})/)
        .map((part) => (/^\{(ref|branch|basehead)\}$/.test(part) ? '(.+)' : part.startsWith('{') ? '([^/]+)' : part.replace(/[.]/g, '\\.')))
        .join('')}$`,
    ),
    names: [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name),
    literal: operation.path.replace(/\{\w+\}/g, '').length,
  }))
  .sort((a, b) => b.literal - a.literal);

/** The operation of a method and a decoded path. */
export function match(method: string, path: string): Matched | undefined {
  for (const { operation, pattern, names } of patterns) {
    const found = operation.method === method ? pattern.exec(path) : null;
    if (found !== null) return { operation, params: Object.fromEntries(names.map((name, index) => [name, found[index + 1] ?? ''])) };
  }
  return undefined;
}

/** What is wrong with a request. */
export function requestComplaints(
  { operation, params }: Matched,
  query: Readonly<Record<string, string>>,
  body: unknown,
): { readonly address: readonly string[]; readonly body: readonly string[] } {
  const id = operation.operation;
  const address = Object.entries(params).flatMap(([name, text]) => parameterComplaints(`${id} ${name}`, operation.parameters[name], text));
  for (const [name, text] of Object.entries(query)) {
    const schema = operation.query[name];
    if (schema === undefined) address.push(`has no query parameter ${name}`);
    else address.push(...parameterComplaints(`${id} ?${name}`, schema, text));
    // GitHub gives 100 without a word, and a client that counts on more loses the rest.
    if (name === 'per_page' && Number(text) > 100) address.push(`per_page=${text}: a page holds at most 100`);
  }
  if (body === undefined) return { address, body: operation.bodyRequired === true ? ['a body is missing'] : [] };
  if (operation.body === undefined) return { address, body: ['takes no body'] };
  return { address, body: complaints(`${id} body`, operation.body, body) };
}

function parameterComplaints(key: string, schema: Schema = {}, text: string): readonly string[] {
  const number = [schema.type].flat().includes('integer') && /^-?\d+$/.test(text) ? Number(text) : text;
  const value = schema.type === 'boolean' && /^(true|false)$/.test(text) ? text === 'true' : number;
  return complaints(key, schema, value).map((complaint) => `${key.split(' ')[1] ?? ''}=${text}: ${complaint}`);
}

/** Answers that GitHub gives anywhere, whatever an operation lists. */
const anywhere = [401, 403, 404, 409, 410, 422, 429, 500, 502, 503];

export function answerComplaints({ operation }: Matched, status: number, body: unknown): readonly string[] {
  const listed = operation.responses[String(status)];
  if (listed === undefined && !anywhere.includes(status)) return [`answers no ${status}`];
  if (status === 204) return body === undefined ? [] : ['204 has a body'];
  const schema = listed === undefined || Object.keys(listed).length === 0 ? { $ref: 'github#/$defs/basic-error' } : listed;
  return complaints(`${operation.operation} ${status}`, schema, body);
}

/** A value with all that its schema requires: what the fake says itself, and for the rest whatever the type allows. */
export function complete(schemaName: string, value: object): Record<string, unknown> {
  return filled({ $ref: `github#/$defs/${schemaName}` }, value) as Record<string, unknown>;
}

/** The same for the answer of an operation. */
export function completeAnswer({ operation }: Matched, status: number, value: unknown): unknown {
  const schema = operation.responses[String(status)];
  return schema === undefined || status >= 400 ? value : filled(schema, value);
}

function filled(schema: Schema, value: unknown): unknown {
  if (schema.$ref !== undefined) return filled(definitions[schema.$ref.slice('github#/$defs/'.length)] ?? {}, value);
  if (value === null) return null;
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) {
    if (value === undefined && choices.some(({ type }) => type === 'null')) return null;
    return filled(choices.find(({ type }) => type !== 'null') ?? {}, value);
  }
  if (schema.allOf !== undefined) return schema.allOf.reduce((so: unknown, part) => filled(part, so), value);
  const types = [schema.type].flat();
  if (Array.isArray(value)) return value.map((one) => filled(schema.items ?? {}, one));
  if (typeof value === 'object') {
    const given = value as Readonly<Record<string, unknown>>;
    const properties = schema.properties ?? {};
    const entries = Object.entries(given).map(([name, one]) => [
      name,
      properties[name] === undefined ? one : filled(properties[name], one),
    ]);
    const missing = (schema.required ?? [])
      .filter((name) => given[name] === undefined)
      .map((name) => [name, filled(properties[name] ?? {}, undefined)]);
    return Object.fromEntries([...entries.filter(([, one]) => one !== undefined), ...missing]);
  }
  if (value !== undefined) return value;
  if (types.includes('null')) return null;
  if (schema.enum !== undefined) return schema.enum[0];
  if (types.includes('object')) return filled(schema, {});
  if (types.includes('array')) return [];
  if (types.includes('boolean')) return false;
  if (types.includes('integer') || types.includes('number')) return 0;
  return schema.format === 'uri' ? 'https://api.github.com/' : schema.format === 'date-time' ? '2020-01-01T00:00:00Z' : '';
}
