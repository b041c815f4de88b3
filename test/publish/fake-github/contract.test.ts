import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openPull, withFake } from './client.ts';
import { answerComplaints, match, requestComplaints } from './contract.ts';

test('the operation of an address, its names with slashes decoded', () => {
  const matched = match('GET', '/repos/example/fleet/rules/branches/gitops/ring-1');
  assert.equal([matched?.operation.operation, matched?.params.branch], ['repos/get-branch-rules', 'gitops/ring-1']);
  assert.is(match('GET', '/repos/example/fleet/compare/main...gitops/x')?.params.basehead, 'main...gitops/x');
  assert.is(match('DELETE', '/repos/example/fleet'), undefined);
});

test('GitHub’s own description judges requests and answers', () => {
  const create = match('POST', '/repos/example/fleet/pulls');
  const get = match('GET', '/repos/example/fleet/git/ref/heads/x');
  const number = match('GET', '/repos/example/fleet/pulls/one');
  if (create === undefined || get === undefined || number === undefined) throw new Error('an operation is missing');
  assert.equal(requestComplaints(create, {}, { title: 't', head: 'h', base: 'b' }).body, []);
  assert.match(requestComplaints(create, {}, { title: 't', head: 'h' }).body.join(), /required property 'base'/);
  assert.match(requestComplaints(create, {}, { title: 't', head: 'h', base: 'b', bodyy: '' }).body.join(), /bodyy/);
  assert.match(requestComplaints(create, {}, undefined).body.join(), /missing/);
  assert.match(requestComplaints(get, {}, {}).body.join(), /takes no body/);
  assert.match(requestComplaints(number, {}, undefined).address.join(), /pull_number=one/);
  assert.match(answerComplaints(get, 200, { ref: 'refs/heads/x' }).join(), /required property 'node_id'/);
  assert.match(answerComplaints(get, 204, undefined).join(), /answers no 204/);
  assert.equal(answerComplaints(get, 502, { message: 'Server Error' }), []);
});

const rulesets = [
  {
    name: 'main',
    branches: ['main'],
    rules: [
      { type: 'required_status_checks', checks: ['plan'], strict: true },
      { type: 'pull_request', approvals: 1 },
      { type: 'branch_name_pattern', pattern: /main/ },
      { type: 'file_path_restriction', paths: ['.github/'] },
      ...(['update', 'deletion', 'non_fast_forward', 'required_linear_history', 'required_signatures', 'merge_queue'] as const).map(
        (type) => ({ type }),
      ),
    ],
  },
] as const;

test('what the fake answers of a pull request with everything on it, open and merged, is as GitHub describes it', () =>
  withFake({ collaborators: ['mona'], teams: ['sre'], rulesets }, async (session) => {
    const { fake, octokit, here } = session;
    const { number, sha } = await openPull(session, 'gitops/x');
    const pull = { ...here, pull_number: number };
    await octokit.pulls.requestReviewers({ ...pull, reviewers: ['mona'], team_reviewers: ['sre'] });
    await octokit.issues.addAssignees({ ...here, issue_number: number, assignees: ['mona'] });
    const { data } = await octokit.pulls.get(pull);
    await octokit.graphql('mutation ($id: ID!) { enablePullRequestAutoMerge(input: { pullRequestId: $id }) { clientMutationId } }', {
      id: data.node_id,
    });
    const look = async (): Promise<void> => {
      await octokit.pulls.list({ ...here, state: 'all' });
      await octokit.pulls.get(pull);
      await octokit.pulls.listFiles(pull);
      await octokit.pulls.listRequestedReviewers(pull);
      await octokit.repos.getCommit({ ...here, ref: sha });
      await octokit.repos.listCommits(here);
      await octokit.repos.listCommitStatusesForRef({ ...here, ref: sha });
      await octokit.repos.listBranches(here);
      await octokit.repos.getBranchRules({ ...here, branch: 'main' });
    };
    await look();
    await fake.people.setStatus('gitops/x', 'plan', 'success');
    await fake.people.mergePullRequest(number, 'rebase', { deleteBranch: true });
    await look();
    await octokit.repos.checkCollaborator({ ...here, username: 'mona' });
    assert.is((await octokit.pulls.get(pull)).data.merged, true);
    assert.equal(fake.violations, []);
  }));

test.run();
