// [IO]
import { spawnSync } from 'node:child_process';

type Environment = Readonly<Record<string, string | undefined>>;

/** From the environment, then from where people keep theirs. */
export function findToken(server: string, env: Environment): string | undefined {
  const given = env.GITHUB_TOKEN || env.GH_TOKEN;
  if (given) return given;
  const host = server.replace(/^https?:\/\//, '');
  const gh = output('gh', ['auth', 'token', '--hostname', host], env);
  if (gh) return gh;
  const quiet = { ...env, GIT_TERMINAL_PROMPT: '0', GIT_ASKPASS: 'true', SSH_ASKPASS: 'true' };
  const answer = output('git', ['credential', 'fill'], quiet, `protocol=https\nhost=${host}\n\n`);
  return /^password=(.+)$/m.exec(answer ?? '')?.[1];
}

function output(command: string, args: readonly string[], env: Environment, input?: string): string | undefined {
  const { status, stdout } = spawnSync(command, args, {
    env,
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'ignore'],
    timeout: 10_000,
    ...(input !== undefined && { input }),
  });
  return status === 0 ? stdout.trim() || undefined : undefined;
}
