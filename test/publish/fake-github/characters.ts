/** As GitHub counts: an emoji is one, though JavaScript holds two units for it. */
export const characters = (text: string): number => Array.from(text).length;
