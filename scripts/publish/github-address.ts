/** Where GitHub is and which repository is meant. */
export interface GitHubAddress {
  /** `https://api.github.com`, `https://HOST/api/v3`, `https://api.NAME.ghe.com` */
  readonly api: string;
  /** For people, and for git. */
  readonly server: string;
  readonly owner: string;
  readonly repo: string;
}

/** From the option, the environment of GitHub Actions, and the inventory's clone URL, in this order. */
export function gitHubAddress(given: {
  readonly repository?: string | undefined;
  readonly url: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}): GitHubAddress | string {
  const { repository, url, env } = given;
  const clone = /^(?:https:\/\/|ssh:\/\/git@|git@)([^/:]+)(?::\d+(?=\/))?[/:](.+?)(?:\.git)?\/?$/.exec(url);
  const name = repository ?? env.GITHUB_REPOSITORY ?? clone?.[2];
  const [owner, repo, ...more] = name?.split('/') ?? [];
  if (!owner || !repo || more.length > 0)
    return `"${name}" is no repository of GitHub: name it with --repository OWNER/NAME, or publish with --to git`;
  const server = withoutSlash(env.GITHUB_SERVER_URL ?? `https://${clone?.[1] ?? 'github.com'}`);
  return { api: withoutSlash(env.GITHUB_API_URL ?? apiOf(server)), server, owner, repo };
}

function apiOf(server: string): string {
  const host = server.replace(/^https?:\/\//, '');
  if (host === 'github.com') return 'https://api.github.com';
  return host.endsWith('.ghe.com') ? `https://api.${host}` : `${server}/api/v3`;
}

const withoutSlash = (url: string): string => url.replace(/\/+$/, '');
