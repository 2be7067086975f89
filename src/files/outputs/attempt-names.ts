import { randomBytes } from "node:crypto";
import { join } from "node:path";

/** Where the stages of runs are, in the folder of their tasks. */
export const STAGES = ".disbatch";
/** A stage, as a path from the folder of the run's tasks. */
const STAGE = /^\.disbatch\/[0-9a-z]{1,64}$/;
/** Bytes by which a stage is told from those of all other runs. */
const TOKEN_BYTES = 8;

/** Names in the folder of an attempt that no output has. */
export const IN_ATTEMPT = {
  /** What is to be put in place, while that is written. */
  plan: ".plan",
  /** The same once it is decided: all of it comes into place, whatever dies. */
  ready: ".ready",
  /** The same once it is decided that nothing of it does. */
  undo: ".undo",
  /** What stood at the places of outputs before. */
  old: ".old",
  /** Folders on other file systems that the attempt uses, too, one a line. */
  elsewhere: ".elsewhere",
} as const;

/** One start of a task. */
export interface Attempt {
  readonly taskId: number;
  readonly attempt: number;
}

/** A name for the stage of a run that no other has. */
export function newStageName(): string {
  return randomBytes(TOKEN_BYTES).toString("hex");
}

/** The stage of that name, as a path from the folder of the run's tasks. */
export function stageNamed(name: string): string {
  return join(STAGES, name);
}

/** Whether a path is that of a stage. */
export function isStage(path: string): boolean {
  return STAGE.test(path);
}

/** Name of an attempt's folder in a stage. */
export function attemptName({ taskId, attempt }: Attempt): string {
  return `${taskId}.${attempt}`;
}

/** The name for an attempt's folder that is being settled, by which nobody else knows it. */
export function takenName(attempt: Attempt): string {
  return `${attemptName(attempt)}.${randomBytes(TOKEN_BYTES).toString("hex")}`;
}

/** The attempt whose folder has this name, under its own name or as one that is being settled. */
export function attemptNamed(name: string): Attempt | undefined {
  const [, taskId, attempt] = /^(\d{1,15})\.(\d{1,15})(?:\.[0-9a-f]+)?$/.exec(name) ?? [];
  return taskId === undefined ? undefined : { taskId: Number(taskId), attempt: Number(attempt) };
}
