/** Why a question to `url` has no answer, in the words of whoever refused it. */
export function whyUnanswered({ name, message, cause }: Error, url: string): string {
  const { host } = new URL(url);
  if (name === 'TimeoutError') return `${host} did not answer in time`;
  // Where a name has several addresses, the cause is a bundle of causes without a message of its own.
  const causes: readonly unknown[] = cause instanceof AggregateError ? cause.errors : [cause];
  const said = causes.flatMap((one) => (one instanceof Error && one.message !== '' ? [one.message] : []));
  return `${host} could not be asked: ${said.length === 0 ? message : said.join('; ')}`;
}
