/**
 * Text as text, in Markdown and in the HTML within it: what could be structure becomes an entity, which never is. An entity does not stop
 * GitHub from seeing a mention, a reference or an emoji, as it looks for them after Markdown; a space of no width does.
 */
export function prose(text: string): string {
  return text
    .replace(/[&<>"'|\\`*[\]~$]/g, entity)
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, entity)
    .replaceAll('@', `@${nothing}`)
    .replace(/(?<![&])#(?=\d)/g, `#${nothing}`)
    .replace(/GH-(?=\d)/gi, (found) => found + nothing)
    .replace(/:(?=[\w+-]+:)/g, `:${nothing}`)
    .replace(/:\/\//g, ':&#47;/')
    .replace(/\bwww\./gi, (found) => found.replace('.', '&#46;'))
    .replace(/^[-+#=]/, entity)
    .replace(/^(\d+)([.)])/, (_, digits: string, mark: string) => digits + entity(mark));
}

const nothing = '&#8203;';

/** What a reader may want to copy, as it is. Links and mentions do not happen in code. */
export const code = (text: string): string =>
  /^(?! )[^`|\\]*[^`|\\ ]$/.test(text) ? `\`${text}\`` : `<code>${text.replace(/[^\p{L}\p{N} -]/gu, entity)}</code>`;

/** A fence that nothing in the text closes. */
export function fence(language: string, text: string): string {
  const runs = text.match(/`+/g) ?? [];
  const marks = '`'.repeat(runs.reduce((longest, run) => Math.max(longest, run.length + 1), 3));
  return `${marks}${language}\n${text.replace(/\n$/, '')}\n${marks}`;
}

const entity = (character: string): string => `&#${character.codePointAt(0)};`;
