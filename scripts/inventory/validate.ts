import { posix } from 'node:path';
import type { Diagnostic } from '../diagnostic.ts';
import * as validators from '../schemas/validators.js';
import type { Cluster, Fleet, Sourced, SourcedInventory } from './inventory.ts';
import { withCalls } from './place.ts';
import { didYouMean, suggest } from './suggest.ts';
import { describe, type Field, type Origin, type Path, placeOf, type Use, type Value } from './values.ts';

/** More clusters than this is a mistake; more values than this is one, too: constants that hold each other grow without end. */
const limits = { clusters: 20_000, values: 3_000_000, errorsPerValue: 100 };

const roles = ['edge', 'central'];

const edgeValidators = {
  'remote-scrape': validators.remoteScrapeEdge,
  'prometheus-agent': validators.prometheusAgentEdge,
  'thanos-sidecar': validators.thanosSidecarEdge,
};

type Validator = (typeof validators)['fleet'];
type SchemaError = NonNullable<Validator['errors']>[number];

export interface Validation {
  /** What is valid, with defaults; undefined without a valid fleet. */
  readonly inventory: SourcedInventory | undefined;
  /** Whether everything is in it. */
  readonly complete: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

/** Checks what the files export against the schemas and fills the defaults in. `defaults` maps a path to the value. */
export function validate(defaults: ReadonlyMap<string, Value>): Validation {
  const checking = new Checking();
  const fleetValue = defaults.get('clusters/fleet.ts');
  const fleet = fleetValue && checking.check<Fleet>(fleetValue, 'fleet', () => validators.fleet);
  const values = clustersOf(defaults, checking);
  const clusters = values.flatMap(
    (value) => checking.check<Cluster>(value, 'cluster', (plain) => validatorOf(value, plain, checking)) ?? [],
  );
  // Stable: of two clusters with one name, the one in the first file is first.
  clusters.sort((a, b) => (a.value.name < b.value.name ? -1 : a.value.name > b.value.name ? 1 : 0));
  return {
    inventory: fleet && { fleet, clusters },
    complete: fleet !== undefined && clusters.length === values.length,
    diagnostics: checking.diagnostics,
  };
}

function clustersOf(defaults: ReadonlyMap<string, Value>, checking: Checking): readonly Value[] {
  const clusters: Value[] = [];
  for (const [path, value] of defaults) {
    if (path === 'clusters/fleet.ts' || posix.basename(path).startsWith('_')) continue;
    const own = value.kind === 'list' ? value.items : [value];
    if (clusters.length + own.length > limits.clusters) {
      checking.complain(value.origin, 'inventory/limit', `more than ${limits.clusters} clusters`);
      break;
    }
    for (const cluster of own) clusters.push(cluster);
  }
  return clusters;
}

/** The validator for a cluster's role and option; undefined after one clear complaint. */
function validatorOf(value: Value, plain: Readonly<Record<string, unknown>>, checking: Checking): Validator | undefined {
  const role = checking.choice(value, plain, 'role', roles);
  if (role === 'central') return validators.centralCluster;
  const option = role && checking.choice(value, plain, 'option', Object.keys(edgeValidators));
  return option === undefined ? undefined : edgeValidators[option as keyof typeof edgeValidators];
}

class Checking {
  readonly diagnostics: Diagnostic[] = [];
  private readonly complained = new Set<string>();
  private values = 0;

  complain(at: Origin, code: Diagnostic['code'], message: string, hint?: string, uses: readonly Use[] = []): void {
    const span = placeOf(at, uses);
    const key = `${span.file}:${span.line}:${span.column} ${code} ${message}`;
    if (this.complained.has(key)) return;
    this.complained.add(key);
    this.diagnostics.push(withCalls({ code, severity: 'error', message, ...(hint && { hint }), span }));
  }

  /** The value as the schema sees it, with its places; undefined after complaints. */
  check<T>(
    value: Value,
    what: 'fleet' | 'cluster',
    choose: (plain: Readonly<Record<string, unknown>>) => Validator | undefined,
  ): Sourced<T> | undefined {
    if (value.kind === 'failed') return undefined;
    if (value.kind !== 'object') {
      this.complain(value.origin, 'inventory/wrong-type', `a ${what} is an object, not ${describe(value)}`);
      return undefined;
    }
    const plain = this.plain(value) as Record<string, unknown>;
    const validator = this.values > limits.values ? undefined : choose(plain);
    if (!validator) return undefined;
    if (!validator(plain)) {
      for (const error of withoutSlips(validator.errors ?? []).slice(0, limits.errorsPerValue)) this.schemaError(value, error);
      return undefined;
    }
    // The validator is the proof of the type.
    return hasFailed(value) ? undefined : { value: plain as T, at: (...path) => placeAt(value, path) };
  }

  /** One of a few words that decide what else a cluster may have. */
  choice(value: Value, plain: Readonly<Record<string, unknown>>, name: string, known: readonly string[]): string | undefined {
    const field = value.kind === 'object' ? value.fields.get(name) : undefined;
    const chosen = plain[name];
    if (typeof chosen === 'string' && known.includes(chosen)) return chosen;
    if (value.kind !== 'object' || isBroken(field?.value)) return undefined;
    const all = known.map((word) => `"${word}"`).join(' or ');
    if (chosen !== undefined && field)
      this.complain(field.value.origin, 'inventory/unknown-value', `${describe(field.value)} is no ${name}`, meant(chosen, known), [
        useOf(field),
      ]);
    else if (!value.incomplete) {
      const slip = [...value.fields].find(([key]) => suggest(key, [name]) !== undefined);
      if (slip) this.complain(slip[1].key, 'inventory/unknown-field', `there is no field "${slip[0]}"`, `Did you mean "${name}"?`);
      else this.complain(value.origin, 'inventory/missing-field', `"${name}" is missing`, `It is ${all}.`);
    }
    return undefined;
  }

  /** The value without its places. A field that is undefined is as if it were not written. */
  private plain(value: Value): unknown {
    if (this.values > limits.values) return undefined;
    if (++this.values > limits.values)
      this.complain(value.origin, 'inventory/limit', `the inventory has more than ${limits.values} values`);
    if (value.kind === 'list') return value.items.map((item) => this.plain(item));
    if (value.kind === 'object') {
      const plain: Record<string, unknown> = {};
      for (const [key, field] of value.fields) {
        const inner = this.plain(field.value);
        if (inner !== undefined) plain[key] = inner;
      }
      return plain;
    }
    if (value.kind === 'function')
      this.complain(value.origin, 'inventory/wrong-type', 'a function is not a value of the inventory', 'Call it.');
    return value.kind === 'primitive' ? value.value : undefined;
  }

  private schemaError(root: Value, error: SchemaError): void {
    const path = pathOf(root, error.instancePath);
    const found = walk(root, path);
    const problem = found && problemOf(found.value, path, error);
    if (problem) this.complain(problem.at ?? found.value.origin, problem.code, problem.message, problem.hint, found.uses);
  }
}

interface Problem {
  readonly code: Diagnostic['code'];
  readonly message: string;
  readonly hint?: string | undefined;
  /** Where it is, if not at the value. */
  readonly at?: Origin;
}

/** What a validator complains about, in words; undefined where something that was complained about before is the cause. */
function problemOf(value: Value, path: Path, { keyword, params, parentSchema, data, message }: SchemaError): Problem | undefined {
  const name = path.length ? `"${pathName(path)}"` : 'it';
  const hint = [parentSchema.description, suchAs(parentSchema)].filter(Boolean).join(' ');
  const invalid = (text: string): Problem => ({ code: 'inventory/invalid-value', message: text, hint });
  switch (keyword) {
    case 'additionalProperties': {
      const key = String(params.additionalProperty);
      const field = value.kind === 'object' ? value.fields.get(key) : undefined;
      const known = Object.keys(parentSchema.properties ?? {});
      return {
        code: 'inventory/unknown-field',
        message: `there is no field "${pathName([...path, key])}"`,
        hint: didYouMean(key, known),
        at: field?.key ?? value.origin,
      };
    }
    case 'required': {
      const key = String(params.missingProperty);
      if (value.kind !== 'object' || value.incomplete || isBroken(value.fields.get(key)?.value)) return undefined;
      return {
        code: 'inventory/missing-field',
        message: `"${pathName([...path, key])}" is missing`,
        hint: parentSchema.properties?.[key]?.description,
      };
    }
    case 'enum':
    case 'const': {
      const known = parentSchema.enum ?? [parentSchema.const];
      return { code: 'inventory/unknown-value', message: `${name} cannot be ${describe(value)}`, hint: meant(data, known) };
    }
    case 'type':
      return { code: 'inventory/wrong-type', message: `${name} is ${typeName(String(params.type))}, not ${describe(value)}`, hint };
    case 'pattern':
      return {
        code: 'inventory/invalid-value',
        message: `${describe(value)} does not fit ${name}`,
        hint: [hint, formatOf(parentSchema.pattern ?? '')].filter(Boolean).join(' '),
      };
    case 'minimum':
      return invalid(`${name} is at least ${params.limit}, not ${describe(value)}`);
    case 'maximum':
      return invalid(`${name} is at most ${params.limit}, not ${describe(value)}`);
    case 'minItems':
      return invalid(`${name} needs ${params.limit} or more items`);
    case 'maxItems':
      return invalid(`${name} has more than ${params.limit} items`);
    default:
      return invalid(`${name} ${message ?? 'is not valid'}`);
  }
}

/** A field that is missing because its name is misspelt is one mistake: the name that is there. */
function withoutSlips(errors: readonly SchemaError[]): readonly SchemaError[] {
  const slips = new Set<string>();
  for (const { keyword, instancePath, params, parentSchema } of errors)
    if (keyword === 'additionalProperties')
      slips.add(`${instancePath}/${suggest(String(params.additionalProperty), Object.keys(parentSchema.properties ?? {}))}`);
  return errors.filter(
    ({ keyword, instancePath, params }) => keyword !== 'required' || !slips.has(`${instancePath}/${params.missingProperty}`),
  );
}

/** How a text of some form is written. */
const suchAs = ({ examples = [] }: SchemaError['parentSchema']): string =>
  examples.length === 0 ? '' : `Such as ${[examples.slice(0, -1).join(', '), examples.at(-1)].filter(Boolean).join(' or ')}.`;

/** What a name may look like, of the patterns that the schemas use for names. */
function formatOf(pattern: string): string {
  if (pattern.startsWith('^(?!.*(\\.[.-]|-\\.))'))
    return 'Small letters, digits, dashes and dots; it starts and ends with a letter or a digit.';
  if (pattern.startsWith('^[a-z]([-a-z0-9]')) return 'Small letters, digits and dashes; it starts with a letter.';
  if (pattern.startsWith('^[a-z0-9]([-a-z0-9]')) return 'Small letters, digits and dashes; it starts and ends with a letter or a digit.';
  if (pattern.startsWith('^https://')) return 'It starts with `https://`.';
  return '';
}

/** The word that was probably meant, and all of them while they are few. */
function meant(written: unknown, known: readonly unknown[]): string {
  const words = known.filter((word) => typeof word === 'string');
  const suggestion = typeof written === 'string' ? didYouMean(written, words) : undefined;
  const all = `It is ${known.map((word) => JSON.stringify(word)).join(' or ')}.`;
  return suggestion?.startsWith('Did') && known.length > 1 ? `${suggestion} ${all}` : all;
}

const typeName = (type: string): string =>
  ({ string: 'a text', integer: 'a whole number', number: 'a number', boolean: 'true or false', array: 'a list', object: 'an object' })[
    type
  ] ?? type;

/** `nodes[0].name` */
const pathName = (path: Path): string =>
  path.map((step, i) => (typeof step === 'number' ? `[${step}]` : `${i ? '.' : ''}${step}`)).join('');

/** The steps of a JSON pointer; whether one is an index depends on what it points into. */
function pathOf(root: Value, pointer: string): Path {
  let value: Value | undefined = root;
  return pointer
    .split('/')
    .slice(1)
    .map((escaped) => {
      const step = escaped.replaceAll('~1', '/').replaceAll('~0', '~');
      if (value?.kind === 'list') {
        value = value.items[Number(step)];
        return Number(step);
      }
      value = value?.kind === 'object' ? value.fields.get(step)?.value : undefined;
      return step;
    });
}

/** The value at a path and where it is used, from the outside in; undefined when it, or what holds it, could not be evaluated. */
function walk(root: Value, path: Path): { readonly value: Value; readonly uses: readonly Use[] } | undefined {
  let value = root;
  const uses: Use[] = [];
  for (const step of path) {
    if (value.kind === 'object') {
      const field = value.fields.get(String(step));
      if (!field) break;
      uses.push(useOf(field));
      value = field.value;
    } else if (value.kind === 'list') {
      const item = value.items[Number(step)];
      if (!item) break;
      uses.push({ place: value.origin, within: value.origin.node });
      value = item;
    } else break;
  }
  return isBroken(value) ? undefined : { value, uses };
}

/** Whether a value was complained about as such. */
const isBroken = (value: Value | undefined): boolean => value?.kind === 'failed' || value?.kind === 'function';

const useOf = ({ key, entry }: Field): Use => ({ place: key, within: entry });

/** The place of the value at a path, or of its nearest ancestor that was written. */
function placeAt(root: Value, path: Path): ReturnType<typeof placeOf> {
  const found = walk(root, path);
  return placeOf(found?.value.origin ?? root.origin, found?.uses);
}

/** Whether a part of the value could not be evaluated: such a cluster is not checked further. */
function hasFailed(value: Value): boolean {
  if (isBroken(value)) return true;
  if (value.kind === 'list') return value.items.some(hasFailed);
  return value.kind === 'object' && (value.incomplete || [...value.fields.values()].some((field) => hasFailed(field.value)));
}
