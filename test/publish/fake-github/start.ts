import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Answer, notFound, Refusal, refusalAnswer } from './answer.ts';
import type { Route } from './call.ts';
import { type FakeClock, fakeClock } from './clock.ts';
import { readCommit, writeCommit } from './commits.ts';
import { answerComplaints, completeAnswer, match, requestComplaints } from './contract.ts';
import type { FakeGitHub, FakeGitHubOptions, Fault, Permissions, PullRequestState, RecordedRequest, Token } from './fake-github.ts';
import { openFaults } from './faults.ts';
import { git, tryGit } from './git.ts';
import { read as readGraphql, run as runGraphql } from './graphql/run.ts';
import { openLimits } from './limits.ts';
import { openObjects } from './objects.ts';
import { edits, peopleOf } from './people.ts';
import { demandPermission } from './permission.ts';
import { noReply } from './represent.ts';
import { account } from './routes/account.ts';
import { branches } from './routes/branches.ts';
import { checks } from './routes/checks.ts';
import { gitObjects } from './routes/git-objects.ts';
import { gitRefs } from './routes/git-refs.ts';
import { addLabel, issues } from './routes/issues.ts';
import { pulls } from './routes/pulls.ts';
import { type Outcome, type Request, serve } from './server.ts';
import { httpBackend, installHook, pushedChanges, serveGit } from './smart-http.ts';
import { editTree, filesOfTree } from './trees.ts';
import { isSha, isVerified, loginOf, moveRefs, type Records, refNames, type Settings, secondsOf, type World, zero } from './world.ts';

const routes: Readonly<Record<string, Route>> = { ...account, ...branches, ...checks, ...gitObjects, ...gitRefs, ...issues, ...pulls };

const everything: Permissions = {
  metadata: 'read',
  contents: 'write',
  pull_requests: 'write',
  issues: 'write',
  checks: 'write',
  statuses: 'write',
  workflows: 'none',
  members: 'read',
};

export function permissions(changes: Partial<Permissions> = {}): Permissions {
  return { ...everything, ...changes };
}

function settingsOf(options: FakeGitHubOptions): Settings {
  const { prefix = '' } = options;
  return {
    owner: options.owner ?? 'example',
    repo: options.repo ?? 'fleet',
    prefix,
    tokens: options.tokens ?? [
      {
        token: `ghs_${'fleetcTestToken'.padEnd(36, '0')}`,
        kind: 'installation',
        login: 'fleetc[bot]',
        permissions: permissions(options.permissions),
      },
    ],
    archived: options.archived ?? false,
    rulesets: options.rulesets ?? [],
    treeEntryLimit: options.treeEntryLimit ?? Number.POSITIVE_INFINITY,
    treeByteLimit: options.treeByteLimit ?? 40 * 1024 * 1024,
    listingLimit: options.listingLimit ?? 100_000,
    collaborators: options.collaborators ?? ['octocat'],
    teams: options.teams ?? [],
    drafts: options.drafts ?? true,
    autoMerge: options.autoMerge ?? true,
    actionsMayOpenPullRequests: options.actionsMayOpenPullRequests ?? true,
    // Off unless an administrator switches them on, on a server of one's own.
    rateLimit: options.rateLimit ?? (prefix === '' ? 5_000 : false),
    writesPerMinute: options.writesPerMinute ?? (prefix === '' ? 80 : false),
    hiddenRefs: options.hiddenRefs ?? 'moved',
    pushedTrees: options.pushedTrees ?? 'usable',
  };
}

interface Incoming extends Request {
  readonly path: string;
  readonly text: string;
  readonly json: unknown;
  readonly query: Readonly<Record<string, string>>;
  readonly write: boolean;
  operation: string;
}

interface View {
  readonly records: Records;
  readonly refs: ReadonlyMap<string, string>;
}

export async function startFakeGitHub(options: FakeGitHubOptions = {}): Promise<FakeGitHub> {
  const settings = settingsOf(options);
  const clock: FakeClock = options.clock ?? fakeClock();
  const folder = mkdtempSync(join(tmpdir(), 'fake-github-'));
  const repository = join(folder, `${settings.repo}.git`);
  makeBare(repository, options.defaultBranch ?? 'main');
  installHook(repository);
  const objects = openObjects(repository);
  const records: Records = {
    defaultBranch: options.defaultBranch ?? 'main',
    renamed: new Map(),
    pulls: [],
    comments: [],
    reviews: [],
    labels: [],
    statuses: [],
    checkRuns: [],
    lastNumber: 0,
    lastId: 1_000,
  };
  const violations: string[] = [];
  const world: World = {
    repository,
    objects,
    clock,
    settings,
    records,
    madeTrees: new Set(),
    violations,
    ref: (name) => objects.resolve(name),
    refs: (prefix) => refNames(repository, prefix),
  };
  for (const name of options.labels ?? []) addLabel(world, name);
  if (options.empty !== true) await firstCommit(world, options);

  const limits = openLimits(clock, settings.rateLimit, settings.writesPerMinute);
  const faults = openFaults<View>();
  const requests: RecordedRequest[] = [];
  let isCut = false;
  let lastRequestId = 0;

  /** One act at a time, as in a database. */
  let queue: Promise<unknown> = Promise.resolve();
  const alone = <T>(act: () => Promise<T>): Promise<T> => {
    const done = queue.then(act);
    queue = done.catch(() => {});
    return done;
  };
  const rememberView = async (): Promise<void> => {
    if (faults.wantsView()) faults.beforeWrite({ records: structuredClone(records), refs: await world.refs() });
  };

  const respond = async (request: Request): Promise<Outcome> => {
    const incoming = understand(request, settings);
    let applied = false;
    const record = (status: number): void => {
      const { method, path, operation, query, write, json, headers } = incoming;
      const plain = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
      requests.push({
        method,
        path,
        operation,
        query,
        status,
        write,
        applied,
        ...(json === undefined ? {} : { body: json }),
        headers: plain,
        at: clock.now(),
      });
    };
    const strikes = faults.strike(incoming);
    for (const { effect } of strikes) if (effect.kind === 'meanwhile') await effect.act();
    const fault = strikes.find(({ effect }) => effect.kind !== 'meanwhile');
    if (isCut || (fault !== undefined && fault.when !== 'after')) {
      if (fault?.effect.kind === 'cut') isCut = true;
      const outcome = isCut ? ({ kind: 'reset' } as const) : outcomeOf(fault, undefined, stamped);
      record(outcome.kind === 'answer' ? outcome.answer.status : 0);
      return outcome;
    }
    const answer = await alone(async () => {
      if (incoming.write) await rememberView();
      const answered = await handle(incoming);
      applied = incoming.write && answered.status < 400 && !('errors' in Object(answered.body));
      return answered;
    });
    if (fault?.effect.kind === 'cut') isCut = true;
    const outcome: Outcome = fault === undefined ? { kind: 'answer', answer } : outcomeOf(fault, answer, stamped);
    record(outcome.kind === 'answer' ? outcome.answer.status : 0);
    return outcome;
  };

  /** What GitHub says of every answer. */
  const stamped = (answer: Answer): Answer => {
    lastRequestId += 1;
    return {
      ...answer,
      headers: {
        date: new Date(clock.now()).toUTCString(),
        'x-github-request-id': `FA4E:${lastRequestId.toString(16).toUpperCase().padStart(4, '0')}:1A2B3C:4D5E6F:00000000`,
        'x-github-media-type': 'github.v3; format=json',
        ...answer.headers,
      },
    };
  };

  const handle = async (incoming: Incoming): Promise<Answer & { readonly raw?: Buffer }> => {
    const token = tokenOf(incoming, settings.tokens);
    const gitPath = gitPathOf(incoming, settings);
    if (gitPath !== undefined) {
      if (httpBackend === undefined) throw new Error('bug: this git has no http-backend');
      const { method, target, headers, body } = incoming;
      return serveGit(world, token === 'unknown' ? undefined : token, httpBackend, {
        method,
        path: gitPath,
        query: target.search.slice(1),
        headers,
        body,
      });
    }
    const resource = incoming.path === '/graphql' ? 'graphql' : 'core';
    try {
      if (incoming.headers['user-agent'] === undefined)
        throw new Refusal(403, 'Request forbidden by administrative rules. Please make sure your request has a User-Agent header.');
      if (token === 'unknown') throw new Refusal(401, 'Bad credentials');
      const bearer = token ?? anonymous;
      if (incoming.operation !== 'rate-limit/get') limits.count(bearer, resource);
      const answer = resource === 'graphql' ? await answerGraphql(incoming, token) : await answerRest(incoming, bearer);
      return stamped({ ...answer, headers: { ...limits.headers(bearer, resource), ...answer.headers } });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const answer = refusalAnswer(error);
      const matched = match(incoming.method, incoming.path);
      if (matched !== undefined) complain(incoming, 'answer', answerComplaints(matched, answer.status, answer.body));
      const limitHeaders = token === 'unknown' ? {} : limits.headers(token ?? anonymous, resource);
      return stamped({ ...answer, headers: { ...limitHeaders, ...answer.headers } });
    }
  };

  const complain = ({ method, path }: Incoming, what: string, complaints: readonly string[]): void => {
    violations.push(...complaints.map((complaint) => `${method} ${path}: ${what}: ${complaint}`));
  };

  const viewFor = (incoming: Incoming): World => {
    const view = faults.stale(incoming);
    if (view === undefined) return world;
    const { refs } = view;
    return {
      ...world,
      // The reader may note down what it asked for; the next reader sees the same.
      records: structuredClone(view.records),
      ref: (name) => Promise.resolve(refs.get(name)),
      refs: (prefix = 'refs/') => Promise.resolve(new Map([...refs].filter(([name]) => name.startsWith(prefix)))),
    };
  };

  const answerGraphql = async (incoming: Incoming, token: Token | undefined): Promise<Answer> => {
    if (token === undefined) throw new Refusal(401, 'This endpoint requires you to be authenticated.');
    if (incoming.method !== 'POST') throw notFound();
    refuseSso(token, settings);
    const asked = readGraphql(incoming.json);
    if ('mistake' in asked) {
      complain(incoming, 'request', [asked.mistake]);
      return { status: 200, body: { errors: [{ message: asked.mistake }] } };
    }
    if (incoming.write) limits.countWrite(token);
    return runGraphql(viewFor(incoming), token, asked);
  };

  const answerRest = async (incoming: Incoming, token: Token): Promise<Answer> => {
    const { method, path, query, json, text, target } = incoming;
    const matched = match(method, path);
    if (matched === undefined) {
      complain(incoming, 'request', ['the fake knows no such operation']);
      throw notFound();
    }
    const asked = requestComplaints(matched, query, text === '' ? undefined : json);
    complain(incoming, 'request', [...asked.address, ...asked.body]);
    if (text !== '' && json === undefined) throw new Refusal(400, 'Problems parsing JSON');
    const { params } = matched;
    const id = matched.operation.operation;
    if (id === 'rate-limit/get') return { status: 200, body: completeAnswer(matched, 200, limits.overview(token)) };
    const route = routes[id];
    if (route === undefined) throw new Error(`bug: ${id} is in the contract, and nothing handles it`);
    if (route.anywhere === undefined) {
      const same = (one = '', other = ''): boolean => one.toLowerCase() === other.toLowerCase();
      if (!same(params.owner, settings.owner) || !same(params.repo, settings.repo)) throw notFound();
      refuseSso(token, settings);
      demandPermission(token, route.needs);
    }
    if (asked.body.length > 0) throw new Refusal(422, `Invalid request.\n\n${asked.body.join('\n')}`);
    if (incoming.write) {
      limits.countWrite(token);
      if (settings.archived) throw new Refusal(403, 'Repository was archived so is read-only.');
    }
    const address = `${server.origin}${target.pathname}`;
    const answer = await route.handle({ world: viewFor(incoming), token, params, query, body: json, address });
    const whole = answer.body === undefined ? answer : { ...answer, body: completeAnswer(matched, answer.status, answer.body) };
    complain(incoming, 'answer', answerComplaints(matched, whole.status, whole.body));
    return whole;
  };

  const server = await serve(respond, () => clock.fireNextTimeout());

  const takeViolations = (): readonly string[] => violations.splice(0);
  const assertConforming = async (): Promise<void> => {
    const { status, stdout, stderr: complaints } = await tryGit(repository, ['fsck', '--strict', '--no-dangling', '--no-progress']);
    const wrong = [...violations, ...(status === 0 ? [] : [`git fsck: ${stdout}${complaints}`])];
    if (wrong.length > 0) throw new Error(`the fake GitHub was asked or answered what GitHub would not:\n${wrong.join('\n')}`);
  };
  const commitAt = async (name: string) => {
    const commit = await readCommit(objects, isSha(name) ? name : name.startsWith('refs/') ? name : `refs/heads/${name}`);
    if (commit === undefined) throw new Error(`there is no commit at ${name}`);
    return commit;
  };

  return {
    url: `${server.origin}${settings.prefix}`,
    gitUrl: httpBackend === undefined ? undefined : `${server.origin}/${settings.owner}/${settings.repo}.git`,
    repository,
    owner: settings.owner,
    repo: settings.repo,
    token: settings.tokens[0]?.token ?? '',
    clock,
    requests,
    get writes() {
      return requests.filter(({ write }) => write).length;
    },
    people: peopleOf(world, (act) =>
      alone(async () => {
        await rememberView();
        return act();
      }),
    ),
    inject: (...injected) => faults.add(injected),
    get pendingFaults() {
      return faults.pending();
    },
    restore() {
      isCut = false;
    },
    async state() {
      return {
        refs: Object.fromEntries(await world.refs()),
        defaultBranch: records.defaultBranch,
        pulls: records.pulls.map((pull) => pullState(records, pull)),
        labels: records.labels.map(({ name }) => name),
      };
    },
    async files(name) {
      const { tree } = await commitAt(name);
      const found = await filesOfTree(objects, tree);
      const texts = [...found].map(
        async ([path, { mode, sha }]) => [path, { mode, sha, text: asText((await objects.read(sha))?.body) }] as const,
      );
      return new Map(await Promise.all(texts));
    },
    async log(name) {
      const commits = [];
      for (let commit = await commitAt(name); ; commit = await commitAt(commit.parents[0] ?? zero)) {
        const { sha, tree, parents, message, author } = commit;
        commits.push({ sha, tree, parents, message, author: loginOf(author.email) ?? author.email, verified: isVerified(commit) });
        if (parents.length === 0) return commits;
      }
    },
    git: (...args) => git(repository, ...args),
    violations,
    takeViolations,
    assertConforming,
    async close() {
      await server.close();
      // Whoever is still at work finds the repository in place.
      await queue;
      try {
        await assertConforming();
      } finally {
        await objects.close();
        rmSync(folder, { recursive: true, force: true });
      }
    },
  };
}

/** What `git init --bare` makes, and pushes over HTTP allowed. */
function makeBare(repository: string, branch: string): void {
  for (const folder of ['objects', 'refs/heads']) mkdirSync(join(repository, folder), { recursive: true });
  writeFileSync(join(repository, 'HEAD'), `ref: refs/heads/${branch}\n`);
  writeFileSync(
    join(repository, 'config'),
    '[core]\n\trepositoryformatversion = 0\n\tbare = true\n\tfsync = none\n[http]\n\treceivepack = true\n',
  );
}

async function firstCommit(world: World, { files }: FakeGitHubOptions): Promise<void> {
  const tree = await editTree(world.objects, undefined, edits(world, files ?? { 'README.md': '# Fleet\n' }));
  const author = noReply('octocat', secondsOf(world));
  const sha = writeCommit(world.objects, { tree, parents: [], author, committer: author, message: 'First commit', signature: null });
  await moveRefs(world, [{ name: `refs/heads/${world.records.defaultBranch}`, before: zero, after: sha }]);
}

function understand(request: Request, { prefix }: Settings): Incoming {
  const { target, method, body } = request;
  const decoded = decodeURIComponent(target.pathname);
  const graphql = prefix === '' ? '/graphql' : '/api/graphql';
  const path =
    decoded === graphql ? '/graphql' : decoded.startsWith(`${prefix}/`) ? decoded.slice(prefix.length) : `outside ${prefix}: ${decoded}`;
  const isGit = /^\/[^/]+\/[^/]+\.git\//.test(decoded);
  const text = isGit ? '' : body.toString('utf8');
  const json = parsed(text);
  const query = Object.fromEntries(target.searchParams);
  if (isGit) {
    const service = /receive-pack$/.test(decoded) ? 'git receive-pack' : /upload-pack$/.test(decoded) ? 'git upload-pack' : 'git info/refs';
    const write = pushedChanges({ path: service === 'git receive-pack' ? '/git-receive-pack' : '', body }).length > 0;
    return { ...request, path: decoded, text, json, query, write, operation: service };
  }
  if (path === '/graphql') {
    const asked = readGraphql(json);
    const operation = 'mistake' in asked ? 'graphql' : `graphql ${asked.fields}`;
    return { ...request, path, text, json, query, write: !('mistake' in asked) && asked.document.kind === 'mutation', operation };
  }
  const operation = match(method, path)?.operation.operation ?? 'unknown';
  return { ...request, path, text, json, query, write: method !== 'GET' && method !== 'HEAD', operation };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Who sees only what everybody sees: of a private repository nothing. */
const anonymous: Token = {
  token: '',
  kind: 'user',
  login: '',
  permissions: {
    metadata: 'none',
    contents: 'none',
    pull_requests: 'none',
    issues: 'none',
    checks: 'none',
    statuses: 'none',
    workflows: 'none',
    members: 'none',
  },
};

/** Undefined: none was sent. */
function tokenOf({ headers }: Incoming, tokens: readonly Token[]): Token | 'unknown' | undefined {
  const { authorization } = headers;
  if (authorization === undefined) return undefined;
  const [, scheme = '', credentials = ''] = /^(\w+) (.+)$/.exec(authorization) ?? [];
  const text =
    scheme.toLowerCase() === 'basic'
      ? Buffer.from(credentials, 'base64')
          .toString('utf8')
          .replace(/^[^:]*:/, '')
      : credentials;
  return tokens.find(({ token }) => token === text) ?? 'unknown';
}

function gitPathOf({ target }: Incoming, { owner, repo }: Settings): string | undefined {
  const start = `/${owner}/${repo}.git`;
  return target.pathname.startsWith(`${start}/`) ? target.pathname.slice(start.length) : undefined;
}

function refuseSso({ ssoRequired }: Token, { owner }: Settings): void {
  if (ssoRequired !== true) return;
  const message =
    'Resource protected by organization SAML enforcement. You must grant your Personal Access token access to this organization.';
  throw new Refusal(403, message, undefined, {
    'x-github-sso': `required; url=https://github.com/orgs/${owner}/sso?authorization_request=A0B1`,
  });
}

/** The answer, or what is left of it. */
function outcomeOf(
  fault: Fault | undefined,
  answer: (Answer & { readonly raw?: Buffer }) | undefined,
  stamped: (answer: Answer) => Answer,
): Outcome {
  const effect = fault?.effect;
  switch (effect?.kind) {
    case 'answer':
      return { kind: 'answer', answer: stamped(effect) };
    case 'hang':
      return { kind: 'hang' };
    case 'truncate': {
      const text = JSON.stringify(answer?.body ?? { message: 'truncated' });
      return {
        kind: 'answer',
        answer: { ...stamped({ status: answer?.status ?? 200, headers: { ...answer?.headers } }), body: text.slice(0, text.length / 2) },
      };
    }
    default:
      return { kind: 'reset' };
  }
}

function pullState(records: Records, pull: Records['pulls'][number]): PullRequestState {
  return {
    number: pull.number,
    state: pull.state,
    merged: pull.mergedAt !== null,
    draft: pull.draft,
    title: pull.title,
    body: pull.body,
    author: pull.author,
    head: { ref: pull.headRef, sha: pull.headSha },
    base: { ref: pull.baseRef, sha: pull.baseSha },
    labels: [...pull.labels],
    assignees: [...pull.assignees],
    reviewers: [...pull.reviewers],
    teamReviewers: [...pull.teamReviewers],
    autoMerge: pull.autoMerge?.method ?? null,
    inMergeQueue: pull.inMergeQueue,
    comments: records.comments.filter((comment) => comment.pull === pull.number).map(({ id, author, body }) => ({ id, author, body })),
  };
}

function asText(body: Buffer | undefined): string {
  if (body === undefined) return '';
  const text = body.toString('utf8');
  return Buffer.from(text, 'utf8').equals(body) ? text : body.toString('latin1');
}
