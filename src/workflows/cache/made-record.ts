/** What a cached instance was made from, and what it made: one record of `PREFIX_cache.jsonl`. */
export interface MadeRecord {
  readonly type: "made";
  /** Name of the instance. */
  readonly instance: string;
  /** Number of the run in its prefix. */
  readonly run: number;
  /** Host where it ran. */
  readonly node: string;
  /** Unix time in seconds. */
  readonly start: number;
  readonly finish: number;
  readonly ingredients: Ingredients;
  /** Digests by path, for each output by name. */
  readonly outputs: Readonly<Record<string, FileDigest>>;
}

/** What decides about what an instance makes. Equal ingredients make equal outputs. */
export interface Ingredients {
  /**
   * Digests of what its task says, by part and name: `command`, `shell`, `workdir`, `secrets`, `env NAME`, `param NAME`; and
   * `input NAME` for one that is a list. An end that is not `done`, of something that it needs, is an `env STATE_task`.
   */
  readonly said: Readonly<Record<string, string>>;
  readonly code: readonly FileDigest[];
  /** By name of input; in the order in which the command gets them. */
  readonly inputs: Readonly<Record<string, readonly FileDigest[]>>;
}

/** Contents of a file or folder. */
export interface FileDigest {
  /** As the document has it: absolute, or from the folder of the run's tasks. */
  readonly path: string;
  /** Hexadecimal; or why there is none, for a file as it is now. */
  readonly digest: string;
  /** The stamp that the file of a record has as long as its contents are sure to be these. */
  readonly stamp?: string | undefined;
}
