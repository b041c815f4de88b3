import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ForgeFailure, scrub } from '../../scripts/publish/failure.ts';
import { gitHubAddress } from '../../scripts/publish/github-address.ts';
import { mergeInventory } from '../../scripts/publish/inventory-merge.ts';
import { type Marker, ourPart, regenerateBox, textDigest, wantsRegeneration, withOurPart } from '../../scripts/publish/marker.ts';
import { waitBefore } from '../../scripts/publish/retry.ts';
import { trailersOf, withTrailers } from '../../scripts/publish/trailers.ts';
import { refuseOutside } from '../../scripts/publish/wanted.ts';

const trailers = {
  'Compiled-Tree': 'a'.repeat(40),
  'Inventory-Digest': 'b'.repeat(64),
  'Compiler-Version': '0.1.0',
  'Output-Root': 'c'.repeat(40),
  'Change-Digest': 'd'.repeat(64),
};

test('trailers come back from a message, with whatever a server does to its blanks', () => {
  const message = withTrailers('fleetc: compile\n\n3 files.', trailers);
  for (const text of [message, message.trimEnd(), message.replaceAll('\n', '\r\n'), `${message}\n\n`])
    assert.equal(trailersOf(text), trailers);
  // Another paragraph behind makes it another message.
  assert.is(trailersOf(`${message}\nAnd more.`), undefined);
  assert.is(trailersOf(message.replace('Compiled-Tree', 'Compiled-Free')), undefined);
  assert.is(trailersOf(''), undefined);
});

const marker: Marker = { v: 1, group: 'fleet', base: 'main', tree: 'a', change: 'b', order: 'c', title: 'd', text: 'e' };

test('case 48: a marker is read again, whatever the names in it', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('-', '>', '<', '!', '"', '\\', '|', '`', '@', '😀', 'a', '\n') }), (base) => {
      const body = withOurPart('', { marker: { ...marker, base }, text: 'text' });
      assert.is(ourPart(body)?.marker.base, base);
      assert.is(body.match(/-->/g)?.length, 2);
    }),
  );
});

test('what others wrote around our part stays, and our part is replaced', () => {
  const first = withOurPart('Mine.', { marker, text: 'one' });
  const second = withOurPart(`${first}More.`, { marker, text: 'two' });
  assert.ok(second.startsWith('Mine.\n\n<!-- fleetc:'));
  assert.ok(second.endsWith('More.'));
  assert.is(ourPart(second)?.text, 'two');
  assert.is(ourPart(second.replaceAll('\n', '\r\n'))?.text, 'two');
  assert.is(second.split('<!-- fleetc:{').length, 2);
});

test('a body without our part, or with a broken one, has none', () => {
  for (const body of ['', null, undefined, 'text', '<!-- fleetc:{"v":2} -->', '<!-- fleetc:{oops} -->'])
    assert.is(ourPart(body), undefined);
});

test('a ticked box is seen, an empty one is not, and one in a quotation neither', () => {
  assert.is(wantsRegeneration(regenerateBox), false);
  assert.is(wantsRegeneration(`text\r\n${regenerateBox.replace('[ ]', '[x]')}\r\n`), true);
  assert.is(wantsRegeneration(`> ${regenerateBox.replace('[ ]', '[x]')}`), false);
});

test('the digest of a text does not see blanks', () => {
  assert.is(textDigest('a  b\n'), textDigest(' a\r\nb'));
  assert.is.not(textDigest('ab'), textDigest('a b'));
});

test('the inventory is merged file by file', () => {
  const files = (words: string) =>
    new Map(
      words
        .split(' ')
        .filter(Boolean)
        .map((word): [string, string] => [word[0] ?? '', word.slice(1)]),
    );
  const cases = [
    ['a1', 'a1', 'a1', 'a1', ''],
    ['a2', 'a1', 'a1', 'a2', ''],
    ['a1', 'a1', 'a2', 'a2', ''],
    ['a2', 'a1', 'a2', 'a2', ''],
    ['', 'a1', 'a1', '', ''],
    ['a1', 'a1', '', '', ''],
    ['a1', '', '', 'a1', ''],
    ['', '', 'a1', 'a1', ''],
    ['a2', 'a1', 'a3', 'a2', 'a'],
    ['', 'a1', 'a2', '', 'a'],
    ['a2', 'a1', '', 'a2', 'a'],
    ['a1', '', 'a2', 'a1', 'a'],
    ['a2 b1', 'a1 b1', 'a1 b2 c1', 'a2 b2 c1', ''],
  ] as const;
  for (const [mine, common, theirs, merged, conflicts] of cases) {
    const result = mergeInventory(files(mine), files(common), files(theirs));
    assert.equal(result.conflicts.join(), conflicts, `${mine} | ${common} | ${theirs}`);
    if (conflicts === '') assert.equal(result.sources, files(merged), `${mine} | ${common} | ${theirs}`);
  }
});

test('case 52: paths outside of our folders, and ways out of them, are refused at the last door', () => {
  for (const path of ['clusters/a.ts', 'base/parts/a/b', 'generated/argocd/root.yaml']) refuseOutside(path);
  for (const path of [
    '.github/workflows/x',
    'README.md',
    'base',
    'base/../.github/x',
    'overlays//a',
    'overlays/./a',
    'base/.git/config',
    'base/.GIT/x',
    '/base/a',
    '',
  ])
    assert.throws(() => refuseOutside(path), /bug/, path);
});

test('case 49: nothing that looks like a credential gets through', () => {
  const token = 'v1.0123456789abcdef';
  const secrets = [
    `https://x-access-token:${token}@github.com/a/b`,
    'ghp_abcdefghijklmnopqrstuvwxyz0123456789',
    'github_pat_11AAAA_bbbb',
    'Authorization: Basic eC1hY2Nlc3MtdG9rZW46YWJj',
    token,
  ];
  const clean = scrub(secrets.join(' '), [token]);
  for (const part of [token, 'abcdefghijklm', '11AAAA', 'eC1hY2Nlc3']) assert.not.ok(clean.includes(part), clean);
  const failure = new ForgeFailure({
    status: 422,
    method: 'POST',
    route: '/repos/{owner}/{repo}/git/trees',
    isLost: false,
    said: 'no',
    requestId: 'A1',
  });
  assert.is(failure.message, 'POST /repos/{owner}/{repo}/git/trees: 422 no (request A1)');
  assert.equal(Object.keys(failure).sort(), ['isLost', 'method', 'name', 'requestId', 'route', 'said', 'status']);
});

test('where GitHub is', () => {
  const address = (url: string, env: Readonly<Record<string, string>> = {}, repository?: string) => gitHubAddress({ url, env, repository });
  const dotcom = { api: 'https://api.github.com', server: 'https://github.com', owner: 'example', repo: 'fleet' };
  for (const url of [
    'https://github.com/example/fleet.git',
    'https://github.com/example/fleet',
    'git@github.com:example/fleet.git',
    'ssh://git@github.com/example/fleet.git',
  ])
    assert.equal(address(url), dotcom, url);
  assert.equal(address('https://ghe.local/example/fleet.git'), { ...dotcom, api: 'https://ghe.local/api/v3', server: 'https://ghe.local' });
  assert.equal(address('https://acme.ghe.com/example/fleet.git'), {
    ...dotcom,
    api: 'https://api.acme.ghe.com',
    server: 'https://acme.ghe.com',
  });
  assert.equal(
    address('https://git.local/a/b.git', {
      GITHUB_SERVER_URL: 'https://ghe.local',
      GITHUB_API_URL: 'https://ghe.local/api/v3',
      GITHUB_REPOSITORY: 'c/d',
    }),
    {
      api: 'https://ghe.local/api/v3',
      server: 'https://ghe.local',
      owner: 'c',
      repo: 'd',
    },
  );
  assert.is((address('https://github.com/a/b', {}, 'e/f') as { repo: string }).repo, 'f');
  assert.type(address('https://github.com/a/b/c.git'), 'string');
});

test('what is waited for, and how long', () => {
  const now = Date.UTC(2026, 0, 5, 9);
  const wait = (tries: number, status: number, said: string, headers = {}, canRepeat = true) =>
    waitBefore(tries, { status, headers, said }, now, canRepeat);
  assert.is(wait(1, 429, '', { 'retry-after': '7' }, false), 7_000);
  assert.is(wait(1, 403, 'secondary rate limit', {}, false), 60_000);
  assert.is(wait(3, 403, 'secondary rate limit'), 240_000);
  assert.is(wait(1, 403, 'abuse detection'), 60_000);
  assert.is(wait(1, 403, 'Resource not accessible by integration'), undefined);
  assert.is(
    wait(1, 403, 'API rate limit exceeded', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(now / 1000 + 30) }),
    31_000,
  );
  assert.is(wait(1, 503, '', { 'retry-after': '30' }), 30_000);
  assert.is(wait(1, 503, '', { 'retry-after': 'Mon, 05 Jan 2026 09:00:30 GMT' }), 30_000);
  assert.is(wait(1, 503, '', { 'retry-after': 'Tue, 29 Feb 2028 00:00:00 GMT' }), Date.UTC(2028, 1, 29) - now);
  assert.is(wait(1, 500, '', {}, false), undefined);
  assert.is(wait(4, 500, ''), undefined);
  assert.is(wait(1, 0, ''), 1_000);
  assert.is(wait(2, 422, 'Tree SHA does not exist', {}, false), 2_000);
  assert.is(wait(1, 422, 'Validation Failed; PullRequest head invalid', {}, false), 1_000);
  assert.is(wait(1, 422, 'Validation Failed; PullRequest custom A pull request already exists for a:b.', {}, false), undefined);
  assert.is(wait(1, 404, ''), undefined);
  assert.is(wait(1, 401, 'Bad credentials'), undefined);
});

test.run();
