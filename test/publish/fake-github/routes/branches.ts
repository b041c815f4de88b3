import { notFound, Refusal } from '../answer.ts';
import { type Call, listed, ok, paged, type Routes, refuseWhenEmpty } from '../call.ts';
import { readCommit } from '../commits.ts';
import { ancestors, commitsBetween, mergeBase, type TreeChange, treeChanges } from '../history.ts';
import { apiAddress, branchName, repoCommit, repository, webAddress } from '../represent.ts';
import { isSha, rulesOf, type World } from '../world.ts';

/** Files that a comparison names at most. */
const filesShown = 300;
/** Commits of a comparison that nobody asked to page. */
const commitsShown = 250;

export const branches: Routes = {
  'repos/get': {
    needs: [],
    handle({ world, token }) {
      const write = token.permissions.contents === 'write';
      return ok({
        ...repository(world, 'full-repository'),
        permissions: { admin: false, maintain: false, push: write, triage: write, pull: token.permissions.contents !== 'none' },
      });
    },
  },
  'repos/list-branches': {
    needs: [{ contents: 'read' }],
    async handle(call) {
      const { world } = call;
      return listed(call, [...(await world.refs('refs/heads/'))], ([name, sha]) => ({
        name: branchName(name),
        commit: { sha, url: `${apiAddress(world)}/commits/${sha}` },
        protected: rulesOf(world, branchName(name)).length > 0,
      }));
    },
  },
  'repos/get-branch': {
    needs: [{ contents: 'read' }],
    async handle({ world, params }) {
      const { branch = '' } = params;
      const renamed = world.records.renamed.get(branch);
      const sha = await world.ref(`refs/heads/${branch}`);
      if (sha === undefined && renamed !== undefined) {
        // Relative to the old branch.
        const location = encodeURIComponent(renamed);
        return {
          status: 301,
          headers: { location },
          body: { message: 'Moved Permanently', url: `${apiAddress(world)}/branches/${location}` },
        };
      }
      const commit = sha === undefined ? undefined : await readCommit(world.objects, sha);
      if (commit === undefined) throw new Refusal(404, 'Branch not found');
      const isProtected = rulesOf(world, branch).length > 0;
      const self = `${apiAddress(world)}/branches/${encodeURIComponent(branch)}`;
      return ok({
        name: branch,
        commit: repoCommit(world, commit),
        protected: isProtected,
        protection: { enabled: isProtected },
        protection_url: `${self}/protection`,
        _links: { self, html: `${webAddress(world)}/tree/${branch}` },
      });
    },
  },
  'repos/get-branch-rules': {
    needs: [],
    handle(call) {
      // A branch that is not there has rules all the same: those that would hold for it.
      return listed(call, rulesOf(call.world, call.params.branch ?? ''), ({ ruleset, rule }) => ({
        ...shownRule(rule),
        ruleset_source_type: 'Repository',
        ruleset_source: `${call.world.settings.owner}/${call.world.settings.repo}`,
        ruleset_id: call.world.settings.rulesets.indexOf(ruleset) + 1,
      }));
    },
  },
  'repos/get-commit': {
    needs: [{ contents: 'read' }],
    async handle({ world, params }) {
      const commit = await commitNamed(world, params.ref ?? '');
      if (commit === undefined) throw new Refusal(422, `No commit found for SHA: ${params.ref}`);
      const parent = commit.parents[0] === undefined ? undefined : await readCommit(world.objects, commit.parents[0]);
      const changes = await treeChanges(world.objects, parent?.tree, commit.tree);
      return ok({
        ...repoCommit(world, commit),
        files: changes.slice(0, filesShown).map((change) => shownFile(world, commit.sha, change)),
      });
    },
  },
  'repos/list-commits': {
    needs: [{ contents: 'read' }],
    async handle(call) {
      const { world, query } = call;
      await refuseWhenEmpty(world);
      const start = await commitNamed(world, query.sha ?? world.records.defaultBranch);
      if (start === undefined) throw notFound();
      const all = await Promise.all([...(await ancestors(world.objects, start.sha))].map((sha) => readCommit(world.objects, sha)));
      return listed(
        call,
        all.filter((commit) => commit !== undefined),
        (commit) => repoCommit(world, commit),
      );
    },
  },
  'repos/compare-commits-with-basehead': { needs: [{ contents: 'read' }], handle: compare },
  'repos/check-collaborator': {
    needs: [],
    handle({ world, params }) {
      const { username = '' } = params;
      if (!world.settings.collaborators.includes(username)) throw notFound();
      return { status: 204 };
    },
  },
};

async function compare(call: Call) {
  const { world, params, query } = call;
  const { basehead = '' } = params;
  const [baseName = '', headName = ''] = basehead.split('...');
  const [base, head] = await Promise.all(
    [baseName, headName].map((name) => commitNamed(world, name.replace(`${world.settings.owner}:`, ''))),
  );
  if (base === undefined || head === undefined) throw notFound();
  const common = await mergeBase(world.objects, base.sha, head.sha);
  const shared = common === undefined ? undefined : await readCommit(world.objects, common);
  if (shared === undefined) throw new Refusal(404, `No common ancestor between ${baseName} and ${headName}.`);
  const ahead = await commitsBetween(world.objects, base.sha, head.sha);
  const behind = await commitsBetween(world.objects, head.sha, base.sha);
  const asksForPages = query.page !== undefined || query.per_page !== undefined;
  // Unless the client pages, the newest 250.
  const { page, headers } = asksForPages ? paged(call, ahead) : { page: ahead.slice(-commitsShown), headers: {} };
  const firstPage = Number(query.page ?? 1) === 1;
  const changes = firstPage ? (await treeChanges(world.objects, shared.tree, head.tree)).slice(0, filesShown) : [];
  const address = `${webAddress(world)}/compare/${basehead}`;
  return {
    status: 200,
    headers,
    body: {
      url: `${apiAddress(world)}/compare/${basehead}`,
      html_url: address,
      permalink_url: address,
      diff_url: `${address}.diff`,
      patch_url: `${address}.patch`,
      base_commit: repoCommit(world, base),
      merge_base_commit: repoCommit(world, shared),
      status: ahead.length === 0 ? (behind.length === 0 ? 'identical' : 'behind') : behind.length === 0 ? 'ahead' : 'diverged',
      ahead_by: ahead.length,
      behind_by: behind.length,
      total_commits: ahead.length,
      commits: page.map((commit) => repoCommit(world, commit)),
      files: changes.map((change) => shownFile(world, head.sha, change)),
    },
  };
}

export async function commitNamed(world: World, name: string) {
  const sha = isSha(name)
    ? name
    : ((await world.ref(`refs/heads/${name}`)) ?? (await world.ref(name.startsWith('refs/') ? name : `refs/${name}`)));
  return sha === undefined ? undefined : readCommit(world.objects, sha);
}

export function shownFile(world: World, commit: string, { path, before, after }: TreeChange): object {
  const raw = `${webAddress(world)}/raw/${commit}/${encodeURIComponent(path)}`;
  return {
    sha: (after ?? before)?.sha ?? null,
    filename: path,
    status: before === undefined ? 'added' : after === undefined ? 'removed' : 'modified',
    additions: 0,
    deletions: 0,
    changes: 0,
    blob_url: raw,
    raw_url: raw,
    contents_url: raw,
  };
}

type Rule = ReturnType<typeof rulesOf>[number]['rule'];

function shownRule(rule: Rule): object {
  switch (rule.type) {
    case 'pull_request':
      return {
        type: rule.type,
        parameters: {
          dismiss_stale_reviews_on_push: false,
          require_code_owner_review: false,
          require_last_push_approval: false,
          required_approving_review_count: rule.approvals ?? 0,
          required_review_thread_resolution: false,
        },
      };
    case 'required_status_checks':
      return {
        type: rule.type,
        parameters: {
          required_status_checks: rule.checks.map((context) => ({ context })),
          strict_required_status_checks_policy: rule.strict === true,
        },
      };
    case 'branch_name_pattern':
      return { type: rule.type, parameters: { operator: 'regex', pattern: rule.pattern.source, negate: false, name: '' } };
    case 'file_path_restriction':
      return { type: rule.type, parameters: { restricted_file_paths: rule.paths.map((path) => `${path}**`) } };
    case 'update':
      return { type: rule.type, parameters: { update_allows_fetch_and_merge: false } };
    case 'merge_queue':
      return {
        type: rule.type,
        parameters: {
          check_response_timeout_minutes: 60,
          grouping_strategy: 'ALLGREEN',
          max_entries_to_build: 5,
          max_entries_to_merge: 5,
          merge_method: 'SQUASH',
          min_entries_to_merge: 1,
          min_entries_to_merge_wait_minutes: 5,
        },
      };
    default:
      return { type: rule.type };
  }
}
