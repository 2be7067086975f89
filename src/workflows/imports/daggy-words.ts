import { KnownNames } from "../document/names.ts";
import type { Path } from "../document/tree.ts";
import type { ForeignTree, Placed } from "./foreign-tree.ts";

/** Daggy is written in C++ (`c`) or in Rust (`rust`), whose documents have other words. */
export type Dialect = "c" | "rust";

/** What a word means, by the spellings of both dialects. */
type Spellings<Meaning extends string> = Readonly<Record<string, Meaning | undefined>>;

export type TaskWord =
  | "job"
  | "retries"
  | "interval"
  | "parents"
  | "children"
  | "generator"
  | "parameters"
  | "name"
  /** What answers of a server say of a task, and may be sent back. */
  | "bookkeeping"
  /** A word of a job that stands beside it, as the README's table has it. */
  | "jobWord";

export const TASK_WORDS: Spellings<TaskWord> = {
  ...{ job: "job", details: "job", parameters: "parameters", parents: "parents", children: "children", name: "name" },
  ...{ maxRetries: "retries", max_retries: "retries", retryIntervalSeconds: "interval", retry: "interval" },
  ...{ isGenerator: "generator", is_generator: "generator", command: "jobWord", commandString: "jobWord" },
  ...{ run_id: "bookkeeping", retries: "bookkeeping", task_type: "bookkeeping", expansion_values: "bookkeeping" },
};

export type JobWord =
  | "command"
  | "environment"
  | "cores"
  | "memory"
  | "tmpDisk"
  | "priority"
  | "timeout"
  | "user"
  | "workDir"
  | "tmpDir"
  | "resources"
  | "secret";

export const JOB_WORDS: Spellings<JobWord> = {
  ...{ command: "command", commandString: "command", environment: "environment" },
  ...{ cores: "cores", minCPUs: "cores", min_cpus: "cores" },
  ...{ memoryMB: "memory", minMemoryMB: "memory", min_memory_mb: "memory" },
  ...{ minTmpDiskMB: "tmpDisk", min_tmp_disk_mb: "tmpDisk", priority: "priority", resources: "resources" },
  ...{ timeout: "timeout", timeLimitSeconds: "timeout", time_limit_seconds: "timeout" },
  ...{ userID: "user", user: "user", workDir: "workDir", tmpDir: "tmpDir", logdir: "tmpDir", jwt_token: "secret" },
};

/** Entries of an object by what they mean. What means nothing is told, and left out; of two with one meaning the last counts. */
export function wordsIn<Meaning extends string>(
  placed: Placed,
  spellings: Spellings<Meaning>,
  about: Path,
  foreign: ForeignTree,
): ReadonlyMap<Meaning, Placed & { readonly spelling: string }> {
  const words = new Map<Meaning, Placed & { readonly spelling: string }>();
  for (const [spelling, inner] of foreign.object(placed)) {
    const meaning = Object.hasOwn(spellings, spelling) ? spellings[spelling] : undefined;
    if (meaning === undefined) {
      noteUnknown(spelling, inner.path, Object.keys(spellings), about, foreign);
      continue;
    }
    const other = words.get(meaning);
    if (other !== undefined && meaning !== "bookkeeping" && meaning !== "jobWord") {
      foreign.refuse(inner.path, `says the same as ${other.spelling}`, "leave one of them out", "key");
    }
    words.set(meaning, { ...inner, spelling });
  }
  return words;
}

/** Daggy passes over words that it does not know; so does this, but not in silence. */
export function noteUnknown(
  word: string,
  path: Path,
  known: readonly string[],
  about: Path,
  foreign: ForeignTree,
): void {
  const meant = new KnownNames(() => known).nearest(word);
  const shown = JSON.stringify(word);
  foreign.note(
    about,
    path,
    `${shown} means nothing, and is left out${meant === undefined ? "" : ` (did you mean ${meant}?)`}`,
  );
}
