import type { DocumentArchive } from "../../workflows/history/record.ts";
import type { ForeignForm } from "../../workflows/imports/formats.ts";

/** What is wanted of a document. */
export interface WorkflowRequest {
  /** Path of the document. */
  readonly file: string;
  /** In which format it is written; undefined for ours. */
  readonly form?: ForeignForm | undefined;
  /** Its texts, where they are not read from files. */
  readonly archive: DocumentArchive | undefined;
  /** Names of tasks and instances that are to be done; none for all that nothing needs. */
  readonly goals: readonly string[];
  /** Instances that run even if they are done, and all that depends on them. */
  readonly from: readonly string[];
  /** What depends on those of `from` is left as it is. */
  readonly only: boolean;
  /** Instances that run even if they are done; what depends on them goes by its rules. */
  readonly force: readonly string[];
  /** Instances that have failed run even if their files say that they are done. */
  readonly retriesFailed?: boolean | undefined;
  /** No instance is reused. */
  readonly noCache: boolean;
  /** Only some instances of an earlier run are run again; its goals stay what the document is run for. */
  readonly isPart: boolean;
  /** Values of parameters, as text. */
  readonly params: Readonly<Record<string, string>>;
  /** The document is refused when it has more instances. */
  readonly maxInstances: number;
  /** Where secrets are read that are not in the environment. */
  readonly secretsFile: string | undefined;
}

/** Instances that a document may have unless the user wants more. */
export const MOST_INSTANCES = 1_000_000;
