import { ENGINE_MARK, MARK_SEPARATOR } from "../../domain/engine.ts";
import type { EngineTerms } from "../../domain/engine-terms.ts";
import type { Environment } from "../../domain/environment.ts";
import { endingWords } from "../../domain/ending-words.ts";
import type { Assignment, PerEngineCommand, Task } from "../../domain/task.ts";

/** The environment of tasks while it is put together. */
export type TaskEnvironment = Record<string, string | undefined>;

/** The variables that have a value. */
export function variablesOf(env: Environment): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

export interface SlotEnvironmentOptions {
  /** What the engine itself was given. */
  readonly base: Environment;
  /** The same for every task of the run. */
  readonly common: Environment;
  readonly engineId: string;
  readonly engineRank: number;
  /** -1 for per-engine commands. */
  readonly slot: number;
  readonly coresPerSlot: number;
  readonly terms: Pick<EngineTerms, "resources" | "threadEnv">;
}

/** What OpenMP programs go by, and libraries that have nothing of their own set. */
const OPENMP = "OMP_NUM_THREADS";
const THREADS = [OPENMP, "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"] as const;

/** What all tasks of one slot have in common. Per-engine commands get the resources of slot 0. */
export function slotEnvironment(options: SlotEnvironmentOptions): TaskEnvironment {
  const env: TaskEnvironment = { ...options.base, ...options.common, ...shellLevel(options.base) };
  // Within a task of another run the marks add up, so that either run finds all its processes.
  env[ENGINE_MARK] = [options.base[ENGINE_MARK], options.engineId].filter(Boolean).join(MARK_SEPARATOR);
  env["DISBATCH_ENGINE_RANK"] = String(options.engineRank);
  env["DISBATCH_CYLINDER_RANK"] = String(options.slot);
  env["DISBATCH_CORES_PER_TASK"] = String(options.coresPerSlot);
  if (options.terms.threadEnv) Object.assign(env, threadVariables(env, options.coresPerSlot));
  return Object.assign(env, dealtOut(options.terms.resources, options.base, options.slot));
}

/** How many threads libraries are told to use. Where the user has set the first of the variables the libraries follow that. */
export function threadVariables(env: Environment, threads: number): Record<string, string> {
  if (env[OPENMP] !== undefined) return {};
  const unset = THREADS.filter((name) => env[name] === undefined);
  return Object.fromEntries(unset.map((name) => [name, String(threads)]));
}

/** What one slot gets of the variables whose comma-separated values are dealt out. */
export function dealtOut(resources: readonly string[], base: Environment, slot: number): Environment {
  const env: TaskEnvironment = {};
  for (const name of resources) {
    const values = base[name]?.split(",");
    if (values !== undefined) env[name] = values[Math.max(0, slot)] ?? "";
  }
  return env;
}

/**
 * A bash that finds itself at the top of a login over SSH reads the user's start-up file, also for a single command. The
 * login shell has read it already, and what it exported is here; so tasks are to be one level further down.
 */
function shellLevel({ SSH_CLIENT, SSH2_CLIENT, SHLVL }: Environment): Environment {
  const overSsh = SSH_CLIENT !== undefined || SSH2_CLIENT !== undefined;
  return overSsh && !(Number(SHLVL) > 0) ? { SHLVL: "1" } : {};
}

/** Which start of a task it is, and what came of the tries before. */
export type Try = Pick<Assignment, "attempt" | "failures" | "lastEnding">;

/** Sets what is a task's own, in place: an environment is large, and is read only while a child is being started. */
export function setTaskVariables(env: TaskEnvironment, task: Task | PerEngineCommand, which: Try): void {
  const repeatIndex = task.kind === "task" ? task.repeatIndex : -1;
  env["DISBATCH_ATTEMPT"] = String(which.attempt);
  env["DISBATCH_RETRY"] = String(which.failures ?? 0);
  env["DISBATCH_LAST_ENDING"] = which.lastEnding === undefined ? "" : endingWords(which.lastEnding);
  env["DISBATCH_TASKID"] = String(task.id);
  env["DISBATCH_TASKID_ZP"] = zeroPadded(task.id);
  env["DISBATCH_STREAM_INDEX"] = String(task.line);
  env["DISBATCH_STREAM_INDEX_ZP"] = zeroPadded(task.line);
  env["DISBATCH_REPEAT_INDEX"] = String(repeatIndex);
  env["DISBATCH_REPEAT_INDEX_ZP"] = zeroPadded(repeatIndex);
}

/** By these the processes of an engine, of a slot, and of a task are found. */
const MARKS = [ENGINE_MARK, "DISBATCH_TASKID", "DISBATCH_ATTEMPT", "DISBATCH_CYLINDER_RANK"] as const;

/**
 * The environment of a task with variables of its own, which count more than all others but those by which its processes are found.
 *
 * @param slot of its slot.
 * @param given what it has been given there.
 */
export function ownEnvironment(slot: Environment, given: Environment | undefined, own: Environment): Environment {
  const env: TaskEnvironment = { ...slot, ...given, ...own };
  for (const name of MARKS) env[name] = given?.[name] ?? slot[name];
  return env;
}

/** Variables by whose values the processes of one start of a task are told from all others of its engine. */
export function taskMark(task: { readonly taskId: number; readonly attempt: number; readonly slot: number }) {
  return {
    DISBATCH_TASKID: String(task.taskId),
    DISBATCH_ATTEMPT: String(task.attempt),
    DISBATCH_CYLINDER_RANK: String(task.slot),
  };
}

/** Six places, a minus sign included: Python's `%06d`. */
function zeroPadded(n: number): string {
  return n < 0 ? `-${String(-n).padStart(5, "0")}` : String(n).padStart(6, "0");
}
