import { closeSync, openSync } from "node:fs";
import { constants } from "node:os";
import type { Environment } from "../../domain/environment.ts";
import { isSuccess } from "../../domain/ending.ts";
import { BASH, bashArguments } from "../../node/process/bash.ts";
import type { EnvironmentMark } from "../../node/process/process-table.ts";
import { type ChildEnd, spawn } from "../../node/process/spawn.ts";
import { stopProcesses } from "../../node/process/stop-processes.ts";

/** Name of a variable that every process of a task command inherits, by which all of them are found. */
const MARK = "DISBATCH_TASKCOMMAND_ID";
/** Name of the variable that tells a task command that it is started again, since the run's driver had died. */
const RECOVERED = "DISBATCH_RECOVERED";

/** Seconds between TERM and KILL. */
const GRACE = 10;

/** A command that makes the tasks of a run. */
export interface TaskCommandRequest {
  /** For bash. */
  readonly command: string;
  readonly env: Environment;
  /** The folder that the run was started in. */
  readonly cwd: string;
  /** Unlike any other run's. */
  readonly mark: string;
  /** Where all that it prints goes: an open file, which is closed. */
  readonly output: number;
  /** A driver that died had started it before. */
  readonly isRecovered: boolean;
}

/** A task command that has been started, in a session of its own. */
export class TaskCommand {
  /** Resolves when its shell has ended, or could not be started. */
  readonly ended: Promise<ChildEnd>;
  readonly #mark: EnvironmentMark;
  readonly #groups: ReadonlySet<number>;
  #hasEnded = false;
  #isHurried = false;

  constructor({ command, env, cwd, mark, output, isRecovered }: TaskCommandRequest) {
    const input = openSync("/dev/null", "r");
    let ended: (end: ChildEnd) => void = () => undefined;
    this.ended = new Promise((resolve) => (ended = resolve));
    const { pid } = spawn(
      {
        file: BASH,
        args: bashArguments(command),
        env: { ...env, [MARK]: mark, [RECOVERED]: isRecovered ? "1" : undefined },
        cwd,
        stdio: [input, output, output],
      },
      (end) => {
        this.#hasEnded = true;
        ended(end);
      },
    );
    closeSync(input);
    closeSync(output);
    this.#mark = markOf(mark);
    this.#groups = new Set(pid > 0 ? [pid] : []);
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** What is being ended is killed at once. */
  hurry(): void {
    this.#isHurried = true;
  }

  /** Ends it and all that it has started: TERM, a time of grace, KILL. Resolves when that is done. */
  async end(): Promise<void> {
    await stopProcesses(this.#mark, this.#groups, () => (this.#isHurried ? 0 : GRACE * 1000));
  }
}

/** Ends what is left of a task command that an earlier driver of the run has started. */
export async function endEarlierCommand(mark: string): Promise<void> {
  await stopProcesses(markOf(mark), new Set(), () => GRACE * 1000);
}

function markOf(value: string): EnvironmentMark {
  return { name: MARK, value };
}

/** How a task command ended, in words, when that is a failure. */
export function faultOf(end: ChildEnd): string | undefined {
  switch (end.type) {
    case "exited":
      return isSuccess(end) ? undefined : `has ended with exit code ${end.code}`;
    case "signalled":
      return `was killed by ${signalName(end.signal)}`;
    case "not-started":
      return `could not be started: ${end.reason}`;
    default:
      return end satisfies never;
  }
}

function signalName(signal: number): string {
  const found = Object.entries(constants.signals).find(([, number]) => number === signal);
  return found?.[0] ?? `signal ${signal}`;
}
