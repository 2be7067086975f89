import type { Duplex } from "node:stream";
import type { Context } from "../domain/engine.ts";
import { UserError } from "../domain/errors.ts";
import type { RunEnd } from "../domain/events.ts";
import type { CallsFrom, Invitation, Launcher } from "../domain/launcher.ts";
import type { Snapshot } from "../domain/snapshot.ts";
import { type ContextDefaults, ControllerHandle, type RunControls } from "./controller-handle.ts";
import type { EngineGate } from "./engine-gate.ts";
import type { StartedEngine } from "./remote-context.ts";

/** What controllers need of the run, besides the gate. */
export interface ControlledRun {
  /** What contexts that are added later have to know. */
  readonly contextDefaults: ContextDefaults;
  /** Where the run stands. */
  readonly snapshot: () => Snapshot;
  /** Nothing new is started any more. */
  isEnding(): boolean;
  /** The engine starts nothing more and leaves. @returns false when no such engine is in the run. */
  stopEngine(rank: number): boolean;
  /** The same for all engines of a context. */
  stopEnginesOf(label: string): void;
  /** A context has become part of the run. */
  addContext(context: Context): void;
  /** Its engines have never been started. */
  dropContext(label: string): void;
  launch(launchers: readonly Launcher[]): void;
  drain(reason: RunEnd): void;
  terminate(reason: RunEnd): void;
}

/** Everybody who has called to look at the run or to change its engines, and what they may do. */
export class Controllers implements RunControls {
  readonly #run: ControlledRun;
  readonly #gate: EngineGate;
  readonly #handles = new Set<ControllerHandle>();
  #closed = false;

  constructor(run: ControlledRun, gate: EngineGate) {
    this.#run = run;
    this.#gate = gate;
  }

  accept(socket: Duplex): void {
    const handle = new ControllerHandle(socket, this, () => this.#handles.delete(handle));
    this.#handles.add(handle);
    if (this.#closed) void handle.close();
  }

  engineJoined(id: string, rank: number, slots: number): void {
    for (const handle of this.#handles) handle.engineJoined(id, rank, slots);
  }

  /** Says goodbye to all, also to those that come yet; resolves when they have been told, or do not listen. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#handles].map((handle) => handle.close()));
  }

  get welcome(): ContextDefaults {
    return this.#run.contextDefaults;
  }

  status(): Snapshot {
    return this.#run.snapshot();
  }

  stopEngine(rank: number): string {
    if (!this.#run.stopEngine(rank)) throw new UserError("no-such-engine", `no engine ${rank} is in this run`);
    return `engine ${rank} starts no more tasks, and leaves when what it runs has ended`;
  }

  stopContext(label: string): string {
    if (!this.#gate.stopContext(label)) {
      throw new UserError("no-such-context", `this run has no context ${label}; --status shows those it has`);
    }
    this.#run.stopEnginesOf(label);
    return `context ${label} starts no more tasks, and its engines leave when what they run has ended`;
  }

  stopRun(): string {
    if (this.#run.isEnding()) {
      this.#run.terminate("stopped");
      return "the run ends its tasks";
    }
    this.#run.drain("stopped");
    return "the run starts no more tasks, and ends when what runs has ended; --stop-run again ends that too";
  }

  addContext(request: Omit<Context, "label">, label: string | undefined): Context {
    if (this.#run.isEnding()) throw new UserError("run-ending", "the run is ending and takes no more engines");
    const context = { ...request, label: label ?? this.#gate.freeLabel() };
    this.#run.addContext(context);
    return context;
  }

  dropContext(label: string): void {
    this.#run.dropContext(label);
  }

  expect(launcher: Launcher, engines: readonly StartedEngine[]): boolean {
    const ids = new Set(engines.map(({ id }) => id));
    if (ids.size < engines.length || [...ids].some((id) => this.#gate.knows(id))) return false;
    this.#run.launch([launcher]);
    return true;
  }

  invite(from: CallsFrom): Promise<Invitation> {
    return this.#gate.invite(from);
  }
}
