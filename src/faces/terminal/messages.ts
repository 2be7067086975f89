import type { Context } from "../../domain/engine.ts";
import { shellWords } from "../../domain/shell-words.ts";
import type { RunEnd, RunEvent, RunObserver } from "../../domain/events.ts";
import type { Counts } from "../../records/state/counts.ts";
import { plural } from "../../domain/plural.ts";
import { endReason } from "./end-reason.ts";
import { describeNodes } from "./text.ts";

/** What messages are made from, and whom they are for. */
export interface MessageOptions {
  readonly counts: Counts;
  /** The program that adds engines to the run. */
  readonly utility: string;
  /** Somebody hears of the keys of barriers. */
  readonly hasKvs: boolean;
  /** What the user does to end the running tasks, too, when nothing new starts any more. */
  readonly byHand: string;
  /** Told of each message, line by line. */
  readonly tell: (line: string) => void;
}

/** Tells the user at once what cannot wait for the summary: warnings, engines in trouble, and that the run is stopping. */
export class Messages implements RunObserver {
  readonly name = "the terminal";
  readonly #tell: (line: string) => void;
  readonly #counts: Counts;
  readonly #utility: string;
  readonly #byHand: string;
  #keyMentioned: boolean;
  readonly #heldBackBefore = new Set<number>();

  constructor({ counts, utility, hasKvs, byHand, tell }: MessageOptions) {
    this.#counts = counts;
    this.#utility = utility;
    this.#byHand = byHand;
    this.#keyMentioned = hasKvs;
    this.#tell = tell;
  }

  observe(event: RunEvent): void {
    const cause = event.type === "run-draining" ? event.cause : undefined;
    for (const text of [cause, this.#textOf(event)])
      if (text !== undefined) for (const line of text.split("\n")) this.#tell(line);
  }

  #textOf(event: RunEvent): string | undefined {
    if (event.type === "warning") return `warning: ${event.message}`;
    if (event.type === "engine-failed") return `no engine on ${event.node}: ${event.reason}`;
    if (event.type === "engine-held-back") return this.#heldBack(event);
    if (event.type === "engine-stopping") return this.#stopping(event);
    if (event.type === "engine-left") return this.#left(event);
    if (event.type === "engine-lost") return `${this.#engine(event.engine)} is lost: ${event.reason}`;
    if (event.type === "engine-silent") return `${this.#engine(event.engine)} is out of touch: ${event.reason}`;
    if (event.type === "engine-back") return `${this.#engine(event.engine)} is back`;
    if (event.type === "engine-restarting") return restarting(event);
    if (event.type === "engines-awaited")
      return `waiting for engines; add some with: ${shellWords([this.#utility])} -s HOST:COUNT`;
    if (event.type === "context-added" && event.later) return addedContext(event.context);
    if (event.type === "context-stopped") return `context ${event.label} is being stopped: it starts no more tasks`;
    if (event.type === "task-stopping") return `task ${event.taskId} is being stopped; it counts as failed`;
    if (event.type === "barrier-passed") return this.#unheardKey(event.barrier.key);
    if (event.type === "run-draining") return this.#draining(event.reason);
    if (event.type === "run-terminating") return `${endReason(event.reason)}: ending the running tasks`;
    return undefined;
  }

  /** Told once when it begins: the status has it from then on. */
  #heldBack({ engine, reason }: Extract<RunEvent, { type: "engine-held-back" }>): string | undefined {
    if (reason === undefined || this.#heldBackBefore.has(engine)) return undefined;
    this.#heldBackBefore.add(engine);
    return `${this.#engine(engine)} starts no task for now: ${reason}`;
  }

  /** Of one that goes for a reason of its own a warning tells. */
  #stopping({ engine, reason }: Extract<RunEvent, { type: "engine-stopping" }>): string | undefined {
    return reason === undefined ? `${this.#engine(engine)} is being stopped: it starts no more tasks` : undefined;
  }

  /** One that leaves as it should does so without a word. */
  #left({ engine, reason }: Extract<RunEvent, { type: "engine-left" }>): string | undefined {
    return reason === undefined ? undefined : `${this.#engine(engine)} has left: ${reason}`;
  }

  #engine(rank: number): string {
    const node = this.#counts.engines[rank]?.engine.node;
    return node === undefined ? `engine ${rank}` : `engine ${rank} on ${node}`;
  }

  /** Said once: a task file may have thousands of them. */
  #unheardKey(key: string | undefined): string | undefined {
    if (key === undefined || this.#keyMentioned) return undefined;
    this.#keyMentioned = true;
    return `warning: BARRIER key '${key}' has no effect: there is no key-value server to tell`;
  }

  #draining(reason: RunEnd): string | undefined {
    if (reason === "done") return undefined;
    if (this.#counts.running === 0) return `${endReason(reason)}: no more tasks are started`;
    // Slurm's signals are for jobs, where nobody is at a keyboard, or little time is left anyway.
    const isSlurms = reason === "terminated" || reason === "out-of-time";
    const again = isSlurms ? "" : ` (${this.#byHand}${reason === "interrupted" ? " again" : ""} ends them)`;
    return `${endReason(reason)}: no more tasks are started, waiting for ${plural(this.#counts.running, "running task")}${again}`;
  }
}

function restarting({ node, delay }: Extract<RunEvent, { type: "engine-restarting" }>): string {
  return `another engine is started on ${node}${delay === 0 ? "" : ` in ${delay} s`}`;
}

function addedContext(context: Context): string {
  return `context ${context.label} is added: ${describeNodes(context)}`;
}
