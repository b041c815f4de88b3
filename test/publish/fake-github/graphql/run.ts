import { type Answer, Refusal } from '../answer.ts';
import type { Token } from '../fake-github.ts';
import type { World } from '../world.ts';
import { argumentTypes, inputComplaints } from './input-types.ts';
import { type Document, parse, type Selection, type Value } from './parse.ts';
import { roots } from './schema.ts';

/** A value with a type; functions take the arguments of their field. */
export interface Node {
  readonly __typename: string;
  readonly [field: string]: unknown;
}

interface Run {
  readonly world: World;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly errors: object[];
}

export interface GraphqlRequest {
  readonly document: Document;
  readonly variables: Readonly<Record<string, unknown>>;
  /** The outermost fields, such as `updateRefs`. */
  readonly fields: string;
}

/** The request, or what GitHub says of one that is none. */
export function read(body: unknown): GraphqlRequest | { readonly mistake: string } {
  const { query, variables = {} } = (body ?? {}) as { readonly query?: unknown; readonly variables?: Readonly<Record<string, unknown>> };
  if (typeof query !== 'string') return { mistake: 'A query attribute must be specified and must be a string.' };
  try {
    const document = parse(query);
    const wrong = [...document.variables].flatMap(([name, type]) => inputComplaints(type, variables[name], `$${name}`));
    const unused = Object.keys(variables).filter((name) => !document.variables.has(name));
    const [mistake] = [...wrong, ...unused.map((name) => `Variable $${name} is given and not declared`)];
    if (mistake !== undefined) return { mistake };
    return { document, variables, fields: document.selections.map(({ field }) => field).join(' ') };
  } catch (error) {
    if (error instanceof SyntaxError) return { mistake: error.message };
    throw error;
  }
}

export async function run(world: World, token: Token, { document, variables }: GraphqlRequest): Promise<Answer> {
  const running: Run = { world, variables, errors: [] };
  const root = roots(world, token)[document.kind];
  try {
    const data = await select(running, root, document.selections, []);
    return { status: 200, body: running.errors.length === 0 ? { data } : { data, errors: running.errors } };
  } catch (error) {
    if (!(error instanceof Mistake)) throw error;
    world.violations.push(`graphql: ${error.message}`);
    return { status: 200, body: { errors: [{ message: error.message }] } };
  }
}

/** The document asks for what GitHub has not, or what this fake does not know. */
class Mistake extends Error {}

async function select(run: Run, node: Node, selections: readonly Selection[], path: readonly string[]): Promise<Record<string, unknown>> {
  const shown: Record<string, unknown> = {};
  for (const selection of selections) {
    if (selection.on !== undefined) {
      if (selection.on === node.__typename) Object.assign(shown, await select(run, node, selection.selections ?? [], path));
      continue;
    }
    shown[selection.key] = await resolve(run, node, selection, [...path, selection.key]);
  }
  return shown;
}

async function resolve(run: Run, node: Node, { field = '', args, selections }: Selection, path: readonly string[]): Promise<unknown> {
  if (!Object.hasOwn(node, field)) throw new Mistake(`Field '${field}' doesn't exist on type '${node.__typename}'`);
  const held = node[field];
  let value: unknown;
  try {
    value = typeof held === 'function' ? await held(argumentsOf(run, `${node.__typename}.${field}`, args)) : held;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const type = error.status === 403 ? 'FORBIDDEN' : error.status === 404 ? 'NOT_FOUND' : 'UNPROCESSABLE';
    run.errors.push({ type, path, locations: [{ line: 1, column: 1 }], message: error.message });
    return null;
  }
  if (value === null || value === undefined) return null;
  const isNode = (one: unknown): one is Node => typeof one === 'object' && one !== null && '__typename' in one;
  const inner = async (one: unknown): Promise<unknown> => {
    if (isNode(one) !== (selections !== undefined))
      throw new Mistake(`Field '${field}' on type '${node.__typename}' ${isNode(one) ? 'must' : "can't"} have selections`);
    return isNode(one) ? select(run, one, selections ?? [], path) : one;
  };
  return Array.isArray(value) ? Promise.all(value.map(inner)) : inner(value);
}

function argumentsOf(run: Run, place: string, given: ReadonlyMap<string, Value>): Record<string, unknown> {
  const types = argumentTypes[place] ?? {};
  const values = Object.fromEntries([...given].map(([name, value]) => [name, plain(run, value)]));
  for (const name of given.keys()) if (types[name] === undefined) throw new Mistake(`Field '${place}' doesn't accept argument '${name}'`);
  for (const [name, type] of Object.entries(types)) {
    const [mistake] = inputComplaints(type, values[name], name);
    if (mistake !== undefined) throw new Mistake(`Argument '${name}' on field '${place}' has an invalid value: ${mistake}`);
  }
  return values;
}

function plain(run: Run, value: Value): unknown {
  switch (value.kind) {
    case 'variable':
      return run.variables[value.name];
    case 'plain':
      return value.value;
    case 'list':
      return value.items.map((one) => plain(run, one));
    case 'object':
      return Object.fromEntries([...value.fields].map(([name, one]) => [name, plain(run, one)]));
  }
}
