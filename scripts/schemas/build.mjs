// Makes everything that follows from scripts/schemas/*.schema.json:
//   generated/types/<schema>.d.ts   what an author of the inventory writes with `satisfies`
//   generated/types/resolved.d.ts   the same after defaults: what the compiler reads
//   docs/inventory.md               the reference page
//   <out>/scripts/schemas/validators.js, plan-validator.js and texts.js
// Plain JavaScript, as it runs before `tsc`: node scripts/schemas/build.mjs [--out DIR] [--root DIR]
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Ajv } from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';
import { compile } from 'json-schema-to-typescript';

const here = dirname(fileURLToPath(import.meta.url));
const repository = join(here, '../..');

/** The schemas that describe the inventory, in the order of the reference page; others only become types. */
const inventorySchemas = ['fleet', 'cluster'];

const { values: options } = parseArgs({ options: { out: { type: 'string' }, root: { type: 'string' } } });
const root = options.root ?? repository;
const out = options.out ?? join(repository, 'dist');

const schemas = new Map(
  readdirSync(here)
    .filter((file) => file.endsWith('.schema.json'))
    .sort()
    .map((file) => [file.slice(0, -'.schema.json'.length), JSON.parse(readFileSync(join(here, file), 'utf8'))]),
);

const typeTexts = {};
for (const [name, schema] of schemas) typeTexts[`generated/types/${name}.d.ts`] = await typesOf(name, [schema], `${name}.schema.json`);
typeTexts['generated/types/resolved.d.ts'] = await typesOf(
  'resolved',
  inventorySchemas.map((name) => defaultsRequired(schemas.get(name))),
  inventorySchemas.map((name) => `${name}.schema.json`).join(' and '),
);
for (const [path, text] of Object.entries(typeTexts)) write(join(root, path), text);
write(join(root, 'docs/inventory.md'), referencePage());
write(join(out, 'scripts/schemas/texts.js'), `export const typeTexts = ${JSON.stringify(typeTexts, null, 2)};\n`);
write(join(out, 'scripts/schemas/validators.js'), validators(inventorySchemas.flatMap((name) => concreteTypes(schemas.get(name)))));
// Of its own: only who takes a report from outside loads it.
write(join(out, 'scripts/schemas/plan-validator.js'), validators([['PlanReport', schemas.get('plan')]]));

function write(path, text) {
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

// Schemas

/** The schema with `change` applied to each of its object schemas, innermost first. */
function mapObjects(schema, change) {
  if (Array.isArray(schema)) return schema.map((item) => mapObjects(item, change));
  if (schema === null || typeof schema !== 'object') return schema;
  return change(
    Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, key === 'default' ? value : mapObjects(value, change)])),
  );
}

function definitionOf(schema, ref) {
  const definition = schema.definitions?.[definitionName(ref)];
  if (!definition) throw new Error(`no definition ${ref}`);
  return definition;
}

function definitionName(ref) {
  return ref.slice('#/definitions/'.length);
}

/** The parents of a definition, nearest first. */
function ancestorsOf(schema, definition) {
  if (!definition.extends) return [];
  const parent = definitionOf(schema, definition.extends.$ref);
  return [parent, ...ancestorsOf(schema, parent)];
}

/** A definition and its parents in one: what `extends` means to a validator that does not know the keyword. */
function flattened(schema, definition) {
  const line = [...ancestorsOf(schema, definition).reverse(), definition];
  const { extends: _, ...own } = definition;
  return {
    ...own,
    required: [...new Set(line.flatMap(({ required }) => required ?? []))],
    properties: Object.assign({}, ...line.map(({ properties }) => properties)),
  };
}

/** The concrete types of a schema: itself, or the leaves of its unions. */
function concreteTypes(schema, node = schema, name = schema.title) {
  if (!node.oneOf) return [[name, flattened(schema, node)]];
  return node.oneOf.flatMap(({ $ref }) => concreteTypes(schema, definitionOf(schema, $ref), definitionName($ref)));
}

// Types

/** The schema as the compiler sees a value: a field with a default is always there. */
function defaultsRequired(schema) {
  return mapObjects(schema, (node) => {
    const filled = Object.entries(node.properties ?? {}).filter(([, field]) => field.default !== undefined);
    return filled.length ? { ...node, required: [...(node.required ?? []), ...filled.map(([key]) => key)] } : node;
  });
}

/** A child that narrows a field which its parents require, requires it too: an interface cannot make it optional. */
function requiredInherited(schema) {
  const definitions = Object.entries(schema.definitions ?? {}).map(([name, definition]) => {
    const inherited = ancestorsOf(schema, definition).flatMap(({ required }) => required ?? []);
    const narrowed = inherited.filter((key) => definition.properties && key in definition.properties);
    return [name, narrowed.length ? { ...definition, required: [...new Set([...(definition.required ?? []), ...narrowed])] } : definition];
  });
  return definitions.length ? { ...schema, definitions: Object.fromEntries(definitions) } : schema;
}

/** Says the default of a field in its description, where an editor shows it. An object's default is that of its fields. */
function defaultsDescribed(schema) {
  return mapObjects(schema, (node) => {
    if (node.default === undefined || isEmpty(node.default)) return node;
    return { ...node, description: [node.description, `Default: \`${JSON.stringify(node.default)}\`.`].filter(Boolean).join('\n\n') };
  });
}

function isEmpty(value) {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

async function typesOf(name, sources, origin) {
  const texts = [];
  for (const schema of sources) {
    const text = await compile(defaultsDescribed(requiredInherited(schema)), schema.title ?? name, {
      bannerComment: '',
      additionalProperties: false,
      ignoreMinAndMaxItems: true,
      unreachableDefinitions: true,
      style: { printWidth: 140, singleQuote: true, semi: true },
    });
    texts.push(readonlyLists(text).trim());
  }
  return `// Code generated by fleetc from scripts/schemas/${origin.replaceAll(' and ', ' and scripts/schemas/')}. DO NOT EDIT.\n// To change it, edit the schema and run: npm run build\n\n${texts.join('\n\n')}\n`;
}

/** A list declared `as const`, or made by a function, is as good as a literal one. */
function readonlyLists(text) {
  return text.replace(/(: |\| )(\w+|\([^()]*\))\[\]/g, '$1readonly $2[]');
}

// Validators

/** Code that needs nothing at run time: ajv itself is a development dependency. */
/** Code that checks values of these types, each by its name in lower case. */
function validators(types) {
  const ajv = new Ajv({ allErrors: true, useDefaults: true, verbose: true, strict: true, code: { source: true, esm: true, lines: true } });
  const exports = {};
  for (const [type, { $schema: _, ...body }] of types) {
    const exported = type[0].toLowerCase() + type.slice(1);
    ajv.addSchema({ ...body, $id: exported });
    exports[exported] = exported;
  }
  const code = (standalone.default ?? standalone)(ajv, exports);
  const needed = /require\([^)]*\)/.exec(code);
  if (needed)
    throw new Error(`a keyword in scripts/schemas makes the validators need ${needed[0]} at run time: say it with another keyword`);
  return `${code}\n`;
}

// The reference page

function referencePage() {
  const sections = inventorySchemas.flatMap((name) => {
    const schema = schemas.get(name);
    if (!schema.definitions) return [section(schema.title, schema.description, schema, [])];
    return [
      `## ${schema.title}\n\n${schema.description}`,
      ...Object.entries(schema.definitions)
        .filter(([, definition]) => definition.properties)
        .map(([title, definition]) => section(title, definition.description, definition, parentNames(schema, definition))),
    ];
  });
  return `<!-- Code generated by fleetc from scripts/schemas/. DO NOT EDIT. To change it, edit the schema and run: npm run build -->

# The inventory

Every field of \`clusters/*.ts\`: what it means, what it may be, and what it is when you do not write it.
\`name.field\` is a field of an object, \`name[].field\` a field of each item of a list, \`name.<name>.field\` a field of each value of a map.

${sections.join('\n\n')}
`;
}

function parentNames(schema, definition) {
  if (!definition.extends) return [];
  const name = definitionName(definition.extends.$ref);
  return [name, ...parentNames(schema, definitionOf(schema, definition.extends.$ref))];
}

function section(title, description, schema, parents) {
  const lines = [`## ${title}`, '', description, ''];
  if (parents.length)
    lines.push(`It also has the fields of ${parents.map((name) => `[${name}](#${name.toLowerCase()})`).join(' and ')}.`, '');
  lines.push(
    '| Field | Type | Required | Default | Meaning |',
    '|---|---|---|---|---|',
    ...rows(schema, '').map((cells) => `| ${cells.map(cell).join(' | ')} |`),
  );
  return lines.join('\n');
}

function cell(text) {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

/** A row a field, an object's own fields after it. */
function rows(schema, prefix) {
  return Object.entries(schema.properties ?? {}).flatMap(([key, field]) => [
    [
      `\`${prefix}${key}\``,
      typeName(field),
      schema.required?.includes(key) || field.const !== undefined ? 'yes' : '',
      field.default === undefined || isEmpty(field.default) ? '' : `\`${JSON.stringify(field.default)}\``,
      [field.description, suchAs(field)].filter(Boolean).join(' '),
    ],
    ...rows(field, `${prefix}${key}.`),
    ...rows(field.items ?? {}, `${prefix}${key}[].`),
    ...rows(field.additionalProperties || {}, `${prefix}${key}.<name>.`),
  ]);
}

/** How a text of some form is written. */
function suchAs({ examples }) {
  return (
    examples &&
    `Such as ${examples
      .map((example) => `\`${example}\``)
      .join(', ')
      .replace(/, ([^,]+)$/, ' or $1')}.`
  );
}

function typeName(field) {
  if (field.const !== undefined) return `\`${JSON.stringify(field.const)}\``;
  if (field.enum) return field.enum.map((value) => `\`${JSON.stringify(value)}\``).join(', ');
  if (field.type === 'array') return `list${range(' of ', field.minItems, field.maxItems)}: ${typeName(field.items)}`;
  if (field.type === 'object') return field.properties ? 'object' : `object of ${typeName(field.additionalProperties)}`;
  if (field.type === 'integer') return `integer${range(', ', field.minimum, field.maximum)}`;
  return field.type;
}

function range(before, least, most) {
  if (least === undefined && most === undefined) return '';
  if (most === undefined) return `${before}${least} or more`;
  return `${before}${least === undefined ? `at most ${most}` : `${least} to ${most}`}`;
}
