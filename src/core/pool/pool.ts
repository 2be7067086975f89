import type { Context } from "../../domain/engine.ts";
import type { CallsFrom, EngineProcess, Invitation, Launcher } from "../../domain/launcher.ts";
import { someOf } from "../../domain/some-of.ts";
import type { EngineMessage } from "../../wire/messages.ts";
import { Admission, type OpenSwitchboard } from "./admission.ts";

import { silenceOf } from "./attendance.ts";
import { Contexts } from "./contexts.ts";
import type { EngineHandle } from "./engine-handle.ts";
import { EngineRegistry } from "./engine-registry.ts";
import type { Restart } from "./engine-restarts.ts";
import { factOf } from "./fact-of.ts";
import type { PoolListener } from "./facts.ts";
import { Losses } from "./losses.ts";
import { type Adopted, type EarlierPool, Recruitment } from "./recruitment.ts";
import type { RemoteContext } from "./remote-context.ts";

/** Hosts that are named before the rest is only counted. */
const NAMED = 8;

export interface PoolOptions {
  readonly openSwitchboard: OpenSwitchboard;
  /** How often engines that died are started again, on each host. */
  readonly engineRestarts: number;
  /** How long engines may be out of touch, in seconds. */
  readonly lease: number;
}

/**
 * The engines of a run: they are started, call, are let in, are told something, and are given up. What happens to them it
 * tells its listener, and what becomes of their tasks is for that to say.
 */
export class Pool {
  readonly #listener: PoolListener;
  readonly #contexts = new Contexts();
  readonly #registry: EngineRegistry;
  readonly #admission: Admission;
  readonly #losses: Losses;
  readonly #recruitment: Recruitment;
  /** By rank: engines that are in the run. */
  readonly #engines = new Map<number, EngineHandle>();
  /** The outcome of the run is known, and engines may say what they like. */
  #over = false;

  constructor({ openSwitchboard, engineRestarts, lease }: PoolOptions, listener: PoolListener) {
    this.#listener = listener;
    const warning = (message: string): void => listener.hear({ type: "warning", message });
    this.#registry = new EngineRegistry({
      missing: ({ process, again = false }, reason) => listener.hear({ type: "missing", process, reason, again }),
      ended: (engine) => this.#losses.processEnded(engine),
      late: warning,
    });
    this.#losses = new Losses(lease, this.#registry, {
      isSpare: (engine) => listener.isSpare(engine),
      outOfTouch: (engine) => listener.hear({ type: "out-of-touch", engine }),
      silent: (engine, reason) => listener.hear({ type: "silent", engine, reason }),
      heard: (engine) => listener.hear({ type: "heard", engine }),
      lost: (engine, reason, crashed) => this.#lose(engine, reason, crashed),
      looked: () => listener.hear({ type: "looked" }),
    });
    this.#admission = new Admission(openSwitchboard, this.#registry, this.#contexts, {
      joined: (engine, hello, { node: place }) => {
        this.#engines.set(engine.rank, engine);
        this.#contexts.noteJoined(engine.id, engine.rank, hello.slots);
        this.#losses.watch(engine);
        const unwanted = this.#contexts.isStopped(engine.context);
        listener.hear({ type: "joined", engine, hello, place, unwanted });
      },
      message: (engine, message) => this.#receive(engine, message),
      calledAgain: (engine) => listener.hear({ type: "out-of-touch", engine }),
      hungUp: (engine, closing) => {
        if (!this.#over) this.#losses.hungUp(engine, closing);
      },
      controller: (socket) => listener.hear({ type: "controller", socket }),
      warning,
    });
    this.#recruitment = new Recruitment({
      engineRestarts,
      registry: this.#registry,
      contexts: this.#contexts,
      invite: (from) => this.#inviteOwn(from),
      restartDue: (start) => listener.hear({ type: "restart-due", start }),
    });
  }

  /** @throws Error when nobody can call. */
  listen(): Promise<void> {
    return this.#admission.listen();
  }

  /** What engines need that are started by somebody else. */
  invite(from: CallsFrom): Promise<Invitation> {
    return this.#admission.invite(from);
  }

  /** Takes note of a context, whose engines are going to be started. @throws Refused when its label is taken. */
  addContext(context: Context): void {
    this.#contexts.add(context);
  }

  /** The same for a context whose engines a controller starts, once it speaks for it. */
  addRemoteContext(context: Context): RemoteContext {
    this.#contexts.add(context);
    return this.#contexts.makeRemote(context);
  }

  /** A context that a controller has brought. */
  remoteContext(label: string): RemoteContext | undefined {
    return this.#contexts.remote(label);
  }

  /** A label that no context has. @param stem what it is to be, or at least to begin with. */
  freeLabel(stem?: string): string {
    return this.#contexts.freeLabel(stem);
  }

  /**
   * Ends engines of the context that have not joined; those that join yet are unwanted.
   *
   * @returns ranks of those that are in the run; undefined when there is no such context.
   */
  stopContext(label: string): number[] | undefined {
    if (!this.#contexts.has(label)) return undefined;
    this.#contexts.stop(label);
    this.#registry.endMissing(label);
    return [...this.#engines.values()].filter(({ context }) => context === label).map(({ rank }) => rank);
  }

  /** Starts the engines of contexts that have been added. @returns how many. */
  launch(launchers: readonly Launcher[]): number {
    return this.#recruitment.launch(launchers);
  }

  /** Takes up the contexts of an earlier driver, and those of its engines that may come back. */
  takeUp(earlier: EarlierPool): Adopted[] {
    this.#admission.beginRanksAt(earlier.nextRank);
    const adopted = this.#recruitment.takeUp(earlier);
    for (const { engine } of adopted) {
      this.#admission.beginRanksAt(engine.rank + 1);
      this.#engines.set(engine.rank, engine);
    }
    return adopted;
  }

  /** From now on it counts whether the engines are heard of that were taken up. */
  watch(): void {
    for (const engine of this.#engines.values()) this.#losses.watch(engine);
  }

  /** All that are in the run. */
  get engines(): Iterable<EngineHandle> {
    return this.#engines.values();
  }

  /** The engine that is in the run with this rank. */
  engine(rank: number): EngineHandle | undefined {
    return this.#engines.get(rank);
  }

  /** Seconds that are left to engines whose machines are taken away at a known time, by rank. */
  timeLeft(): Map<number, number> {
    const left = new Map<number, number>();
    for (const [rank, { secondsLeft }] of this.#engines) if (secondsLeft !== undefined) left.set(rank, secondsLeft);
    return left;
  }

  /** Seconds since the engine of this rank has been heard of; undefined when it is not in the run. */
  silence(rank: number): number | undefined {
    const engine = this.#engines.get(rank);
    return engine === undefined ? undefined : silenceOf(engine);
  }

  /** An engine that has called again is back. @returns whether its silence was told of. */
  takeBack(engine: EngineHandle): boolean {
    return this.#losses.back(engine);
  }

  /**
   * Starts another engine in place of one that is gone, when its time has come (`restart-due`).
   *
   * @param anew it counts as the first one there.
   * @returns where and when; undefined when there have been enough, or none is wanted.
   */
  restart(id: string, anew: boolean): Restart | undefined {
    return this.#recruitment.restart(id, anew);
  }

  /** This engine is no more, and none is going to be started in its place. */
  forget({ id }: Pick<EngineProcess, "id">): void {
    const entry = this.#registry.find(id);
    entry?.launcher.over?.(entry.process, entry.node);
  }

  /** Slurm may have a say in what becomes of it. */
  isInSlurmJob({ id }: EngineHandle): boolean {
    return this.#registry.find(id)?.launcher.context.slurmJob !== undefined;
  }

  /** The run has to end: nobody waits for those that are away. */
  hurry(): void {
    this.#losses.hurry(this.#engines.values());
  }

  /** Ends engines that have not ended by themselves. */
  kill(): void {
    for (const engine of this.#engines.values()) void this.#kill(engine);
  }

  /** Hosts whose engines have been started and have not joined, in a few words; undefined when there is none. */
  latecomers(): string | undefined {
    const nodes = this.#registry.awaited();
    return nodes.length === 0 ? undefined : someOf(nodes, NAMED);
  }

  /** The run is over: whatever becomes of the engines is nobody's loss. */
  rest(): void {
    this.#over = true;
    this.#losses.close();
    this.#recruitment.rest();
  }

  /** Lets no engine in any more, and waits until no engine process is left. */
  async endEngines(): Promise<void> {
    this.#recruitment.stop();
    this.#admission.stop();
    await this.#registry.close();
  }

  /** Hangs up on everybody. */
  close(): void {
    this.#admission.close();
  }

  async #inviteOwn(from: CallsFrom): Promise<Invitation> {
    try {
      return await this.invite(from);
    } catch (error) {
      this.#listener.hear({ type: "cannot-be-called", error });
      throw error;
    }
  }

  #receive(engine: EngineHandle, message: EngineMessage): void {
    if (message.type === "output") {
      if (!this.#over && !engine.isGone) this.#losses.note(engine);
      return this.#listener.hear({ type: "output", engine, message });
    }
    const isNews = !("sequence" in message) || engine.receive(message.sequence);
    if (engine.state === "lost") return isNews ? this.#hearOut(message) : undefined;
    if (this.#over || engine.state === "left") return;
    this.#losses.note(engine);
    // To hello and beats the connection has seen.
    if (!isNews || message.type === "hello" || message.type === "beat") return;
    if (message.type === "goodbye") return this.#bidFarewell(engine, message);
    if (message.type === "report") engine.mayRepeat = false;
    if (message.type === "draining") engine.isCalledAway = true;
    this.#listener.hear(factOf(engine, message));
  }

  /** What an engine says that has been given up. */
  #hearOut(message: EngineMessage): void {
    if (message.type !== "results" || message.interrupted) return;
    this.#listener.hear({ type: "too-late", results: message.results });
  }

  #bidFarewell(engine: EngineHandle, { reason, fenced }: Extract<EngineMessage, { type: "goodbye" }>): void {
    engine.state = fenced ? "lost" : "left";
    engine.send({ type: "farewell" });
    engine.close();
    this.#losses.forget(engine);
    if (fenced) return this.#lose(engine, reason ?? "its lease has ended", false);
    this.#engines.delete(engine.rank);
    this.#listener.hear({ type: "left", engine, reason });
  }

  #lose(engine: EngineHandle, reason: string, crashed: boolean): void {
    if (this.#over) return;
    this.#engines.delete(engine.rank);
    this.#listener.hear({ type: "lost", engine, reason, crashed });
  }

  /** Also when its host cannot be reached any more: the run has to end. */
  async #kill(engine: EngineHandle): Promise<void> {
    await this.#registry.kill(engine);
    engine.refuse("it did not end its tasks in time");
  }
}
