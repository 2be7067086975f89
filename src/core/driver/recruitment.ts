import type { Context, Engine, NodeSlots } from "../../domain/engine.ts";
import type { Launcher } from "../../domain/launcher.ts";
import type { SchedulerCommand } from "../scheduler/commands.ts";
import type { Scheduler } from "../scheduler/scheduler.ts";
import type { Chronicle } from "./chronicle.ts";
import type { EarlierRun } from "./earlier-run.ts";
import type { EngineGate, EnginePlace } from "../pool/engine-gate.ts";
import type { EngineHandle } from "../pool/engine-handle.ts";
import type { EngineEntry } from "../pool/engine-registry.ts";

/** Slurm signals all of a job within this time, in milliseconds. */
const LINGER_MS = 2_000;

export interface RecruitmentOptions {
  readonly gate: EngineGate;
  readonly scheduler: Scheduler;
  readonly chronicle: Chronicle;
  readonly apply: (commands: readonly SchedulerCommand[]) => void;
  /** A launcher for a context that a controller has brought, which may be gone. */
  readonly ofController: (context: Context) => Launcher;
  /** Engines have no way to call, or cannot be started for a reason that is nobody's host. */
  readonly failed: (error: unknown) => void;
}

interface KnownContext {
  readonly launcher: Launcher;
  readonly place: EnginePlace;
}

/** An engine of an earlier driver that may come back. */
export interface Adopted {
  readonly engine: EngineHandle;
  readonly place: EnginePlace;
  readonly node: NodeSlots;
}

/** Gets engines: those that the run begins with, and others in place of those that died. */
export class Recruitment {
  readonly #options: RecruitmentOptions;
  /** Nodes whose engines, of an earlier driver, may come back. */
  readonly #occupied = new Set<NodeSlots>();
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(options: RecruitmentOptions) {
    this.#options = options;
  }

  addContext(context: Context, later: boolean): void {
    this.#options.gate.addContext(context);
    this.#options.chronicle.tellNow({ type: "context-added", context, later });
  }

  /** Starts the engines of contexts that have been added. */
  launch(launchers: readonly Launcher[]): void {
    const { gate, scheduler, apply, failed } = this.#options;
    try {
      let started = 0;
      for (const launcher of launchers) {
        const nodes = launcher.context.nodes.filter((node) => !this.#occupied.has(node));
        started += gate.launch(launcher, nodes, failed);
      }
      apply(scheduler.enginesStarted(started));
    } catch (error) {
      failed(error);
    }
  }

  /** Takes up the contexts of an earlier driver, and those of its engines that may come back. */
  takeUp(earlier: EarlierRun, launchers: readonly Launcher[]): Adopted[] {
    const { gate } = this.#options;
    gate.beginRanksAt(earlier.nextRank);
    const known = new Map<string, KnownContext>();
    for (const { context, stopped, taken } of earlier.contexts) {
      const launcher =
        launchers.find((own) => own.context.label === context.label) ?? this.#options.ofController(context);
      const ofContext = earlier.engines.filter(({ engine }) => engine.context === context.label);
      const held = ofContext.reduce((sum, engine) => sum + engine.held.length, 0);
      const place = gate.addContext(launcher.context, taken - held);
      place.stopped = stopped;
      known.set(context.label, { launcher, place });
    }
    return earlier.engines.map(({ engine, ready, commandsRun }) => {
      const { launcher, place } = known.get(engine.context) ?? this.#unknownContext(engine, known);
      const node = this.#nodeOf(engine, launcher.context);
      const adopted = gate.adopt(launcher, node, engine);
      adopted.isReady = ready;
      adopted.commandsRun = commandsRun;
      adopted.isAdopted = true;
      return { engine: adopted, place, node };
    });
  }

  #nodeOf({ node, slots }: Engine, { nodes }: Context): NodeSlots {
    const own = nodes.find((one) => one.node === node && !this.#occupied.has(one));
    if (own !== undefined) this.#occupied.add(own);
    return own ?? { node, slots, coresPerSlot: 1 };
  }

  /** One of which nothing is known but that it had this engine. */
  #unknownContext({ context: label, node, slots }: Engine, known: Map<string, KnownContext>): KnownContext {
    const launcher = this.#options.ofController({ label, nodes: [{ node, slots, coresPerSlot: 1 }], taskLimit: 0 });
    const context = { launcher, place: this.#options.gate.addContext(launcher.context) };
    known.set(label, context);
    return context;
  }

  /** Starts another engine in place of one that is gone. @returns false when there have been enough. */
  replace(engine: { readonly id: string }, anew = false): boolean {
    const { gate, scheduler, chronicle, apply, failed } = this.#options;
    const restart = scheduler.isEnding ? undefined : gate.restart(engine, failed, anew);
    if (restart === undefined) return false;
    const { begin, node, label, restart: count, delay } = restart;
    chronicle.tellNow({ type: "engine-restarting", node: node.node, label, restart: count, delay });
    // Expected from now on: meanwhile the run does not end for want of engines.
    apply(scheduler.enginesStarted(1));
    this.#later(delay * 1000, () => {
      if (scheduler.isEnding || !begin()) apply(scheduler.engineMissing());
    });
    return true;
  }

  /** An engine has ended before it joined. @returns whether another is started in its place. */
  missing({ process, again }: EngineEntry, reason: string): boolean {
    const { scheduler, chronicle, apply } = this.#options;
    chronicle.tellNow({ type: "engine-failed", node: process.node, reason });
    // Where one has joined before it may go better another time.
    const isReplaced = again === true && this.replace(process);
    apply(scheduler.engineMissing());
    return isReplaced;
  }

  /**
   * Somebody has called an engine away. Where that may have been Slurm, which does so with a whole job, the driver is about to
   * hear of it, too: until then the run does not end for want of engines.
   */
  linger(engine: { readonly id: string }): void {
    const { gate, scheduler, apply } = this.#options;
    if (scheduler.isEnding || !gate.isInSlurmJob(engine)) return;
    apply(scheduler.enginesStarted(1));
    this.#later(LINGER_MS, () => apply(scheduler.engineMissing()));
  }

  #later(ms: number, action: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      action();
    }, ms);
    this.#timers.add(timer);
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }
}
