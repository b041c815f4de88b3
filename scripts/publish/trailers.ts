/** What each commit says of itself, at the end of its message. */
export interface Trailers {
  /** The commit's own tree: proof that nobody changed the commit since. */
  readonly 'Compiled-Tree': string;
  /** SHA-256 of the inventory that was compiled. */
  readonly 'Inventory-Digest': string;
  readonly 'Compiler-Version': string;
  /** Git tree of a whole fresh compile: the folders base, generated and overlays. */
  readonly 'Output-Root': string;
  /** SHA-256 of what the commit changes: the same change of the same files needs no other commit. */
  readonly 'Change-Digest': string;
}

const names = ['Compiled-Tree', 'Inventory-Digest', 'Compiler-Version', 'Output-Root', 'Change-Digest'] as const;

export const withTrailers = (message: string, trailers: Trailers): string =>
  `${message.trimEnd()}\n\n${names.map((name) => `${name}: ${trailers[name]}`).join('\n')}\n`;

/** The trailers of a message, from its last paragraph only; undefined unless all are there. */
export function trailersOf(message: string): Trailers | undefined {
  const paragraph = message.replaceAll('\r\n', '\n').trimEnd().split(/\n\n+/).at(-1) ?? '';
  const found = new Map(
    paragraph.split('\n').flatMap((line): [string, string][] => {
      const match = /^([A-Za-z-]+): (\S+)$/.exec(line);
      return match ? [[match[1] as string, match[2] as string]] : [];
    }),
  );
  return names.every((name) => found.has(name)) ? (Object.fromEntries(found) as unknown as Trailers) : undefined;
}
