/** What a task makes: files and folders that are put in place when its command has succeeded, all of them or none. */
export interface TaskOutputs {
  /** Folder below which they are written until then: a path from the folder of the run's tasks. */
  readonly stage: string;
  readonly files: readonly TaskOutput[];
}

/** One of the files or folders that a task makes. */
export interface TaskOutput {
  /** The variable `OUT_name` has the place where the command writes it. */
  readonly name: string;
  /** Where it is put: an absolute path, or one from the folder of the run's tasks, which it does not leave then. */
  readonly path: string;
  readonly isFolder: boolean;
  /** Its contents are to be digested. */
  readonly isDigested?: boolean | undefined;
}

/** A file or folder that a task has made, as it was when it was put in place. */
export interface MadeFile {
  /** As in `TaskOutput`. */
  readonly path: string;
  /** What tells without a look at its contents whether it is still the same. */
  readonly stamp: string;
  /** The digest of its contents; missing where nobody has asked for it. */
  readonly digest?: string | undefined;
}
