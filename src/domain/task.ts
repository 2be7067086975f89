/**
 * The words of a run, from the task file's side.
 *
 * - A **task** is one shell command that is to be run once.
 * - A **stream item** is what a task source yields: a task, a barrier, a per-engine command, or a task that needs no run.
 * - A task is *admitted, assigned, started, finished* (in the engine) and *settled* (in the scheduler).
 */

import type { Ending } from "./ending.ts";
import type { CommandOutcome, TaskResult } from "./result.ts";
import type { TaskOutputs } from "./task-files.ts";
import type { TaskTerms } from "./terms/task-terms.ts";

/** One command to run. */
export interface Task {
  readonly kind: "task";
  /** TaskID: position among tasks and barriers, from 0. */
  readonly id: number;
  /** LineNum: line of the task file, or position in a stream, from 1. */
  readonly line: number;
  /** Index given by REPEAT; -1 for a task that is not repeated. */
  readonly repeatIndex: number;
  /** What bash is to run, prefix and suffix included; bytes as text, see `bytes.ts`. */
  readonly command: string;
  /** What the task needs, how long it may take, and what is done when it fails; undefined for one that runs as tasks always have. */
  readonly terms?: TaskTerms | undefined;
  /** Name by which records and people know it, where that is not its command: the instance of a workflow's document. */
  readonly name?: string | undefined;
  /** How it is started, where that is not as all tasks of the run are. */
  readonly setting?: TaskSetting | undefined;
}

/** What a task is started with, beside its command. No record has any of it: secrets may be among the variables. */
export interface TaskSetting {
  /** Variables of its own, which count more than all others. */
  readonly env: Readonly<Record<string, string>>;
  /** Where it works: an absolute path, or one from the folder of the run's tasks; missing for that folder. */
  readonly workdir?: string | undefined;
  /** Program and arguments that are started in place of a bash; the command is for people then. */
  readonly argv?: readonly string[] | undefined;
  /** Somebody waits for its end: the result is sent at once. */
  readonly isAwaited?: boolean | undefined;
  /** All that it prints on stdout goes to its source, as it comes: see `TaskSource.printed`. */
  readonly isHeard?: boolean | undefined;
  /** Files that it makes, and that are put in place when it has succeeded. */
  readonly outputs?: TaskOutputs | undefined;
}

/** What records and people know the task by. */
export function titleOf(what: Pick<Task, "name" | "command">): string {
  return what.name ?? what.command;
}

/** The task as engines tell of it: without its setting, which may be large, and hold secrets. */
export function statedTask(task: Task): Task {
  if (task.setting === undefined) return task;
  const { setting: _, ...stated } = task;
  return stated;
}

/** A task of which only the id is known. */
export function unknownTask(id: number): Task {
  return { kind: "task", id, line: 0, repeatIndex: -1, command: "" };
}

/** A task that runs, as its engine sees it. */
export interface RunningTask {
  readonly taskId: number;
  readonly attempt: number;
  /** Rank of the slot within its engine, from 0. */
  readonly slot: number;
  /** Unix time in seconds, by the calendar of the engine's host. */
  readonly start: number;
}

/** A task on its way to an engine. */
export interface Assignment {
  readonly task: Task;
  /** 1 for the first start. */
  readonly attempt: number;
  /** How many engines have died while they ran the task. */
  readonly crashes: number;
  /** How many tries have failed, after each of which it was tried again; missing for none. */
  readonly failures?: number | undefined;
  /** How the last of these tries has ended. */
  readonly lastEnding?: Ending | undefined;
  /** Name of the node where it has, when the next try is to be on another one. Engines are not told. */
  readonly avoid?: string | undefined;
}

/**
 * A line between tasks: everything before it has to be settled before anything after it may start. It has a task id of its
 * own.
 */
export interface Barrier {
  readonly kind: "barrier";
  readonly id: number;
  readonly line: number;
  /** A check barrier ends the run when a task since the last barrier failed. */
  readonly check: boolean;
  /** Name under which a key-value server is told the barrier's id. */
  readonly key?: string | undefined;
  /** The line as it stands in the task file. */
  readonly text: string;
}

/** A command that every engine runs once, before its first task or after its last. */
export interface PerEngineCommand {
  readonly kind: "per-engine";
  readonly when: "start" | "stop";
  /** Position in its own list (start or stop), from 0. */
  readonly id: number;
  readonly line: number;
  readonly command: string;
}

/** A task whose outcome is already known from an earlier run. */
export interface SkippedTask {
  readonly kind: "skipped";
  readonly task: Task;
  readonly previous: PreviousOutcome;
}

/** What an earlier run's status file says of a task. */
export interface PreviousOutcome extends CommandOutcome {
  /** Host name of the engine that ran it. */
  readonly node: string;
  /** Whether the record already stands in the very file this run appends to, and need not be written again. */
  readonly alreadyRecorded: boolean;
}

/** What came of a task, in this run or in an earlier one. */
export type TaskOutcome = TaskResult | PreviousOutcome;

/** What a task source yields. */
export type StreamItem = Task | Barrier | PerEngineCommand | SkippedTask;
