// [IO]
import { type Command, InvalidArgumentError } from 'commander';

/** Reads the URL of a Prometheus or of Thanos Query. One with credentials is refused without repeating it: it would be in the logs. */
export function queryUrl(command: Command, option: string): (text: string) => string {
  return (text) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    const isPlain = url !== undefined && [url.username, url.password, url.search, url.hash].every((part) => part === '');
    if (!isPlain || !/^https?:$/.test(url.protocol))
      command.error(
        `error: ${option} takes an http or https address without credentials: a token is given by --token-file or FLEETC_QUERY_TOKEN.`,
      );
    return text;
  };
}

/** Reads the longest wait for an answer, in seconds. */
export function longestWait(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 600)) throw new InvalidArgumentError('It is a number of seconds, at most 600.');
  return value;
}
