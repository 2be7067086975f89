import { isSuccess } from "../../domain/ending.ts";
import type { Backlog } from "./backlog.ts";
import type { Barriers } from "./barriers.ts";
import type { SchedulerCommand } from "./commands.ts";
import type { Demand } from "./demand.ts";
import { MOST_AHEAD } from "./engine-load.ts";
import type { Halt } from "./halt.ts";
import { Placement } from "./placement.ts";
import { Prospects } from "./prospects.ts";
import type { Roster } from "./roster.ts";
import type { SharedPool } from "./shared-pool.ts";
import type { Suspicion } from "./suspicion.ts";
import type { WaitingRetries } from "./waiting-retries.ts";

/** The source is asked for no more than this at a time. */
const MOST_PULLED = 256;

/** What there is to give out, and who there is to take it. */
interface DispatchParts {
  readonly backlog: Backlog;
  readonly engines: Roster;
  readonly barriers: Barriers;
  readonly halt: Halt;
  readonly retries: WaitingRetries;
  readonly suspicion: Suspicion;
  readonly pool: SharedPool;
  readonly tell: (command: SchedulerCommand) => void;
}

/** The run in which something is given out. */
interface DispatchRun {
  /** When no engine is left, wait for one to be added. */
  readonly waitForEngines: boolean;
  /** Engines are started before there is a task for them. */
  readonly enginesAtOnce: boolean;
  /** Whether anything new is started. */
  isRunning(): boolean;
  /** A task has failed, or could never be run. */
  noteFailure(): void;
  /** A barrier was to be passed only if nothing had failed. */
  checkFailed(): void;
  /** Nothing is left to do. */
  finished(): void;
}

/** Gives out what the source yields: tasks go to engines, barriers are passed, and more is asked for as there is room. */
export class Dispatch {
  readonly #backlog: Backlog;
  readonly #engines: Roster;
  readonly #barriers: Barriers;
  readonly #halt: Halt;
  readonly #retries: WaitingRetries;
  readonly #placement: Placement;
  readonly #prospects: Prospects;
  readonly #run: DispatchRun;
  readonly #tell: (command: SchedulerCommand) => void;
  #enginesNeeded = false;
  /** Whether the source held nothing but per-engine commands. */
  #commandsOnly = false;
  #anySkipped = false;
  #anyUnmet = false;

  constructor({ backlog, engines, barriers, halt, retries, suspicion, pool, tell }: DispatchParts, run: DispatchRun) {
    this.#backlog = backlog;
    this.#engines = engines;
    this.#barriers = barriers;
    this.#halt = halt;
    this.#retries = retries;
    this.#tell = tell;
    this.#run = run;
    this.#placement = new Placement(backlog, engines, suspicion, pool);
    this.#prospects = new Prospects(backlog, engines, pool, run.waitForEngines, tell);
  }

  /** Goes on where an earlier driver has left the run. */
  takeUp(anySkipped: boolean, anyUnmet: boolean): void {
    this.#anySkipped = anySkipped;
    this.#anyUnmet = anyUnmet;
  }

  /** Whether a task was not run that needs more than any engine has. */
  get anyUnmet(): boolean {
    return this.#anyUnmet;
  }

  /** Whether an engine could run what takes this, or may join that can. */
  couldRun(demand: Demand): boolean {
    return this.#prospects.couldRun(demand);
  }

  /** Gives out what can be given out now, and asks the source for more. */
  advance(): void {
    this.#passWhatNeedsNoSlot();
    if (!this.#run.isRunning()) return;
    this.#callForEngines();
    // All per-engine commands stand before the first task.
    if (this.#enginesNeeded && this.#backlog.knowsPerEngineCommands) this.#engines.admit(this.#backlog.perEngine);
    for (const homeless of this.#backlog.elsewhere.takeHomeless(this.#engines.all)) this.#backlog.giveBack(homeless);
    this.#sortOut();
    if (!this.#run.isRunning()) return;
    this.#assign();
    this.#meetBarrier();
    if (!this.#backlog.hasTask && this.#backlog.closed) this.#engines.balance();
    const isAllGiven = this.#backlog.size === 0 || this.#backlog.waiting !== undefined;
    if (this.#backlog.sourceEnded && isAllGiven && this.#retries.early === 0) {
      this.#engines.releaseIdle((engine) => this.#backlog.hasWorkFor((demand) => engine.couldRun(demand)));
    }
    if (this.isFinished) this.#run.finished();
    else this.#pull();
  }

  /** Whether nothing is left to be given out, and nothing is with engines. */
  get isFinished(): boolean {
    if (!this.#backlog.sourceEnded || this.#backlog.size > 0 || this.#engines.live > 0) return false;
    if (this.#retries.early > 0) return false;
    // A file of per-engine commands alone is finished when every engine has run them.
    return !this.#commandsOnly || this.#engines.isReady;
  }

  /** From now on it is looked at what each task takes. */
  lookAhead(): void {
    this.#backlog.lookAhead();
    this.#engines.openBooks();
  }

  /** Skipped tasks and barriers at the head of the queue. */
  #passWhatNeedsNoSlot(): void {
    for (let item = this.#backlog.peek(); item !== undefined; item = this.#backlog.peek()) {
      if (item.kind === "skipped") {
        this.#tell({ type: "skip", skipped: item });
        this.#anySkipped = true;
        if (!isSuccess(item.previous.ending)) this.#barriers.noteFailure();
      } else if (item.kind === "barrier") {
        const isClear = this.#engines.live === 0 && !this.#backlog.hasTaskBefore && this.#retries.early === 0;
        const outcome = this.#barriers.decide(item, isClear);
        if (outcome === "waits") return;
        if (outcome === "failed") {
          this.#backlog.drop();
          return this.#run.checkFailed();
        }
      } else return;
      this.#backlog.drop();
    }
  }

  /** A barrier is met as soon as the last task before it has been given out, not only when the next fact comes in. */
  #meetBarrier(): void {
    const next = this.#backlog.peek();
    if (next?.kind === "barrier" && (this.#engines.live > 0 || this.#retries.isAny)) this.#barriers.meet(next);
  }

  /**
   * Engines are started when the first task is in sight, so that a run with nothing left to do ends at once. A task file
   * of nothing but per-engine commands wants them too.
   */
  #callForEngines(): void {
    if (this.#enginesNeeded) return;
    this.#commandsOnly = this.#backlog.sourceEnded && !this.#anySkipped && this.#backlog.hasPerEngineCommands;
    const isComing = this.#run.enginesAtOnce && !this.#backlog.sourceEnded;
    const anyTask =
      isComing ||
      this.#backlog.peek() !== undefined ||
      this.#backlog.hasTaskBefore ||
      this.#engines.live > 0 ||
      this.#retries.isAny;
    if (!anyTask && !this.#commandsOnly) return;
    this.#enginesNeeded = true;
    this.#tell({ type: "need-engines" });
  }

  /** What each task takes is looked at from the first one on that cannot be treated like any other. Some can never be run. */
  #sortOut(): void {
    if (this.#backlog.waiting === undefined && !this.#engines.keepsBooks) return;
    this.lookAhead();
    for (let settled = this.#prospects.sortOut(); settled > 0; settled = this.#prospects.sortOut()) {
      this.#anyUnmet = true;
      for (let i = 0; i < settled; i++) this.#run.noteFailure();
      if (!this.#run.isRunning()) return;
      // A barrier may have waited for just these, and behind it there may be more of them.
      this.#passWhatNeedsNoSlot();
    }
  }

  #assign(): void {
    if (this.#backlog.hasTask) {
      for (const [engine, assignments] of this.#placement.distribute(this.#givesAhead)) {
        this.#retries.forget(assignments);
        this.#tell({ type: "assign", engine: engine.rank, assignments });
      }
    }
    this.#engines.dismissUsedUp();
  }

  /** Whether engines are given tasks ahead of need. Where the next outcomes may end the run, those must not start after them. */
  get #givesAhead(): boolean {
    const { remaining } = this.#halt;
    if (remaining === Number.POSITIVE_INFINITY) return true;
    return remaining > this.#engines.live + MOST_AHEAD * this.#engines.size;
  }

  #pull(): void {
    if (this.#backlog.pulling || this.#backlog.closed) return;
    const wanted = Math.min(this.#wanted(), MOST_PULLED);
    if (wanted <= 0) return;
    this.#backlog.pulling = true;
    this.#tell({ type: "pull", limit: wanted });
  }

  /**
   * How many items could be used now. Where no engine takes tasks one item is looked at, since it may need none, or be
   * the end; many at a time when the last ones needed none.
   */
  #wanted(): number {
    if (!this.#enginesNeeded || !this.#backlog.knowsPerEngineCommands)
      return this.#backlog.onlySkipped ? MOST_PULLED : 1;
    const room = this.#engines.room(this.#givesAhead, this.#backlog.waiting?.commonDemand);
    return room === undefined ? 1 - this.#backlog.unsuspected : this.#backlog.wanted(room);
  }
}
