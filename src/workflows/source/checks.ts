import type { PreviousOutcome } from "../../domain/task.ts";
import type { RunReason } from "../../domain/run-reason.ts";
import type { Instance } from "../graph/instance.ts";
import type { Earlier } from "./earlier.ts";

/** What is known of an instance, all of whose needs have come to good ends, when files are asked whether it has to run. */
export interface Question {
  readonly instance: Instance;
  /** Something that it needs has run in this run. */
  readonly isNew: boolean;
  /** What earlier runs of the prefix say. */
  readonly earlier: Earlier;
  /** Somebody has asked for it to run. */
  readonly isForced: boolean;
}

/** What comes of an instance. */
export type Verdict =
  /** It is done as its rule says, and nothing is written of it. */
  | { readonly fate: "done" }
  /** What an earlier run has made still holds. `previous` gets a row, unless the records of the prefix say it already. */
  | { readonly fate: "reused"; readonly from: ReusedRun; readonly previous: PreviousOutcome | undefined }
  /** Others were to make this file, and have not: it is blocked. */
  | { readonly fate: "missing"; readonly path: string }
  | { readonly fate: "runs"; readonly reason: RunReason };

/** The run whose work is reused. */
export interface ReusedRun {
  /** Number in its prefix. */
  readonly run: number;
  /** Unix time in seconds at which the instance ended. */
  readonly time: number;
  /** Host where it ran. */
  readonly node: string;
}

/** Looks at files to decide about instances. */
export interface Checks {
  /** Whether files of instances of the template decide about anything. */
  looksAt(template: number): boolean;
  /** Asked once for each instance of such a template, in a run. An answer that takes long lets the rest of the process go on. */
  check(question: Question): Verdict | Promise<Verdict>;
  /** An instance is given out, whether it was asked about or not. It may begin when what this returns has ended. */
  givesOut?(instance: Instance): void | Promise<void>;
  /** More may need instances of templates than before. */
  templatesCame?(): void;
}
