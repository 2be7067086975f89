const ENDINGS = [".yaml", ".yml", ".json"];

/** Whether a word of a command line names a document, by its ending. */
export function isDocument(word: string | undefined): word is string {
  return word !== undefined && ENDINGS.some((ending) => word.endsWith(ending));
}
