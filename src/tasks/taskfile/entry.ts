import type { Diagnostic } from "../../domain/errors.ts";
import type { TaskTerms } from "../../domain/terms/task-terms.ts";

/**
 * What a task file says, in its order. Entries are not numbered yet and a repeat is still one entry: numbers are given,
 * and repeats written out, only as far as tasks are asked for.
 */
export type Entry = CommandEntry | RepeatEntry | BarrierEntry | PerEngineEntry | ProblemEntry;

/** A task line. */
interface CommandEntry {
  readonly kind: "command";
  readonly line: number;
  /** Prefix and suffix included. */
  readonly command: string;
  /** Those of the run, of the directive above and of the line itself. */
  readonly terms: TaskTerms | undefined;
}

/** `count` tasks with the indexes `start`, `start + step` and so on, all of which are safe integers. */
export interface RepeatEntry {
  readonly kind: "repeat";
  readonly line: number;
  readonly count: number;
  readonly start: number;
  readonly step: number;
  /** Prefix and suffix included. */
  readonly command: string;
  readonly terms: TaskTerms | undefined;
}

interface BarrierEntry {
  readonly kind: "barrier";
  readonly line: number;
  readonly check: boolean;
  /** Name for a key-value server; never empty. */
  readonly key?: string;
  /** The line as it stands in the file. */
  readonly text: string;
}

interface PerEngineEntry {
  readonly kind: "per-engine";
  readonly when: "start" | "stop";
  readonly line: number;
  /** Prefix and suffix included. */
  readonly command: string;
}

/** An error or a warning, at its place among the other entries. */
export interface ProblemEntry {
  readonly kind: "problem";
  readonly diagnostic: Diagnostic;
}
