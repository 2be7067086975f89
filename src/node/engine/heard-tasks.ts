import { exited, isAtLimit, isSuccess } from "../../domain/ending.ts";
import type { CommandOutcome } from "../../domain/result.ts";
import type { Assignment } from "../../domain/task.ts";
import type { DriverMessage, EngineMessage } from "../../wire/messages.ts";
import { noted } from "./noted.ts";
import type { HeardPart, Running } from "./workplace.ts";

type PrintedMessage = Extract<EngineMessage, { type: "printed" }>;
type PrintedTaken = Extract<DriverMessage, { type: "printed-taken" }>;

/** How often it is looked what heard tasks have printed, in milliseconds. Nobody looks while there is none. */
const LOOK_MS = 15;
/** Bytes that travel together, and bytes of one task that may be on their way. */
const PIECE = 64 * 1024;
const WINDOW = 512 * 1024;
/** Bytes that may wait on the disk for the driver to take them; a task that prints more has failed. */
const MOST_WAITING = 128 * 1024 * 1024;

const TOO_MUCH = `more than ${MOST_WAITING / 2 ** 20} MiB of what it printed wait to be taken`;
const IS_LOST = "what it has printed is lost";
const NOTHING = Buffer.alloc(0);

export interface HeardTasksEvents {
  /** Says something to the driver, or loses it where there is no connection. */
  say(message: PrintedMessage): void;
  /** The task is to be ended: what it prints is of no use. */
  refuse(assignment: Assignment): void;
}

/** How a heard task has ended, and whoever waits until the driver has all that it printed. */
interface HeardEnd {
  readonly isWell: boolean;
  /** All that it has printed, in bytes. */
  readonly bytes: number;
  readonly done: (refused: string | undefined) => void;
}

interface HeardTask {
  readonly assignment: Assignment;
  readonly command: Running;
  /** Bytes that have been sent, that the driver has had, and that it need not be sent again. */
  sent: number;
  received: number;
  safe: number;
  isAsked: boolean;
  end: HeardEnd | undefined;
  isEndSent: boolean;
  /** Why what it prints is of no use. */
  refused: string | undefined;
}

/**
 * Brings all that heard tasks print on stdout to the driver, as it comes. What has been printed stays in the task's own file until
 * the driver need not have it again, so nothing of it waits in memory. A task that has ended has its outcome when all has come.
 */
export class HeardTasks {
  readonly #events: HeardTasksEvents;
  /** By task id. */
  readonly #tasks = new Map<number, HeardTask>();
  #looking: NodeJS.Timeout | undefined;

  constructor(events: HeardTasksEvents) {
    this.#events = events;
  }

  /** Tasks that have ended, and of which the driver does not have all. */
  get unfinished(): Assignment[] {
    return [...this.#tasks.values()].flatMap(({ assignment, end }) => (end === undefined ? [] : [assignment]));
  }

  /** Whether there are any of these. */
  get isAnyUnfinished(): boolean {
    return this.#tasks.size > 0 && this.unfinished.length > 0;
  }

  /** The task has been started. */
  begin(assignment: Assignment, command: Running): void {
    const task = { assignment, command, sent: 0, received: 0, safe: 0, isAsked: false, isEndSent: false };
    this.#tasks.set(assignment.task.id, { ...task, end: undefined, refused: undefined });
    this.#looking ??= setInterval(() => this.#look(), LOOK_MS);
  }

  /**
   * The task has ended.
   *
   * @param done called once when the driver has all that it printed: with the reason when that was of no use.
   */
  ended({ task: { id } }: Assignment, outcome: CommandOutcome, done: HeardEnd["done"]): void {
    const task = this.#tasks.get(id);
    if (task === undefined) return done(undefined);
    task.end = { isWell: isSuccess(outcome.ending), bytes: outcome.output.bytes, done };
    if (task.refused !== undefined || outcome.pid < 0) this.#finish(task);
    else void this.#bring(task);
  }

  /** What the driver says of what it has been sent. */
  taken({ taskId, attempt, received, safe, closed, refused }: PrintedTaken): void {
    const task = this.#tasks.get(taskId);
    if (task?.assignment.attempt !== attempt) return;
    task.received = Math.max(task.received, received);
    task.safe = Math.max(task.safe, safe);
    if (refused !== undefined) this.#refuse(task, refused);
    else if (closed && task.end !== undefined) this.#finish(task);
    else void this.#bring(task);
  }

  /** The driver has been called again, and may be another: what it need not have again is all that it has for sure. */
  sendAgain(): void {
    for (const task of this.#tasks.values()) {
      task.sent = task.safe;
      task.received = task.safe;
      task.isEndSent = false;
    }
  }

  /** Nobody waits for what is not there yet: the tasks are ended, and have no outcome. */
  abandon(): void {
    for (const task of this.#tasks.values()) if (task.end !== undefined) this.#finish(task);
  }

  close(): void {
    clearInterval(this.#looking);
    this.#looking = undefined;
  }

  #look(): void {
    for (const task of this.#tasks.values()) void this.#bring(task);
  }

  /** Sends what there is of the task, as far as it may be on its way now. */
  async #bring(task: HeardTask): Promise<void> {
    if (task.isAsked || task.refused !== undefined || task.isEndSent) return;
    task.isAsked = true;
    try {
      while (await this.#bringPiece(task));
    } catch {
      // When its file cannot be read now, there is a next time.
    } finally {
      task.isAsked = false;
    }
  }

  /** @returns whether there may be more. */
  async #bringPiece(task: HeardTask): Promise<boolean> {
    const { assignment, command, sent, safe, end } = task;
    const room = Math.max(0, WINDOW - (sent - task.received));
    const most = Math.min(room, PIECE, (end?.bytes ?? Number.POSITIVE_INFINITY) - sent);
    const { from, data, bytes } = await command.heard(sent, safe, most);
    // Meanwhile the driver may have been called again, or the task may have ended.
    if (this.#tasks.get(assignment.task.id) !== task || task.refused !== undefined) return false;
    if (task.sent !== sent || task.end !== end) return true;
    if (bytes - task.received > MOST_WAITING) return this.#refuse(task, TOO_MUCH);
    if (from !== sent || (end !== undefined && most > 0 && data.length === 0)) return this.#refuse(task, IS_LOST);
    const isLast = end !== undefined && sent + data.length >= end.bytes;
    if (data.length === 0 && !isLast) return false;
    this.#say(task, data, isLast);
    return !isLast;
  }

  #say(task: HeardTask, data: Buffer, isLast: boolean): void {
    const { assignment, sent, end } = task;
    task.sent += data.length;
    task.isEndSent = isLast;
    this.#events.say({
      type: "printed",
      taskId: assignment.task.id,
      attempt: assignment.attempt,
      from: sent,
      data: data.toString("base64"),
      end: isLast ? (end?.isWell === true ? "well" : "ill") : undefined,
    });
  }

  #refuse(task: HeardTask, why: string): false {
    if (task.refused !== undefined) return false;
    task.refused = why;
    if (task.end === undefined) this.#events.refuse(task.assignment);
    else this.#finish(task);
    return false;
  }

  #finish(task: HeardTask): void {
    this.#tasks.delete(task.assignment.task.id);
    if (this.#tasks.size === 0) this.close();
    task.command.letGo();
    task.end?.done(task.refused);
  }
}

/** Exit code of a heard task whose output was of no use, whatever it has exited with: EX_DATAERR of sysexits.h. */
const REFUSED_CODE = 65;

/** How a heard task has ended. @param refused why what it printed was of no use, if it was not. */
export function outcomeOfHeard(outcome: CommandOutcome, refused: string | undefined): CommandOutcome {
  if (refused === undefined || isAtLimit(outcome.ending)) return outcome;
  return { ...outcome, ending: exited(REFUSED_CODE), error: noted(outcome.error, refused) };
}

/** What a heard command has printed, where nothing of it is there. */
export function noneHeard(from: number): HeardPart {
  return { from, data: NOTHING, bytes: from };
}
