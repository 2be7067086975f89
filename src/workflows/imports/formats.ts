/** Formats of others whose documents are run as they are. */
export const FOREIGN_FORMATS = ["daggy"] as const;
export type ForeignFormat = (typeof FOREIGN_FORMATS)[number];

/** Formats that documents of ours are made from: those, and task files. */
export const IMPORT_FORMATS = [...FOREIGN_FORMATS, "tasks"] as const;
export type ImportFormat = (typeof IMPORT_FORMATS)[number];

/** Whether a word is the name of a format whose documents are run as they are. */
export function isForeignFormat(word: string): word is ForeignFormat {
  return FOREIGN_FORMATS.some((format) => format === word);
}

/** In which format a document is written that is not ours, and how it is to be understood. */
export interface ForeignForm {
  readonly format: ForeignFormat;
}
