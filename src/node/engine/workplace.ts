import type { Environment } from "../../domain/environment.ts";
import type { KeptOutput, StreamName } from "../../domain/output.ts";
import type { CommandOutcome } from "../../domain/result.ts";
import type { Assignment, PerEngineCommand, RunningTask, Task, TaskSetting } from "../../domain/task.ts";
import type { TaskLimits } from "./task-limits.ts";
import type { WatchedTask } from "./watched-task.ts";
import { termsOfTry } from "../../domain/terms/terms-of-try.ts";
import type { Needs } from "../../domain/terms/task-terms.ts";
import { Allotment, type Grant, type Stock } from "./allotment.ts";
import type { Share } from "./shares.ts";
import { type GrantSetting, grantVariables } from "./grant-variables.ts";
import {
  dealtOut,
  ownEnvironment,
  setTaskVariables,
  slotEnvironment,
  type SlotEnvironmentOptions,
  type Try,
} from "./environment.ts";

/** Per-engine commands are run once. */
const FIRST_TRY: Try = { attempt: 1 };
/** How often it is looked what runs, and how much that has written. Tasks shorter than this never notice. */
export const LOOK_MS = 250;
/** How often, and how many times, it is asked whether the ends of processes have been heard of: half a second in all. */
const TURN_MS = 5;
const MOST_TURNS = 100;

/** Told how a command ended, and what is kept of what it printed, if anything is. */
export type CommandDone = (outcome: CommandOutcome, kept?: KeptOutput) => void;

/** How many bytes of each stream come before. */
export type StreamPositions = Readonly<Record<StreamName, number>>;

/** What a command has printed to one stream, from some byte on. */
export interface PrintedPart {
  readonly from: number;
  readonly data: Buffer;
}

/** What a command has printed, from some bytes on. */
export type Printed = Readonly<Record<StreamName, PrintedPart>>;

/** A command on its way: waiting for the system to have room for it, or running. */
export interface Running {
  /** Process id of its shell, which leads a process group of that number; -1 while there is none. */
  readonly pid: number;
  /** When that was started, Unix time in seconds; undefined while there is none. */
  readonly start: number | undefined;
  /**
   * A command that has no process yet is given up. When what this returns has resolved, its `pid` is what it will stay.
   *
   * @param patient wait for as long as it takes whoever is to start it to answer, who is ended otherwise.
   */
  abandon(patient: boolean): void | Promise<void>;
  /** Keeps what a long-running command writes from filling the disk. */
  boundOutput(): Promise<void>;
  /**
   * What it has printed so far, from these bytes on. From now on what it prints until its end is handed over then, whatever else
   * is kept.
   *
   * @param most bytes of each stream.
   */
  printed(from: StreamPositions, most: number): Promise<Printed>;
  /**
   * What a command that is heard has printed on stdout so far, from some byte on, also when it has ended; until it is let go.
   *
   * @param safe what comes before this byte is not asked for again.
   */
  heard(from: number, safe: number, most: number): Promise<HeardPart>;
  /** Nobody asks any more what the command has printed, which is heard and has ended. */
  letGo(): void;
}

/** What a command has printed on stdout, from some byte on, and how many bytes that is in all. */
export interface HeardPart extends PrintedPart {
  readonly bytes: number;
}

/**
 * Starts a command; `env` is read only while a child is being started. `done` is called once, never before it returns;
 * `started` is told of the command's process as soon as there is one, also before it returns.
 */
export type StartCommand = (
  command: string,
  env: Environment,
  done: CommandDone,
  started?: (pid: number, start: number) => void,
  how?: StartHow,
) => Running;

/** How a command is started, where that is not by a bash in the folder of the run's tasks. */
export interface StartHow extends Pick<TaskSetting, "workdir" | "argv" | "isHeard"> {
  /** A program, and its arguments, that becomes what is started; empty for none. */
  readonly before: readonly string[];
}

/** What it prints is handed over at its end, also if it then exits with code 0. */
async function keepOutput(command: Running): Promise<void> {
  await command.printed({ stdout: 0, stderr: 0 }, 0).catch(() => undefined);
}

/** What one task has been given beyond what all tasks of its slot have. */
export interface Given {
  /** They stand before those of the slot. */
  readonly variables: Environment;
  /** A program, and its arguments, that becomes the task's shell; empty for none. */
  readonly before: readonly string[];
}

/** Starts what a task or per-engine command says. `done` and `started` are called as those of `StartCommand`. */
export type StartItem = (
  item: Task | PerEngineCommand,
  which: Try,
  done: CommandDone,
  given?: Given,
  started?: (pid: number) => void,
) => Running;

/** Starts a command with what it has been given, and a setting of its own, if it has any. @param env of its slot. */
export function startGiven(
  start: StartCommand,
  item: Task | PerEngineCommand,
  env: Environment,
  done: CommandDone,
  given: Given | undefined,
  started?: (pid: number, start: number) => void,
): Running {
  const { command } = item;
  const setting = item.kind === "task" ? item.setting : undefined;
  // The slot's own is changed for the next task.
  if (setting !== undefined) {
    const { workdir, argv, isHeard } = setting;
    const how = { before: given?.before ?? [], workdir, argv, isHeard };
    return start(command, ownEnvironment(env, given?.variables, setting.env), done, started, how);
  }
  if (given === undefined) return start(command, env, done, started);
  return start(command, { ...env, ...given.variables }, done, started, given);
}

/** Room for one task. */
export interface Place {
  readonly rank: number;
  readonly grant: Grant;
  /** In this process or in the slot's own. */
  readonly start: StartItem;
  readonly given: Given | undefined;
}

/** Another process, in which the tasks of one slot run. */
export interface SlotProcess {
  readonly share: Share;
  /** To be called once, before anything runs there. @param env what all tasks of the slot have beyond what that process was given. */
  furnish(engineRank: number, env: Environment): StartItem;
}

/** What the slots may use of the node that have a process of their own. */
export function sharesOf(processes: WorkplaceOptions["elsewhere"]): ReadonlyMap<number, Share> {
  return new Map([...(processes ?? [])].map(([slot, { share }]) => [slot, share]));
}

/** What a workplace has to deal out, and how tasks are told. */
export interface Supply {
  readonly stock: Stock;
  readonly gpuVariables: readonly string[];
  /** The program that binds a task to its processors, and its arguments up to the list of them; undefined without one. */
  readonly bind: readonly string[] | undefined;
}

export interface WorkplaceOptions extends Pick<SlotEnvironmentOptions, "engineId" | "coresPerSlot" | "terms"> {
  readonly env: Environment;
  readonly start: StartCommand;
  /** Processes in which tasks run, by the ranks of their slots; the tasks of other slots run in this one. */
  readonly elsewhere?: ReadonlyMap<number, SlotProcess> | undefined;
}

/** A task in its slot. */
interface Occupant {
  readonly assignment: Assignment;
  readonly slot: number;
  /** Sees to its limits, and to what it uses; undefined for a task that has no limits and has only begun. */
  watched: WatchedTask | undefined;
  /** True once it has been told that the task runs. */
  isTold: boolean;
}

/** Starts tasks that make files. */
export interface FileMakers {
  /** @param start what starts the task, as it is to be told where it writes them. */
  start(assignment: Assignment, start: (task: Task, done: CommandDone) => Running, done: CommandDone): Running;
}

/** Who has a part in what a workplace does. */
interface WorkplaceParts {
  readonly supply: Supply;
  readonly limits: Pick<TaskLimits, "of" | "watch">;
  /** Missing where no task makes any. */
  readonly makers?: FileMakers | undefined;
}

/** The slots of an engine and what runs in them. */
export class Workplace {
  readonly #options: WorkplaceOptions;
  readonly #limits: Pick<TaskLimits, "of" | "watch">;
  readonly #started: (tasks: readonly RunningTask[]) => void;
  readonly #supply: Supply;
  readonly #makers: FileMakers | undefined;
  readonly #allotment: Allotment;
  /** By the ranks of slots; those beyond the engine's own are made when they are needed. */
  readonly #starts: StartItem[] = [];
  #perEngineStart: StartItem | undefined;
  /** Makes what starts the tasks of a slot in this process. */
  #startHere: (rank: number) => StartItem = () => unfurnished();
  #grantSetting: GrantSetting | undefined;
  /** What runs, with the task that it is, if it is one. */
  readonly #running = new Map<Running, Occupant | undefined>();
  #looking: NodeJS.Timeout | undefined;

  /** @param started told of tasks that have been found to run, each once. */
  constructor(
    options: WorkplaceOptions,
    { supply, limits, makers }: WorkplaceParts,
    started: (tasks: readonly RunningTask[]) => void,
  ) {
    this.#options = options;
    this.#limits = limits;
    this.#supply = supply;
    this.#makers = makers;
    this.#allotment = new Allotment(supply.stock);
    this.#started = started;
  }

  /** Makes the slots. @param common what all tasks of the run have in their environment. */
  furnish(engineRank: number, common: Environment): void {
    const { env: base, elsewhere, ...own } = this.#options;
    const { stock, gpuVariables } = this.#supply;
    const { coresPerSlot, terms } = own;
    this.#grantSetting = {
      coresPerSlot,
      gpuVariables,
      threadsIn: terms.threadEnv ? { ...base, ...common } : undefined,
    };
    this.#startHere = (rank: number): StartItem => {
      const env = slotEnvironment({ ...own, base, common, engineRank, slot: rank });
      return (item, which, done, given, started) => {
        setTaskVariables(env, item, which);
        return startGiven(own.start, item, env, done, given, started);
      };
    };
    const startIn = (process: SlotProcess, rank: number): StartItem =>
      process.furnish(engineRank, { ...common, ...dealtOut(own.terms.resources, base, rank) });
    this.#perEngineStart = this.#startHere(-1);
    for (let rank = 0; rank < stock.slots; rank++) {
      const process = elsewhere?.get(rank);
      this.#starts.push(process === undefined ? this.#startHere(rank) : startIn(process, rank));
    }
    this.#looking = setInterval(() => this.#look(), LOOK_MS);
  }

  /** Room for the task with all that it needs, until it has ended there; undefined while not all of that is free. */
  take({ task, failures = 0 }: Assignment): Place | undefined {
    const terms = termsOfTry(task.terms, failures);
    const needs = terms?.hasNeeds === true ? terms.needs : undefined;
    const grant = this.#allotment.take(needs);
    return grant && { rank: grant.slot, grant, start: this.#startIn(grant), given: this.#given(needs, grant) };
  }

  /** Whether nothing has been taken. A task that finds no room then never will. */
  get isIdle(): boolean {
    return this.#allotment.isIdle;
  }

  /** A task that is ended at a limit of its own has its place until nothing of it is left. */
  runTask(assignment: Assignment, { rank, grant, start, given }: Place, done: CommandDone): Running {
    const { task } = assignment;
    const watched = this.#limits.of(assignment, rank);
    const occupant: Occupant = { assignment, slot: rank, watched, isTold: false };
    const finish: CommandDone = (outcome, kept) => {
      this.#running.delete(command);
      this.#allotment.giveBack(grant);
      done(outcome, kept);
    };
    const ended: CommandDone = (outcome, kept) => {
      if (occupant.watched === undefined) finish(outcome, kept);
      else occupant.watched.finish(outcome, (decided) => finish(decided, kept));
    };
    const begun = watched === undefined ? undefined : (pid: number): void => watched.begun(pid);
    const startIt = (its: Task, told: CommandDone): Running => start(its, assignment, told, given, begun);
    const makers = task.setting?.outputs === undefined ? undefined : this.#makers;
    const command = makers === undefined ? startIt(task, ended) : makers.start(assignment, startIt, ended);
    if (watched !== undefined) watched.beforeEnd = () => void keepOutput(command);
    this.#running.set(command, occupant);
    return command;
  }

  /** A slot that only some tasks need has no process of its own. */
  #startIn({ slot, home }: Grant): StartItem {
    const isElsewhere = slot !== home;
    const start = isElsewhere ? this.#starts[home] : (this.#starts[slot] ??= this.#startHere(slot));
    return start ?? unfurnished();
  }

  #given(needs: Needs | undefined, grant: Grant): Given | undefined {
    const { bind, stock } = this.#supply;
    const isBound = bind !== undefined && (stock.bindsAll || grant.isSpread) && grant.cpus.length > 0;
    if (needs === undefined && !isBound && grant.slot === grant.home) return undefined;
    const own =
      needs === undefined || this.#grantSetting === undefined ? {} : grantVariables(needs, grant, this.#grantSetting);
    const variables = grant.slot === grant.home ? own : { ...own, DISBATCH_CYLINDER_RANK: String(grant.slot) };
    return { variables, before: isBound ? [...bind, grant.cpus.join(",")] : [] };
  }

  runCommand(command: PerEngineCommand, done: (outcome: CommandOutcome) => void): void {
    const start = this.#perEngineStart ?? unfurnished();
    const running = start(command, FIRST_TRY, (outcome) => {
      this.#running.delete(running);
      done(outcome);
    });
    this.#running.set(running, undefined);
  }

  /** Tasks that have been started and have not ended. */
  get tasks(): Assignment[] {
    return [...this.#running.values()].flatMap((occupant) => (occupant === undefined ? [] : [occupant.assignment]));
  }

  /** The commands of tasks that have been started and have not ended. */
  get running(): { readonly assignment: Assignment; readonly command: Running }[] {
    return [...this.#running].flatMap(([command, occupant]) =>
      occupant === undefined ? [] : [{ assignment: occupant.assignment, command }],
    );
  }

  /** Tasks that have a process. From now on all of them count as told. */
  startedTasks(): RunningTask[] {
    for (const occupant of this.#running.values()) if (occupant !== undefined) occupant.isTold = false;
    return this.#takeStarted();
  }

  get isBusy(): boolean {
    return this.#running.size > 0;
  }

  /** Gives up what has no process yet. @returns the process groups of what has one. */
  async abandon(): Promise<Set<number>> {
    const commands = [...this.#running.keys()];
    await Promise.all(commands.map(async (command) => command.abandon(false)));
    return new Set(commands.filter((command) => command.pid > 0 && this.#running.has(command)).map(({ pid }) => pid));
  }

  /** The slot that the task has. */
  slotOf(taskId: number): number | undefined {
    return this.#find(taskId)?.[1].slot;
  }

  /** Gives up a task that has no process yet. @returns the process group of one that has. */
  async abandonTask(taskId: number): Promise<number | undefined> {
    const command = this.#find(taskId)?.[0];
    await command?.abandon(true);
    return command !== undefined && command.pid > 0 && this.#running.has(command) ? command.pid : undefined;
  }

  #find(taskId: number): [Running, Occupant] | undefined {
    for (const [command, occupant] of this.#running) {
      if (occupant?.assignment.task.id === taskId) return [command, occupant];
    }
    return undefined;
  }

  /** The processes are gone; that is heard of a few turns later, unless one was out of KILL's reach. */
  async hearOfEnds(): Promise<void> {
    for (let turn = 0; turn < MOST_TURNS && [...this.#running.keys()].some(({ pid }) => pid > 0); turn++) {
      await new Promise((resolve) => setTimeout(resolve, TURN_MS));
    }
  }

  close(): void {
    clearInterval(this.#looking);
  }

  #look(): void {
    // When it fails now, for want of memory perhaps, there is a next time.
    for (const command of this.#running.keys()) command.boundOutput().catch(() => undefined);
    const started = this.#takeStarted();
    if (started.length > 0) this.#started(started);
  }

  /** Tasks that have a process and have not been told of. */
  #takeStarted(): RunningTask[] {
    const started: RunningTask[] = [];
    for (const [{ start, pid }, occupant] of this.#running) {
      if (occupant === undefined || occupant.isTold || start === undefined) continue;
      occupant.isTold = true;
      occupant.watched ??= this.#limits.watch(occupant.assignment, occupant.slot, pid);
      const { assignment, slot } = occupant;
      started.push({ taskId: assignment.task.id, attempt: assignment.attempt, slot, start });
    }
    return started;
  }
}

function unfurnished(): never {
  throw new Error("nothing runs before there are slots");
}
