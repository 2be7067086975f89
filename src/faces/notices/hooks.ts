import { isSuccess } from "../../domain/ending.ts";
import type { RunEvent, RunObserver } from "../../domain/events.ts";
import { plural } from "../../domain/plural.ts";
import { printable } from "../../domain/printable.ts";
import { messageOf } from "../../domain/system-error.ts";
import type { Environment } from "../../domain/environment.ts";
import type { Clock } from "../terminal/clock.ts";
import { type HookEvent, hookEnvironment } from "./hook-environment.ts";
import type { NotedRun, Teller } from "./noted-run.ts";
import { type HookOutcome, runHook } from "./run-hook.ts";
import { waitingAloud } from "./waiting-aloud.ts";

/** Seconds that a command may take. */
const LIMIT = 30;
/** Seconds from one start of the command of `--on-failure` to the next. */
export const APART = 60;
/** Seconds between two looks whether it is due. */
const LOOK = 1;
/** Lines of output that go into the log. */
const MOST_LINES = 100;

/** What the commands need. */
export interface HookOptions {
  readonly run: NotedRun;
  readonly onFailure: string | undefined;
  readonly onEnd: string | undefined;
  /** What they inherit. */
  readonly env: Environment;
  readonly cwd: string;
  readonly clock: Clock;
  readonly teller: Teller;
  /** Ends what runs when it is aborted, and the wait for it. */
  readonly hurry: AbortSignal;
  /** Seconds, as `LIMIT` where it is not given. */
  readonly limit?: number;
}

/**
 * Runs commands of the user: one at the first failure and at each new kind of failure, and one at the end. There is one of each at a time, and
 * the run waits for them at its end alone. What is new at the end is told at once, however soon after the last time.
 */
export class Hooks implements RunObserver {
  readonly name = "the commands of --on-failure and --on-end";
  readonly #options: HookOptions;
  readonly #stop: () => void;
  readonly #faultTold = new Set<HookEvent>();
  #kindsTold: number;
  #last = Number.NEGATIVE_INFINITY;
  #underWay: Promise<void> | undefined;

  constructor(options: HookOptions) {
    this.#options = options;
    // A driver before this one may have told of those.
    this.#kindsTold = options.run.counts.kinds.size;
    this.#stop = options.clock.every(LOOK, () => this.#look());
  }

  observe(event: RunEvent): void {
    if (event.type === "task-finished" && !isSuccess(event.result.ending)) this.#look();
  }

  async close(): Promise<void> {
    this.#stop();
    const { onEnd, limit = LIMIT, teller } = this.#options;
    const failing = this.#underWay !== undefined || this.#isNew() ? ["--on-failure"] : [];
    const options = [...(onEnd === undefined ? [] : ["--on-end"]), ...failing];
    if (options.length === 0) return;
    const commands = options.map((option) => `the command of ${option}`).join(" and ");
    const what = `${commands}, which may take ${limit} s (Ctrl-C ends it)`;
    const end = onEnd === undefined ? undefined : this.#execute("end", onEnd);
    await waitingAloud(what, Promise.all([end, this.#tellLastFailures()]), teller.say);
  }

  async #tellLastFailures(): Promise<void> {
    await this.#underWay;
    if (this.#isNew() && !this.#options.hurry.aborted) await this.#fail();
  }

  #isNew(): boolean {
    return this.#options.onFailure !== undefined && this.#options.run.counts.kinds.size > this.#kindsTold;
  }

  #look(): void {
    const now = this.#options.clock.now();
    if (this.#underWay !== undefined || !this.#isNew() || now < this.#last + APART) return;
    this.#last = now;
    this.#underWay = this.#fail().finally(() => (this.#underWay = undefined));
  }

  async #fail(): Promise<void> {
    this.#kindsTold = this.#options.run.counts.kinds.size;
    await this.#execute("failure", this.#options.onFailure ?? "");
  }

  async #execute(event: HookEvent, command: string): Promise<void> {
    this.#noteOutcome(event, await this.#outcomeOf(event, command));
  }

  async #outcomeOf(event: HookEvent, command: string): Promise<HookOutcome> {
    const { run, env, cwd, hurry, limit = LIMIT } = this.#options;
    try {
      const own = hookEnvironment(run, event);
      return await runHook({ command, cwd, env: { ...env, ...own }, limitMs: limit * 1000, hurry });
    } catch (error) {
      return { fault: messageOf(error), output: "" };
    }
  }

  #noteOutcome(event: HookEvent, { fault, output }: HookOutcome): void {
    const { teller, run } = this.#options;
    const option = `--on-${event}`;
    const lines = output.split("\n").filter((line) => line !== "");
    const note = fault === undefined ? teller.note : teller.noteWarning;
    note(`${option}: ${fault ?? "done"}`);
    for (const line of lines.slice(0, MOST_LINES)) note(`${option}: ${printable(line)}`);
    if (lines.length > MOST_LINES) note(`${option}: and ${plural(lines.length - MOST_LINES, "more line")}`);
    if (fault === undefined || this.#faultTold.has(event)) return;
    this.#faultTold.add(event);
    const where = lines.length === 0 ? "" : `; what it wrote is in ${run.files.log}`;
    teller.say(`warning: the command of ${option}: ${fault}${where}`);
  }
}
