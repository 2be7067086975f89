import { UserError } from "../../domain/errors.ts";
import type { EngineMessage } from "../../wire/messages.ts";
import type { EngineHandle } from "../pool/engine-handle.ts";
import type { Scheduler } from "../scheduler/scheduler.ts";
import type { Feed } from "./feed.ts";

type PrintedMessage = Extract<EngineMessage, { type: "printed" }>;

/** Characters of a reason that engines are told. */
const LONGEST_REASON = 400;
const NOTHING = new Uint8Array();

/** What has come of an attempt of a task, in bytes. */
interface Heard {
  readonly attempt: number;
  received: number;
  safe: number;
  isClosed: boolean;
  refused: string | undefined;
}

/** Hands what heard tasks print to their source, in order and each byte once, and tells engines what they may forget. */
export class HeardOutput {
  readonly #scheduler: Pick<Scheduler, "heldBy">;
  readonly #feed: Pick<Feed, "printed">;
  /** By task id, of tasks that run. */
  readonly #heard = new Map<number, Heard>();

  constructor(scheduler: Pick<Scheduler, "heldBy">, feed: Pick<Feed, "printed">) {
    this.#scheduler = scheduler;
    this.#feed = feed;
  }

  /** Takes what an engine has sent. */
  take(engine: EngineHandle, { taskId, attempt, from, data, end }: PrintedMessage): void {
    const held = this.#scheduler.heldBy(engine.rank, taskId);
    const bytes = Buffer.from(data, "base64");
    // It is none of the run's any more: nobody wants the rest.
    if (held?.attempt !== attempt) return answer(engine, taskId, closed(attempt, from + bytes.length));
    const heard = this.#heardOf(taskId, attempt, from);
    // What has been refused is not handed over any more.
    if (heard.refused !== undefined) return answer(engine, taskId, heard);
    if (from > heard.received) return engine.refuse(`it leaves out what task ${taskId} has printed`);
    const hand = (some: Uint8Array): void => {
      const safe = this.#feed.printed(held.task, attempt, heard.received, some);
      heard.received += some.length;
      heard.safe = Math.max(heard.safe, safe);
    };
    try {
      const fresh = bytes.subarray(heard.received - from);
      if (fresh.length > 0) hand(fresh);
      // An end is told once.
      if (end === "well" && !heard.isClosed) hand(NOTHING);
      heard.isClosed ||= end !== undefined;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      heard.refused = error.message.slice(0, LONGEST_REASON);
    }
    answer(engine, taskId, heard);
  }

  /** The attempt of the task has its outcome. */
  forget(taskId: number): void {
    if (this.#heard.size > 0) this.#heard.delete(taskId);
  }

  /** @param from where it begins to be heard, of one that an earlier driver has heard. */
  #heardOf(taskId: number, attempt: number, from: number): Heard {
    const known = this.#heard.get(taskId);
    if (known?.attempt === attempt) return known;
    const heard = { attempt, received: from, safe: from, isClosed: false, refused: undefined };
    this.#heard.set(taskId, heard);
    return heard;
  }
}

function closed(attempt: number, received: number): Heard {
  return { attempt, received, safe: received, isClosed: true, refused: undefined };
}

function answer(engine: EngineHandle, taskId: number, heard: Heard): void {
  const { attempt, received, safe, isClosed, refused } = heard;
  engine.send({ type: "printed-taken", taskId, attempt, received, safe, closed: isClosed, refused });
}
