import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Resource } from '../../scripts/kubernetes/resource.ts';
import { differ, unified } from '../../scripts/plan/object-diff.ts';

const object = (kind: string, fields: object): Resource => ({ apiVersion: 'v1', kind, metadata: { name: 'x' }, ...fields });
const diff = (before: Resource | undefined, after: Resource | undefined) => differ()(before, after);
const lines = (count: number, prefix = '') => Array.from({ length: count }, (_, i) => `${prefix}${i}`);

test('a text in a ConfigMap is compared line by line, with three lines around', () => {
  const text = (value: string) =>
    object('ConfigMap', { data: { 'a.yml': `${lines(5, 'before ').join('\n')}\nkey: ${value}\n${lines(5, 'after ').join('\n')}\n` } });
  assert.is(
    diff(text('1'), text('2')),
    `@@ -9,7 +9,7 @@
     before 2
     before 3
     before 4
-    key: 1
+    key: 2
     after 0
     after 1
     after 2
`,
  );
});

test('an object that comes or goes is shown whole', () => {
  assert.is(diff(undefined, object('A', {})), '@@ -0,0 +1,4 @@\n+apiVersion: v1\n+kind: A\n+metadata:\n+  name: x\n');
  assert.is(diff(object('A', {}), undefined), '@@ -1,4 +0,0 @@\n-apiVersion: v1\n-kind: A\n-metadata:\n-  name: x\n');
});

test('the bytes of a Secret are hidden, and a change of them can be seen', () => {
  const text = diff(object('Secret', { data: { a: 'b25l', b: 'c2FtZQ==' } }), object('Secret', { data: { a: 'dHdv', b: 'c2FtZQ==' } }));
  assert.match(text, '-  a: (secret 1)\n+  a: (secret 3)\n   b: (secret 2)');
  for (const secret of ['b25l', 'dHdv', 'c2FtZQ']) assert.not.match(text, secret);
});

const tokens = [
  'ghp_0123456789abcdefghijABCDEFGHIJ012345',
  'github_pat_0123456789abcdefghij_ABCDEFGHIJ',
  'glpat-0123456789abcdefghij',
  'AKIA0123456789ABCDEF',
  'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl',
  'https://user:hunter2-hunter2@example.org/',
  'password: hunter2-hunter2',
  'secret_key: "hunter2-hunter2"',
  'Authorization: Bearer hunter2-hunter2-hunter2',
  '-----BEGIN RSA PRIVATE KEY-----\nhunter2\n-----END RSA PRIVATE KEY-----',
];
for (const token of tokens)
  test(`what looks like a secret is hidden anywhere: ${token.slice(0, 12)}`, () => {
    const text = diff(object('ConfigMap', { data: { a: 'x' } }), object('ConfigMap', { data: { a: token } }));
    assert.match(text, '(masked 1)');
    assert.not.match(text, /hunter2|0123456789|c2lnbmF0/);
  });

test('what Argo CD or Prometheus name is not hidden', () => {
  const harmless = 'credentials_file: /var/run/secrets/token\npassword_file: /etc/x\nkey_file: tls.key\nexpr: rate(x{code=~"2.."}[5m])\n';
  assert.match(
    diff(undefined, object('ConfigMap', { data: { a: harmless } })),
    '+    credentials_file: /var/run/secrets/token\n+    password_file: /etc/x\n',
  );
});

test('a text that YAML 1.1 does not know is shown all the same', () => {
  assert.match(diff(undefined, object('ConfigMap', { data: { a: 'x\u2028y' } })), /^\+.*x\u2028y/m);
});

test('long lists in which too much differs are told by the lines of one side, and cut', () => {
  const text = unified(lines(3000, 'a'), [...lines(3000, 'b'), 'a7']);
  assert.match(text, /^@@ too much differs between 3000 and 3001 lines/);
  assert.not.match(text, /^[-+]a7$/m);
  assert.match(text, /@@ 4000 lines more @@\n$/);
});

test.run();
