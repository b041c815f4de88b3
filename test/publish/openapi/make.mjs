// Writes github.jsonl: the part of GitHub's own OpenAPI that the publisher is held to, one operation or schema a line.
//   npm pack @octokit/openapi@23.0.2 && tar xzf octokit-openapi-23.0.2.tgz package/generated/api.github.com.json
//   node test/publish/openapi/make.mjs package/generated/api.github.com.json
// The package is 385 MB unpacked, so it is no dependency. MIT, Copyright (c) 2020 Octokit contributors.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

const version = '23.0.2';
const operations = `
repos/get repos/get-branch repos/list-branches repos/get-branch-rules repos/compare-commits-with-basehead repos/get-commit repos/list-commits
repos/check-collaborator repos/create-commit-status repos/list-commit-statuses-for-ref repos/get-combined-status-for-ref
git/get-ref git/list-matching-refs git/create-ref git/update-ref git/delete-ref
git/get-commit git/create-commit git/get-tree git/create-tree git/get-blob git/create-blob
pulls/list pulls/get pulls/create pulls/update pulls/list-commits pulls/list-files pulls/request-reviewers pulls/list-requested-reviewers
pulls/list-reviews
issues/list-labels-on-issue issues/add-labels issues/set-labels issues/remove-label issues/list-labels-for-repo issues/get-label issues/create-label
issues/list-comments issues/create-comment issues/update-comment issues/delete-comment issues/get-comment issues/add-assignees
checks/create checks/update checks/list-for-ref
users/get-authenticated apps/get-authenticated rate-limit/get
`
  .trim()
  .split(/\s+/);

const [source] = process.argv.slice(2);
if (source === undefined) throw new Error('usage: node test/publish/openapi/make.mjs api.github.com.json');
const text = readFileSync(source);
const api = JSON.parse(text);

const wanted = new Map();
const lines = operations.map((id) => {
  for (const [path, methods] of Object.entries(api.paths))
    for (const [method, operation] of Object.entries(methods))
      if (operation.operationId === id) return { operation: id, method: method.toUpperCase(), path, ...contract(operation) };
  throw new Error(`no operation ${id}`);
});

/** What a request and an answer may be: parameters, the body, the bodies of answers. */
function contract(operation) {
  const parameters = (operation.parameters ?? []).map(resolve);
  const of = (place) =>
    Object.fromEntries(parameters.filter((parameter) => parameter.in === place).map(({ name, schema }) => [name, clean(schema)]));
  const request = operation.requestBody?.content?.['application/json']?.schema;
  const responses = Object.entries(operation.responses).map(([status, response]) => [
    status,
    clean(resolve(response).content?.['application/json']?.schema ?? {}),
  ]);
  return {
    parameters: of('path'),
    query: of('query'),
    ...(request === undefined ? {} : { body: closed(clean(request)), bodyRequired: operation.requestBody.required === true }),
    responses: Object.fromEntries(responses),
  };
}

function resolve(value) {
  return value.$ref === undefined
    ? value
    : value.$ref
        .slice(2)
        .split('/')
        .reduce((at, key) => at[key], api);
}

/** Without what only people read, in JSON Schema's words: OpenAPI's `nullable` becomes a type or a choice. References are noted. */
function clean(schema) {
  if (Array.isArray(schema)) return schema.map(clean);
  if (typeof schema !== 'object' || schema === null) return schema;
  if (schema.$ref !== undefined) {
    const name = schema.$ref.replace('#/components/schemas/', '');
    if (!wanted.has(name)) {
      wanted.set(name, undefined);
      wanted.set(name, clean(api.components.schemas[name]));
    }
    return { $ref: `#/$defs/${name}` };
  }
  const { nullable, ...kept } = Object.fromEntries(
    Object.entries(schema)
      .filter(
        ([key]) =>
          !['description', 'example', 'examples', 'title', 'externalDocs', 'deprecated', 'default'].includes(key) && !key.startsWith('x-'),
      )
      .map(([key, value]) => [key, key === 'properties' ? properties(value) : key === 'enum' || key === 'required' ? value : clean(value)]),
  );
  if (nullable !== true) return kept;
  if (typeof kept.type === 'string' && kept.enum === undefined) return { ...kept, type: [kept.type, 'null'] };
  return { anyOf: [kept, { type: 'null' }] };
}

/** Every property, even one that is named `description`. */
function properties(value) {
  return Object.fromEntries(Object.entries(value).map(([name, schema]) => [name, clean(schema)]));
}

/** No property that is not named: the schema alone lets a misspelt one pass. */
function closed(schema) {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const inner = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, key === 'enum' || key === 'required' ? value : closed(value)]),
  );
  return inner.properties !== undefined && inner.type !== undefined && inner.additionalProperties === undefined
    ? { ...inner, additionalProperties: false }
    : inner;
}

const head = {
  source: `@octokit/openapi ${version}, generated/api.github.com.json`,
  sha256: createHash('sha256').update(text).digest('hex'),
  api: api.info.version,
  licence: 'MIT, Copyright (c) 2020 Octokit contributors',
};
const schemas = [...wanted].sort(([a], [b]) => (a < b ? -1 : 1)).map(([schema, definition]) => ({ schema, definition }));
const output = [head, ...lines, ...schemas].map((line) => `${JSON.stringify(line)}\n`).join('');
writeFileSync(new URL('github.jsonl', import.meta.url), output);
console.log(`${lines.length} operations, ${schemas.length} schemas, ${output.length} bytes`);
