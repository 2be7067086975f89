/** Formats of others whose documents are run as they are. */
export const FOREIGN_FORMATS = ["daggy", "stolos"] as const;
export type ForeignFormat = (typeof FOREIGN_FORMATS)[number];

/** Formats that documents of ours are made from: those, and task files. */
export const IMPORT_FORMATS = [...FOREIGN_FORMATS, "tasks"] as const;
export type ImportFormat = (typeof IMPORT_FORMATS)[number];

/** Whether a word is the name of a format whose documents are run as they are. */
export function isForeignFormat(word: string): word is ForeignFormat {
  return FOREIGN_FORMATS.some((format) => format === word);
}

/** How groups of `depends_on` are understood. */
export const GROUPS_READINGS = ["any", "all"] as const;
export type GroupsReading = (typeof GROUPS_READINGS)[number];

/** In which format a document is written that is not ours, and how it is to be understood. */
export interface ForeignForm {
  readonly format: ForeignFormat;
  /** The reading `all` of Stolos: a job needs all groups that are for it, and not one of them. */
  readonly groups?: GroupsReading | undefined;
  /** The template of job ids of those apps of Stolos that have none. */
  readonly jobIdTemplate?: string | undefined;
}
