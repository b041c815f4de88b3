import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly 'timeout-minutes'?: number;
  readonly environment?: string;
  readonly steps: readonly Step[];
}
interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: unknown;
  readonly concurrency: { readonly 'cancel-in-progress': boolean };
  readonly jobs: Readonly<Record<string, Job>>;
}

const folder = '.github/workflows';
const texts = new Map(readdirSync(folder).map((file) => [file, readFileSync(`${folder}/${file}`, 'utf8')]));
const workflows = [...texts].map(([file, text]) => ({ file, ...(parse(text) as Workflow) }));
const jobs = workflows.flatMap(({ file, jobs: all }) =>
  Object.entries(all).map(([name, job]) => ({ at: `${file} ${name}`, file, ...job })),
);
const steps = jobs.flatMap(({ at, steps: all }) => all.map((step) => ({ at, ...step })));

test('every action is pinned by commit, its version beside it', () => {
  for (const [file, text] of texts)
    for (const [line] of text.matchAll(/^.*\buses:.*$/gm)) assert.match(line, /uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/, file);
});

test('nobody has a right that a job did not ask for, and every job ends', () => {
  for (const { file, permissions } of workflows) assert.equal(permissions, {}, file);
  for (const { at, permissions, 'timeout-minutes': minutes } of jobs) {
    assert.ok(permissions, at);
    assert.ok(minutes, at);
  }
  const writes = jobs.flatMap(({ at, permissions = {} }) =>
    Object.entries(permissions)
      .filter(([, right]) => right === 'write')
      .map(([what]) => `${at}: ${what}`),
  );
  assert.equal(writes.sort(), ['drift.yml drift: issues', 'plan-comment.yml comment: pull-requests']);
});

test('what runs the code of a pull request has no secret and no right to write', () => {
  assert.not(workflows.some(({ on }) => 'pull_request_target' in on));
  const ofPullRequests = workflows.filter(({ on }) => 'pull_request' in on).map(({ file }) => file);
  assert.equal(ofPullRequests.sort(), ['check.yml', 'plan.yml']);
  for (const { at, file, permissions, environment } of jobs)
    if (ofPullRequests.includes(file)) assert.equal([permissions, environment], [{ contents: 'read' }, undefined], at);
  for (const file of ofPullRequests) assert.not.match(texts.get(file) ?? '', /secrets\.|github\.token/);
});

test('what has such a right checks out nothing of a pull request', () => {
  const comment = workflows.find(({ file }) => file === 'plan-comment.yml');
  assert.equal(Object.keys(comment?.on ?? {}), ['workflow_run']);
  for (const { at, uses, with: inputs } of steps)
    if (uses?.startsWith('actions/checkout@')) {
      assert.is(inputs?.['persist-credentials'], false, at);
      assert.ok(inputs?.ref === undefined || inputs.ref === 'main', at);
    }
});

test('no expression is pasted into a script', () => {
  for (const { at, run } of steps) assert.not.match(run ?? '', /\$\{\{/, at);
});

test('no required check is skipped by a path filter', () => {
  for (const { file, on } of workflows) assert.not.match(JSON.stringify(on), /"paths/, file);
});

test('a publisher is never cut off', () => {
  assert.is(workflows.find(({ file }) => file === 'publish.yml')?.concurrency['cancel-in-progress'], false);
});

test.run();
