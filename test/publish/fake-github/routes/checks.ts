import { notFound, Refusal } from '../answer.ts';
import { created, listed, ok, paged, type Routes } from '../call.ts';
import { characters } from '../characters.ts';
import { checkRun, repository, status as shownStatus } from '../represent.ts';
import { type CheckRun, nextId, type Status, timeOf } from '../world.ts';
import { commitNamed } from './branches.ts';

/** Bytes, unlike the body of a pull request. */
const outputLimit = 65_535;

interface GivenRun {
  readonly name?: string;
  readonly head_sha?: string;
  readonly status?: CheckRun['status'];
  readonly conclusion?: string;
  readonly details_url?: string;
  readonly output?: { readonly title?: string; readonly summary?: string; readonly text?: string };
}

export const checks: Routes = {
  'checks/create': {
    needs: [{ checks: 'write' }],
    async handle({ world, token, body }) {
      const given = body as GivenRun;
      if (token.kind === 'user') throw new Refusal(403, 'You must authenticate via a GitHub App.');
      if ((await commitNamed(world, given.head_sha ?? '')) === undefined)
        throw new Refusal(422, `No commit found for SHA: ${given.head_sha}`);
      const run: CheckRun = {
        id: nextId(world),
        sha: given.head_sha ?? '',
        app: token.login,
        name: given.name ?? '',
        status: 'queued',
        conclusion: null,
        output: { title: null, summary: null, text: null },
        detailsUrl: null,
        startedAt: timeOf(world),
        completedAt: null,
      };
      report(run, given, timeOf(world));
      world.records.checkRuns.push(run);
      return created(checkRun(world, run));
    },
  },
  'checks/update': {
    needs: [{ checks: 'write' }],
    handle({ world, token, params, body }) {
      const run = world.records.checkRuns.find(({ id }) => id === Number(params.check_run_id));
      if (run === undefined) throw notFound();
      if (token.kind === 'user') throw new Refusal(403, 'You must authenticate via a GitHub App.');
      if (run.app !== token.login)
        throw new Refusal(403, `Invalid app_id \`${token.login}\` - check run can only be modified by the GitHub App that created it.`);
      report(run, body as GivenRun, timeOf(world));
      return ok(checkRun(world, run));
    },
  },
  'checks/list-for-ref': {
    needs: [{ checks: 'read' }],
    async handle(call) {
      const commit = await commitNamed(call.world, call.params.ref ?? '');
      if (commit === undefined) throw new Refusal(422, `No commit found for SHA: ${call.params.ref}`);
      const found = call.world.records.checkRuns.filter(
        (run) => run.sha === commit.sha && (call.query.check_name === undefined || run.name === call.query.check_name),
      );
      const { page, headers } = paged(call, found.toReversed());
      return { status: 200, headers, body: { total_count: found.length, check_runs: page.map((run) => checkRun(call.world, run)) } };
    },
  },
  'repos/create-commit-status': {
    needs: [{ statuses: 'write' }],
    async handle({ world, token, params, body }) {
      const {
        state,
        context = 'default',
        description = null,
        target_url: targetUrl = null,
      } = body as {
        readonly state: Status['state'];
        readonly context?: string;
        readonly description?: string | null;
        readonly target_url?: string | null;
      };
      const { sha = '' } = params;
      if ((await commitNamed(world, sha)) === undefined) throw new Refusal(422, `No commit found for SHA: ${sha}`);
      if (characters(description ?? '') > 140)
        throw new Refusal(422, 'Validation Failed', [
          { resource: 'Status', code: 'custom', field: 'description', message: 'description is too long (maximum is 140 characters)' },
        ]);
      const status: Status = { id: nextId(world), sha, context, state, description, targetUrl, author: token.login, at: timeOf(world) };
      world.records.statuses.push(status);
      return created(shownStatus(world, status));
    },
  },
  'repos/list-commit-statuses-for-ref': {
    needs: [{ statuses: 'read' }],
    async handle(call) {
      const commit = await commitNamed(call.world, call.params.ref ?? '');
      if (commit === undefined) throw notFound();
      return listed(call, call.world.records.statuses.filter(({ sha }) => sha === commit.sha).toReversed(), (status) =>
        shownStatus(call.world, status),
      );
    },
  },
  'repos/get-combined-status-for-ref': {
    needs: [{ statuses: 'read' }],
    async handle({ world, params }) {
      const commit = await commitNamed(world, params.ref ?? '');
      if (commit === undefined) throw notFound();
      const newest = new Map(world.records.statuses.filter(({ sha }) => sha === commit.sha).map((status) => [status.context, status]));
      const states = [...newest.values()].map(({ state }) => state);
      const state = states.some((one) => one === 'failure' || one === 'error')
        ? 'failure'
        : states.length === 0 || states.includes('pending')
          ? 'pending'
          : 'success';
      return ok({
        state,
        sha: commit.sha,
        total_count: newest.size,
        statuses: [...newest.values()].map((status) => shownStatus(world, status)),
        repository: repository(world),
      });
    },
  },
};

function report(run: CheckRun, { name, status, conclusion, details_url: detailsUrl, output }: GivenRun, now: string): void {
  for (const part of ['summary', 'text'] as const)
    if (Buffer.byteLength(output?.[part] ?? '') > outputLimit)
      throw new Refusal(422, 'Validation Failed', [
        {
          resource: 'CheckRun',
          code: 'custom',
          field: part,
          message: `Only ${outputLimit} characters are allowed; ${Buffer.byteLength(output?.[part] ?? '')} were supplied.`,
        },
      ]);
  if (status === 'completed' && conclusion === undefined) throw new Refusal(422, 'Invalid request.\n\n"conclusion" wasn\'t supplied.');
  if (name !== undefined) run.name = name;
  if (detailsUrl !== undefined) run.detailsUrl = detailsUrl;
  if (output !== undefined) run.output = { title: output.title ?? null, summary: output.summary ?? null, text: output.text ?? null };
  if (conclusion !== undefined) {
    run.conclusion = conclusion;
    run.completedAt = now;
  }
  run.status = conclusion === undefined ? (status ?? run.status) : 'completed';
}
