import type { Duplex } from "node:stream";
import type { KeptOutput } from "../../domain/output.ts";
import type { CommandOutcome } from "../../domain/result.ts";
import { Connection } from "../../wire/connection.ts";
import { parseSlotOrder, type SlotMessage, type SlotOrder } from "../../wire/slot-messages.ts";
import {
  type TaskEnvironment,
  setTaskVariables,
  slotEnvironment,
  type SlotEnvironmentOptions,
  variablesOf,
} from "./environment.ts";
import { noneHeard } from "./heard-tasks.ts";
import type { Share } from "./shares.ts";
import { keptAsText, partAsText } from "./output-text.ts";
import { LOOK_MS, type Running, type StartCommand, startGiven } from "./workplace.ts";

/** What is left to do when the engine or its lease has gone, the engine's watchdog does sooner. Milliseconds. */
const GRACE_MS = 2_000;
/** How often the deadline is looked at. */
const DEADLINE_LOOK_MS = 500;

export interface SlotWorkerOptions extends Pick<SlotEnvironmentOptions, "engineId" | "coresPerSlot" | "terms"> {
  readonly slot: number;
  readonly share: Share;
  readonly start: StartCommand;
  /** Ends all processes of this group, and what they have started. What others of the engine run is no business of a slot. */
  readonly kill: (group: number) => Promise<void>;
  /** Seconds since the machine started. */
  readonly bootSeconds: () => number;
}

/**
 * The process of one slot, other than slot 0: it runs the slot's tasks as the engine tells it, so that they have this process's
 * share of the node. It runs one at a time, or several that need less than the slot has.
 *
 *     waiting for furnish ──► idle ◄──► running ──► over, by goodbye or because the engine is gone
 */
export class SlotWorker {
  readonly #options: SlotWorkerOptions;
  readonly #connection: Connection<SlotOrder, SlotMessage>;
  readonly #over: Promise<void>;
  #env: TaskEnvironment | undefined;
  /** By the numbers that the engine has given them. */
  readonly #running = new Map<number, Running>();
  /** Heard tasks that have ended, and are still asked what they have printed. */
  readonly #heard = new Map<number, Running>();
  /** Told when nothing runs any more. */
  #idle: () => void = () => undefined;
  /** On the boot clock. */
  #deadline = Number.POSITIVE_INFINITY;
  /** The deadline was over at the last look. */
  #isOverdue = false;
  #dismissed = false;
  /** This process has ended what it ran, since the deadline had passed. */
  #hasActed = false;

  constructor(stream: Duplex, options: SlotWorkerOptions) {
    this.#options = options;
    let over: () => void = () => undefined;
    this.#over = new Promise((resolve) => (over = resolve));
    this.#connection = new Connection<SlotOrder, SlotMessage>(stream, parseSlotOrder, {
      message: (order) => this.#obey(order),
      closed: over,
    });
  }

  /** Resolves when the engine has no more use for it, or is gone, and what it ran has ended. */
  async run(): Promise<void> {
    const { slot, share } = this.#options;
    const { affinity, env } = share;
    this.#connection.send({ type: "hello", slot, pid: process.pid, affinity, env: variablesOf(env) });
    // When it fails now, for want of memory perhaps, there is a next time.
    const bounding = setInterval(() => {
      for (const running of this.#running.values()) void running.boundOutput().catch(() => undefined);
    }, LOOK_MS);
    const looking = setInterval(() => this.#look(), DEADLINE_LOOK_MS);
    await this.#over;
    if (!this.#dismissed) await this.#endWhatRuns();
    clearInterval(bounding);
    clearInterval(looking);
  }

  /** Says what the user should know, in one line. */
  warn(message: string): void {
    this.#connection.send({ type: "warning", message });
  }

  #obey(order: SlotOrder): void {
    switch (order.type) {
      case "furnish": {
        const { share, terms, ...own } = this.#options;
        const given = { base: share.env, common: order.env, engineRank: order.engine };
        // What is dealt out has been, by the engine.
        this.#env = slotEnvironment({ ...own, ...given, terms: { ...terms, resources: [] } });
        return;
      }
      case "run":
        return this.#run(order);
      case "abandon":
        void this.#running.get(order.number)?.abandon(false);
        return this.#connection.send({ type: "abandoned" });
      case "print":
        return void this.#print(order);
      case "hear":
        return void this.#hear(order);
      case "let-go":
        this.#heard.get(order.number)?.letGo();
        this.#heard.delete(order.number);
        return;
      case "keep":
        this.#deadline = order.until ?? Number.POSITIVE_INFINITY;
        return;
      case "goodbye":
        this.#dismissed = true;
        return this.#connection.close();
      default:
        return order satisfies never;
    }
  }

  #run({ number, item, given, ...which }: Extract<SlotOrder, { type: "run" }>): void {
    const env = this.#env;
    if (env === undefined || this.#running.has(number)) return this.#connection.destroy("it is not ready for a task");
    setTaskVariables(env, item, which);
    const done = (outcome: CommandOutcome, kept?: KeptOutput): void => {
      const running = this.#running.get(number);
      if (running !== undefined && item.kind === "task" && item.setting?.isHeard === true)
        this.#heard.set(number, running);
      this.#running.delete(number);
      // What it has ended itself is no outcome; the engine, if it is still there, hears that this process is gone.
      if (this.#hasActed) this.#connection.destroy("the lease of the engine has ended, as far as its slot knows");
      else {
        const text = kept === undefined ? undefined : keptAsText(kept);
        this.#connection.send({ type: "ended", number, outcome, kept: text });
      }
      if (this.#running.size === 0) this.#idle();
    };
    const started = (pid: number, start: number): void =>
      this.#connection.send({ type: "started", number, pid, start });
    this.#running.set(number, startGiven(this.#options.start, item, env, done, given, started));
  }

  async #print({ number, stdout, stderr, most }: Extract<SlotOrder, { type: "print" }>): Promise<void> {
    const printed = await this.#running.get(number)?.printed({ stdout, stderr }, most);
    this.#connection.send({
      type: "printed",
      number,
      stdout: partAsText(printed?.stdout, stdout),
      stderr: partAsText(printed?.stderr, stderr),
    });
  }

  async #hear({ number, from, safe, most }: Extract<SlotOrder, { type: "hear" }>): Promise<void> {
    const running = this.#running.get(number) ?? this.#heard.get(number);
    const part = (await running?.heard(from, safe, most)) ?? noneHeard(from);
    const stdout = { from: part.from, data: part.data.toString("base64"), bytes: part.bytes };
    this.#connection.send({ type: "heard", number, stdout });
  }

  /**
   * Nobody else may be able to end what has cleared its environment. Whoever wakes from a freeze has not yet read what it was
   * told meanwhile, so the deadline has to be over at two looks in a row.
   */
  #look(): void {
    const wasOverdue = this.#isOverdue;
    this.#isOverdue = this.#options.bootSeconds() >= this.#deadline + GRACE_MS / 1000;
    if (!wasOverdue || !this.#isOverdue || this.#running.size === 0) return;
    this.#hasActed = true;
    void this.#killAll();
  }

  async #endWhatRuns(): Promise<void> {
    if (this.#running.size === 0) return;
    for (const running of this.#running.values()) void running.abandon(false);
    const idle = new Promise<void>((resolve) => (this.#idle = resolve));
    let late: NodeJS.Timeout | undefined;
    await Promise.race([idle, new Promise((resolve) => (late = setTimeout(resolve, GRACE_MS)))]);
    clearTimeout(late);
    await this.#killAll();
  }

  async #killAll(): Promise<void> {
    const groups = [...this.#running.values()].map(({ pid }) => pid).filter((pid) => pid > 0);
    await Promise.all(groups.map((group) => this.#options.kill(group)));
  }
}
