import type { Objects } from './objects.ts';

export interface Person {
  readonly name: string;
  readonly email: string;
  /** Seconds since 1970. */
  readonly seconds: number;
}

export interface Commit {
  readonly sha: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Person;
  readonly committer: Person;
  readonly message: string;
  readonly signature: string | null;
}

export function writeCommit(objects: Objects, { tree, parents, author, committer, message, signature }: Omit<Commit, 'sha'>): string {
  const lines = [
    `tree ${tree}`,
    ...parents.map((parent) => `parent ${parent}`),
    `author ${inHeader(author)}`,
    `committer ${inHeader(committer)}`,
    // A value of several lines goes on after a space.
    ...(signature === null ? [] : [`gpgsig ${signature.replaceAll('\n', '\n ')}`]),
  ];
  return objects.write('commit', Buffer.from(`${lines.join('\n')}\n\n${message}`));
}

const inHeader = ({ name, email, seconds }: Person): string => `${name} <${email}> ${seconds} +0000`;

export async function readCommit(objects: Objects, name: string): Promise<Commit | undefined> {
  const found = await objects.read(name);
  if (found?.type !== 'commit') return undefined;
  const text = found.body.toString('utf8');
  const end = text.indexOf('\n\n');
  const headers = text
    .slice(0, end)
    .replaceAll('\n ', '\u0000')
    .split('\n')
    .map((line): [string, string] => {
      const space = line.indexOf(' ');
      return [line.slice(0, space), line.slice(space + 1).replaceAll('\u0000', '\n')];
    });
  const all = (key: string): string[] => headers.filter(([name]) => name === key).map(([, value]) => value);
  return {
    sha: found.sha,
    tree: all('tree')[0] ?? '',
    parents: all('parent'),
    author: person(all('author')[0]),
    committer: person(all('committer')[0]),
    message: text.slice(end + 2),
    signature: all('gpgsig')[0] ?? null,
  };
}

function person(header = ''): Person {
  const [, name = '', email = '', seconds = '0'] = /^(.*) <(.*)> (\d+) [+-]\d{4}$/.exec(header) ?? [];
  return { name, email, seconds: Number(seconds) };
}
