// What arguments and inputs are called and are. From GitHub's public schema.

/** `Type.field` → its arguments. */
export const argumentTypes: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'Query.repository': { owner: 'String!', name: 'String!', followRenames: 'Boolean' },
  'Query.node': { id: 'ID!' },
  'Repository.ref': { qualifiedName: 'String!' },
  'Repository.pullRequest': { number: 'Int!' },
  'Repository.mergeQueue': { branch: 'String' },
  'Mutation.updateRefs': { input: 'UpdateRefsInput!' },
  'Mutation.enablePullRequestAutoMerge': { input: 'EnablePullRequestAutoMergeInput!' },
  'Mutation.disablePullRequestAutoMerge': { input: 'DisablePullRequestAutoMergeInput!' },
};

const inputTypes: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  UpdateRefsInput: { repositoryId: 'ID!', refUpdates: '[RefUpdate!]!', clientMutationId: 'String' },
  RefUpdate: { name: 'GitRefname!', afterOid: 'GitObjectID!', beforeOid: 'GitObjectID', force: 'Boolean' },
  EnablePullRequestAutoMergeInput: {
    pullRequestId: 'ID!',
    mergeMethod: 'PullRequestMergeMethod',
    commitHeadline: 'String',
    commitBody: 'String',
    authorEmail: 'String',
    expectedHeadOid: 'GitObjectID',
    clientMutationId: 'String',
  },
  DisablePullRequestAutoMergeInput: { pullRequestId: 'ID!', clientMutationId: 'String' },
};

const scalars: Readonly<Record<string, (value: unknown) => boolean>> = {
  ID: (value) => typeof value === 'string',
  String: (value) => typeof value === 'string',
  Int: Number.isInteger,
  Boolean: (value) => typeof value === 'boolean',
  GitObjectID: (value) => typeof value === 'string' && /^[0-9a-f]{40}$/.test(value),
  GitRefname: (value) => typeof value === 'string' && value.startsWith('refs/'),
  PullRequestMergeMethod: (value) => value === 'MERGE' || value === 'SQUASH' || value === 'REBASE',
};

/** What is wrong with a value of a type, as GitHub would tell it. */
export function inputComplaints(type: string, value: unknown, path = 'value'): readonly string[] {
  if (type.endsWith('!'))
    return value === null || value === undefined
      ? [`${path}: Expected value to not be null`]
      : inputComplaints(type.slice(0, -1), value, path);
  if (value === null || value === undefined) return [];
  if (type.startsWith('['))
    return Array.isArray(value)
      ? value.flatMap((one, index) => inputComplaints(type.slice(1, -1), one, `${path}.${index}`))
      : [`${path}: Expected a list`];
  const scalar = scalars[type];
  if (scalar !== undefined) return scalar(value) ? [] : [`${path}: Could not coerce value ${JSON.stringify(value)} to ${type}`];
  const fields = inputTypes[type];
  if (fields === undefined) return [`${path}: ${type} isn't a defined input type`];
  if (typeof value !== 'object') return [`${path}: Expected ${type}`];
  const given = value as Readonly<Record<string, unknown>>;
  return [
    ...Object.keys(given)
      .filter((name) => fields[name] === undefined)
      .map((name) => `${path}.${name}: Field is not defined on ${type}`),
    ...Object.entries(fields).flatMap(([name, inner]) => inputComplaints(inner, given[name], `${path}.${name}`)),
  ];
}
