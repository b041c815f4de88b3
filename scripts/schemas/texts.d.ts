// What scripts/schemas/build.mjs generates beside the compiled sources.

/** The files of generated/types, path to text: they are part of what `compile` emits. */
export const typeTexts: Readonly<Record<string, string>>;
