import { type Commit, type Person, readCommit } from './commits.ts';
import { complete } from './contract.ts';
import { commitsBetween, isAncestor, mergeBase, mergeTrees } from './history.ts';
import { succeeded } from './rule-check.ts';
import {
  type CheckRun,
  type Comment,
  emailOf,
  idOf,
  isVerified,
  type Label,
  loginOf,
  type Pull,
  type Review,
  rulesOf,
  type Status,
  type World,
} from './world.ts';

// Git and records as GitHub's JSON. What nobody reads is filled in from the schema.

export const webAddress = ({ settings }: World): string =>
  `${settings.prefix === '' ? 'https://github.com' : 'https://ghe.local'}/${settings.owner}/${settings.repo}`;
export const apiAddress = ({ settings }: World): string =>
  `${settings.prefix === '' ? 'https://api.github.com' : 'https://ghe.local/api/v3'}/repos/${settings.owner}/${settings.repo}`;

export const nodeId = (kind: string, id: number | string): string => `${kind}_kwDO${Buffer.from(String(id)).toString('base64url')}`;
export const repositoryNodeId = ({ settings }: World): string => nodeId('R', `${settings.owner}/${settings.repo}`);

export function user(login: string): Record<string, unknown> {
  const bot = login.endsWith('[bot]');
  return complete('simple-user', {
    login,
    id: idOf(login),
    node_id: nodeId(bot ? 'BOT' : 'U', login),
    type: bot ? 'Bot' : 'User',
    html_url: `https://github.com/${login}`,
  });
}

export function repository(world: World, schema = 'repository'): Record<string, unknown> {
  const { owner, repo, archived, autoMerge } = world.settings;
  return complete(schema, {
    id: idOf(repo),
    node_id: repositoryNodeId(world),
    name: repo,
    full_name: `${owner}/${repo}`,
    owner: { ...user(owner), type: 'Organization' },
    private: true,
    visibility: 'private',
    archived,
    disabled: false,
    has_issues: true,
    default_branch: world.records.defaultBranch,
    allow_auto_merge: autoMerge,
    html_url: webAddress(world),
    url: apiAddress(world),
  });
}

export const branchName = (ref: string): string => ref.replace(/^refs\/heads\//, '');

export async function gitRef(world: World, name: string, sha: string): Promise<object> {
  const type = (await world.objects.read(sha))?.type ?? 'commit';
  return {
    ref: name,
    node_id: nodeId('REF', name),
    url: `${apiAddress(world)}/git/${name}`,
    object: { type, sha, url: `${apiAddress(world)}/git/${type}s/${sha}` },
  };
}

const date = (seconds: number): string => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
const person = ({ name, email, seconds }: Person): object => ({ name, email, date: date(seconds) });

function verification(commit: Commit): object {
  return isVerified(commit)
    ? {
        verified: true,
        reason: 'valid',
        signature: commit.signature,
        payload: `tree ${commit.tree}`,
        verified_at: date(commit.committer.seconds),
      }
    : { verified: false, reason: 'unsigned', signature: null, payload: null, verified_at: null };
}

/** As the operations of `git` have it. */
export function gitCommit(world: World, commit: Commit): object {
  return {
    sha: commit.sha,
    node_id: nodeId('C', commit.sha),
    url: `${apiAddress(world)}/git/commits/${commit.sha}`,
    html_url: `${webAddress(world)}/commit/${commit.sha}`,
    author: person(commit.author),
    committer: person(commit.committer),
    message: commit.message,
    tree: { sha: commit.tree, url: `${apiAddress(world)}/git/trees/${commit.tree}` },
    parents: commit.parents.map((sha) => ({
      sha,
      url: `${apiAddress(world)}/git/commits/${sha}`,
      html_url: `${webAddress(world)}/commit/${sha}`,
    })),
    verification: verification(commit),
  };
}

/** As the operations of `repos` and `pulls` have it. */
export function repoCommit(world: World, commit: Commit): object {
  const account = ({ email }: Person): object | null => {
    const login = loginOf(email);
    return login === null ? null : user(login);
  };
  return {
    url: `${apiAddress(world)}/commits/${commit.sha}`,
    sha: commit.sha,
    node_id: nodeId('C', commit.sha),
    html_url: `${webAddress(world)}/commit/${commit.sha}`,
    comments_url: `${apiAddress(world)}/commits/${commit.sha}/comments`,
    commit: {
      url: `${apiAddress(world)}/git/commits/${commit.sha}`,
      author: person(commit.author),
      committer: person(commit.committer),
      message: commit.message,
      comment_count: 0,
      tree: { sha: commit.tree, url: `${apiAddress(world)}/git/trees/${commit.tree}` },
      verification: verification(commit),
    },
    author: account(commit.author),
    committer: account(commit.committer),
    parents: commit.parents.map((sha) => ({
      sha,
      url: `${apiAddress(world)}/commits/${sha}`,
      html_url: `${webAddress(world)}/commit/${sha}`,
    })),
  };
}

export function label(world: World, { id, name, color, description }: Label): object {
  return {
    id,
    node_id: nodeId('LA', id),
    url: `${apiAddress(world)}/labels/${encodeURIComponent(name)}`,
    name,
    color,
    description,
    default: false,
  };
}

export function comment(world: World, { id, pull, author, body, createdAt, updatedAt }: Comment): object {
  return {
    id,
    node_id: nodeId('IC', id),
    url: `${apiAddress(world)}/issues/comments/${id}`,
    html_url: `${webAddress(world)}/pull/${pull}#issuecomment-${id}`,
    issue_url: `${apiAddress(world)}/issues/${pull}`,
    body,
    user: user(author),
    created_at: createdAt,
    updated_at: updatedAt,
    author_association: 'NONE',
  };
}

export function review(world: World, { id, pull: number, author, state, commit, at }: Review): object {
  const address = `${webAddress(world)}/pull/${number}`;
  return {
    id,
    node_id: nodeId('PRR', id),
    user: user(author),
    body: '',
    state,
    html_url: `${address}#pullrequestreview-${id}`,
    pull_request_url: `${apiAddress(world)}/pulls/${number}`,
    _links: { html: { href: address }, pull_request: { href: address } },
    submitted_at: at,
    commit_id: commit,
    author_association: 'MEMBER',
  };
}

export function pull(world: World, one: Pull): Record<string, unknown> {
  const side = (ref: string, sha: string): object => ({
    label: `${world.settings.owner}:${ref}`,
    ref,
    sha,
    user: user(world.settings.owner),
    repo: repository(world),
  });
  return {
    id: idOf(`pull ${one.number}`),
    node_id: nodeId('PR', one.number),
    number: one.number,
    url: `${apiAddress(world)}/pulls/${one.number}`,
    html_url: `${webAddress(world)}/pull/${one.number}`,
    issue_url: `${apiAddress(world)}/issues/${one.number}`,
    state: one.state,
    locked: false,
    title: one.title,
    body: one.body,
    user: user(one.author),
    labels: one.labels.map((name) => {
      const known = world.records.labels.find((entry) => entry.name.toLowerCase() === name.toLowerCase());
      if (known === undefined) throw new Error(`bug: label ${name} is on a pull request only`);
      // The schema of a list of pull requests knows no label without a description.
      return label(world, { ...known, description: known.description ?? '' });
    }),
    assignee: one.assignees[0] === undefined ? null : user(one.assignees[0]),
    assignees: one.assignees.map(user),
    requested_reviewers: one.reviewers.map(user),
    requested_teams: one.teamReviewers.map(team),
    draft: one.draft,
    created_at: one.createdAt,
    updated_at: one.updatedAt,
    closed_at: one.closedAt,
    merged_at: one.mergedAt,
    merge_commit_sha: one.mergeCommit,
    head: side(one.headRef, one.headSha),
    base: side(one.baseRef, one.baseSha),
    author_association: 'NONE',
    auto_merge:
      one.autoMerge === null
        ? null
        : { enabled_by: user(one.autoMerge.by), merge_method: one.autoMerge.method, commit_title: one.title, commit_message: '' },
  };
}

export function team(slug: string): object {
  return { id: idOf(slug), node_id: nodeId('T', slug), name: slug, slug, permission: 'push', privacy: 'closed', description: null };
}

export interface Mergeability {
  readonly mergeable: boolean | null;
  readonly state: 'unknown' | 'clean' | 'dirty' | 'blocked' | 'behind' | 'draft' | 'unstable';
}

export async function mergeability(world: World, one: Pull): Promise<Mergeability> {
  const commits = await Promise.all([one.baseSha, one.headSha].map((sha) => readCommit(world.objects, sha)));
  const [base, head] = commits;
  if (base === undefined || head === undefined) return { mergeable: null, state: 'unknown' };
  const common = await mergeBase(world.objects, base.sha, head.sha);
  const ancestor = common === undefined ? undefined : await readCommit(world.objects, common);
  if ((await mergeTrees(world.objects, ancestor?.tree, base.tree, head.tree)) === 'conflict') return { mergeable: false, state: 'dirty' };
  if (one.draft) return { mergeable: true, state: 'draft' };
  const rules = rulesOf(world, one.baseRef).map(({ rule }) => rule);
  const blocked = rules.some(
    (rule) =>
      (rule.type === 'required_status_checks' && rule.checks.some((check) => !succeeded(world, head.sha, check))) ||
      (rule.type === 'pull_request' && (rule.approvals ?? 0) > 0),
  );
  if (blocked) return { mergeable: true, state: 'blocked' };
  const strict = rules.some((rule) => rule.type === 'required_status_checks' && rule.strict === true);
  if (strict && !(await isAncestor(world.objects, base.sha, head.sha))) return { mergeable: true, state: 'behind' };
  const failing = world.records.statuses.some(({ sha, state }) => sha === head.sha && state !== 'success');
  return { mergeable: true, state: failing ? 'unstable' : 'clean' };
}

/** With what GitHub tells of a single pull request only. Whether it merges is worked out after somebody has asked. */
export async function wholePull(world: World, one: Pull): Promise<object> {
  const key = `${one.headSha} ${one.baseSha}`;
  const asked = one.mergeableFor === key;
  one.mergeableFor = key;
  const known: Mergeability = asked && one.state === 'open' ? await mergeability(world, one) : { mergeable: null, state: 'unknown' };
  const commits = await commitsBetween(world.objects, one.baseSha, one.headSha);
  return {
    ...pull(world, one),
    merged: one.mergedAt !== null,
    merged_by: one.mergedBy === null ? null : user(one.mergedBy),
    mergeable: known.mergeable,
    mergeable_state: known.state,
    rebaseable: known.mergeable,
    comments: world.records.comments.filter((entry) => entry.pull === one.number).length,
    commits: commits.length,
    maintainer_can_modify: false,
  };
}

export function status(world: World, one: Status): object {
  return {
    id: one.id,
    node_id: nodeId('SC', one.id),
    url: `${apiAddress(world)}/statuses/${one.sha}`,
    avatar_url: null,
    state: one.state,
    description: one.description,
    target_url: one.targetUrl,
    context: one.context,
    created_at: one.at,
    updated_at: one.at,
    creator: user(one.author),
  };
}

export function checkRun(world: World, one: CheckRun): object {
  return {
    id: one.id,
    node_id: nodeId('CR', one.id),
    head_sha: one.sha,
    name: one.name,
    status: one.status,
    conclusion: one.conclusion,
    details_url: one.detailsUrl,
    html_url: `${webAddress(world)}/runs/${one.id}`,
    url: `${apiAddress(world)}/check-runs/${one.id}`,
    external_id: '',
    started_at: one.startedAt,
    completed_at: one.completedAt,
    output: { ...one.output, annotations_count: 0, annotations_url: `${apiAddress(world)}/check-runs/${one.id}/annotations` },
  };
}

export const noReply = (login: string, seconds: number): Person => ({ name: login, email: emailOf(login), seconds });
