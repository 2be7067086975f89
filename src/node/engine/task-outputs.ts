import { constants } from "node:os";
import { join } from "node:path";
import { exited, isSuccess } from "../../domain/ending.ts";
import { type CommandOutcome, NO_LEAK } from "../../domain/result.ts";
import { errnoNumber, errnoText } from "../../domain/system-error.ts";
import type { Assignment, Task } from "../../domain/task.ts";
import { OutputError } from "../../files/outputs/errors.ts";
import { FILE_CALLS, type FileCalls } from "../../files/outputs/file-calls.ts";
import { dropStaged, putInPlace } from "../../files/outputs/put-in-place.ts";
import { dropEmptyStage } from "../../files/outputs/stage-folder.ts";
import { outputVariables, type StagedTask, stageOutputs } from "../../files/outputs/staged-task.ts";
import { LONGEST_TEXT, noted } from "./noted.ts";
import { CANNOT_START } from "./runner.ts";
import { Stopwatch } from "./stopwatch.ts";
import type { CommandDone, FileMakers, HeardPart, Printed, Running, StreamPositions } from "./workplace.ts";
import { noneHeard } from "./heard-tasks.ts";

/** Exit code of a task whose outputs cannot be put in place, though it has ended with 0: EX_DATAERR of sysexits.h. */
const NOT_IN_PLACE = 65;

/** Which start of a task it is. */
type Start = Pick<Assignment, "task" | "attempt">;

/**
 * Tasks that make files: they write them to a place of their own, and when a task has succeeded, all of its files are put where they
 * belong, or none.
 *
 *     staged ──► running ──► being put in place ──► ended
 */
export class TaskOutputs implements FileMakers {
  readonly #root: string;
  readonly #calls: FileCalls;
  /** Tasks that are about to run, run, or have ended and are not told of yet, by their ids. */
  readonly #staged = new Map<number, StagedTask>();
  /** Attempts that have ended. */
  readonly #ended = new Map<number, Assignment>();
  /** Stages that have been used, as paths from the folder of the run's tasks. */
  readonly #stages = new Set<string>();
  #isAbandoned = false;

  /** @param root folder of the run's tasks. */
  constructor(root: string, calls: FileCalls = FILE_CALLS) {
    this.#root = root;
    this.#calls = calls;
  }

  /** Tasks that have ended, and whose outputs are being put in place. */
  get unfinished(): Assignment[] {
    return [...this.#ended.values()];
  }

  get isAnyUnfinished(): boolean {
    return this.#ended.size > 0;
  }

  /** Starts a task once there is a place for its outputs. @param start what starts it, with the variables that tell it of that. */
  start({ task, attempt }: Start, start: (task: Task, done: CommandDone) => Running, done: CommandDone): Running {
    const command = new StagedCommand(done);
    void this.#stage(task, attempt).then(
      (staged) => command.begin((ended) => start(staged, ended)),
      (error: unknown) => command.refuse(error),
    );
    return command;
  }

  /**
   * A task has ended, and all that it printed is where it belongs.
   *
   * @param told what came of it once its outputs are in place, or are not going to be.
   */
  async ended(assignment: Assignment, outcome: CommandOutcome, told: (outcome: CommandOutcome) => void): Promise<void> {
    const { id } = assignment.task;
    const staged = this.#staged.get(id);
    this.#staged.delete(id);
    if (staged === undefined) return told(outcome);
    if (!isSuccess(outcome.ending) || this.#isAbandoned) {
      void dropStaged(staged, this.#calls).catch(() => undefined);
      return told(outcome);
    }
    this.#ended.set(id, assignment);
    const decided = await this.#putInPlace(staged, outcome);
    this.#ended.delete(id);
    told(decided);
  }

  /** Nothing runs any more: folders go that nothing is in. */
  async close(): Promise<void> {
    for (const stage of this.#stages) await dropEmptyStage(join(this.#root, stage), this.#calls);
  }

  /** From now on nothing is put in place: whatever ends has been ended. */
  abandon(): void {
    this.#isAbandoned = true;
  }

  async #stage(task: Task, attempt: number): Promise<Task> {
    const { setting } = task;
    if (setting?.outputs === undefined) return task;
    this.#stages.add(setting.outputs.stage);
    const staged = await stageOutputs(this.#root, setting.outputs, { taskId: task.id, attempt }, this.#calls);
    this.#staged.set(task.id, staged);
    const env = { ...setting.env, ...outputVariables(staged) };
    return { ...task, setting: { ...setting, env, outputs: undefined } };
  }

  async #putInPlace(staged: StagedTask, outcome: CommandOutcome): Promise<CommandOutcome> {
    try {
      return { ...outcome, made: await putInPlace(staged, this.#calls) };
    } catch (error) {
      // What is not certain is settled by whoever comes next.
      if (!(error instanceof OutputError) || !error.isOpen) void dropStaged(staged, this.#calls).catch(() => undefined);
      const why =
        error instanceof OutputError ? error.message : `its outputs cannot be put in place: ${errnoText(error)}`;
      return { ...outcome, ending: exited(NOT_IN_PLACE), error: noted(outcome.error, why) };
    }
  }
}

/** A command that starts once there is a place for what it makes. */
class StagedCommand implements Running {
  readonly #done: CommandDone;
  readonly #clock = new Stopwatch();
  #command: Running | undefined;
  #isAbandoned = false;

  constructor(done: CommandDone) {
    this.#done = done;
  }

  get pid(): number {
    return this.#command?.pid ?? -1;
  }

  get start(): number | undefined {
    return this.#command?.start;
  }

  begin(start: (done: CommandDone) => Running): void {
    if (this.#isAbandoned) return this.#end(constants.errno.EAGAIN, "it is not to be started any more");
    const command = start(this.#done);
    this.#command = command;
    // Whether it has succeeded is known when its outputs are in place, and what it printed is wanted if it has not.
    void command.printed({ stdout: 0, stderr: 0 }, 0).catch(() => undefined);
  }

  refuse(error: unknown): void {
    const why =
      error instanceof OutputError ? error.message : `its outputs cannot be written anywhere: ${errnoText(error)}`;
    const errno = errnoNumber(error instanceof OutputError ? error.cause : error) ?? constants.errno.EINVAL;
    this.#end(errno === 0 ? constants.errno.EINVAL : errno, why);
  }

  abandon(patient: boolean): void | Promise<void> {
    this.#isAbandoned = true;
    return this.#command?.abandon(patient);
  }

  async boundOutput(): Promise<void> {
    await this.#command?.boundOutput();
  }

  async printed(from: StreamPositions, most: number): Promise<Printed> {
    const none = (at: number): Printed["stdout"] => ({ from: at, data: Buffer.alloc(0) });
    return (await this.#command?.printed(from, most)) ?? { stdout: none(from.stdout), stderr: none(from.stderr) };
  }

  async heard(from: number, safe: number, most: number): Promise<HeardPart> {
    return (await this.#command?.heard(from, safe, most)) ?? noneHeard(from);
  }

  letGo(): void {
    this.#command?.letGo();
  }

  #end(errno: number, why: string): void {
    const snippet = `${CANNOT_START}${why}`.slice(0, LONGEST_TEXT);
    const error = { bytes: Buffer.byteLength(snippet), snippet };
    const ending = { type: "not-started", errno } as const;
    this.#done({ pid: -1, ending, ...this.#clock.times(), output: NO_LEAK, error });
  }
}
