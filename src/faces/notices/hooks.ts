import { isSuccess } from "../../domain/ending.ts";
import type { RunEvent, RunObserver } from "../../domain/events.ts";
import { plural } from "../../domain/plural.ts";
import { printable } from "../../domain/printable.ts";
import type { Environment } from "../../domain/environment.ts";
import type { Clock } from "../terminal/clock.ts";
import { type HookEvent, hookEnvironment } from "./hook-environment.ts";
import type { NotedRun, Teller } from "./noted-run.ts";
import { type HookOutcome, runHook } from "./run-hook.ts";

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
  /** Seconds, as `LIMIT` where it is not given. */
  readonly limit?: number;
}

/**
 * Runs commands of the user: one at the first failure and at each new kind of failure, and one at the end. There is one of each at a time, and
 * the run waits for them at its end alone.
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
    const { onEnd } = this.#options;
    const end = onEnd === undefined ? undefined : this.#execute("end", onEnd);
    await this.#underWay;
    if (this.#isNew()) await this.#fail();
    await end;
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
    const { run, env, cwd, limit = LIMIT } = this.#options;
    const own = hookEnvironment(run, event);
    this.#noteOutcome(event, await runHook({ command, cwd, env: { ...env, ...own }, limitMs: limit * 1000 }));
  }

  #noteOutcome(event: HookEvent, { fault, output }: HookOutcome): void {
    const { teller, run } = this.#options;
    const option = `--on-${event}`;
    const lines = output.split("\n").filter((line) => line !== "");
    teller.note(`${option}: ${fault ?? "done"}`);
    for (const line of lines.slice(0, MOST_LINES)) teller.note(`${option}: ${printable(line)}`);
    if (lines.length > MOST_LINES) teller.note(`${option}: and ${plural(lines.length - MOST_LINES, "more line")}`);
    if (fault === undefined || this.#faultTold.has(event)) return;
    this.#faultTold.add(event);
    const where = lines.length === 0 ? "" : `; what it wrote is in ${run.files.log}`;
    teller.say(`warning: the command of ${option}: ${fault}${where}`);
  }
}
