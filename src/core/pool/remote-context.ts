import { randomUUID } from "node:crypto";
import type { Context, NodeSlots } from "../../domain/engine.ts";
import type { EngineProcess, Launcher, ProcessEnd } from "../../domain/launcher.ts";
import type { DriverAnswer } from "../../wire/control-messages.ts";
import { RemoteProcess } from "./remote-process.ts";

/** A controller that is gone comes back within this time, if it does: it looks for the run once a second. */
const ABSENCE_MS = 10_000;

const GONE: ProcessEnd = { certain: false, reason: "the command that started it is gone" };
const NEVER_STARTED: ProcessEnd = { certain: true, reason: "the command that was to start it never heard of that" };

/** How to say something to a controller. */
export type Say = (answer: DriverAnswer) => void;

/**
 * A context whose engines a controller starts and ends, at the driver's word. The controller may be lost and come back;
 * meanwhile nothing can be started, and what runs goes on.
 */
export class RemoteContext implements Launcher {
  readonly context: Context;
  readonly #engines = new Map<string, RemoteProcess>();
  #say: Say | undefined;
  #absence: NodeJS.Timeout | undefined;

  /** Nobody speaks for it yet. */
  constructor(context: Context) {
    this.context = context;
  }

  start(node: NodeSlots): EngineProcess | undefined {
    const number = this.context.nodes.indexOf(node);
    if (this.#say === undefined || number === -1) return undefined;
    const engine = this.#expect(node, randomUUID());
    this.#say({ type: "start-engine", id: engine.id, node: number });
    return engine;
  }

  adopt(node: NodeSlots, { id }: Pick<EngineProcess, "id">): EngineProcess {
    const engine = this.#expect(node, id);
    if (this.#say === undefined) this.#waitForController();
    return engine;
  }

  /** An engine of the run has joined it. */
  noteJoined(id: string, rank: number, slots: number): void {
    if (this.#engines.has(id)) this.#say?.({ type: "engine-joined", id, rank, slots });
  }

  /** A controller speaks for the context from now on. @param known ids of engines that it has started, if any. */
  attach(say: Say, known: readonly string[] = []): void {
    clearTimeout(this.#absence);
    this.#say = say;
    const started = new Set(known);
    for (const engine of this.#engines.values()) if (!started.has(engine.id)) engine.noteEnd(NEVER_STARTED);
  }

  /** That controller is gone, unless another speaks for the context by now. */
  detach(say: Say): void {
    if (say !== this.#say) return;
    this.#say = undefined;
    for (const engine of this.#engines.values()) {
      engine.noteKilled(false);
      if (engine.isOver) engine.noteEnd(GONE);
    }
    this.#waitForController();
  }

  noteEnd(id: string, end: ProcessEnd): void {
    this.#engines.get(id)?.noteEnd(end);
  }

  noteKilled(id: string, certain: boolean): void {
    this.#engines.get(id)?.noteKilled(certain);
  }

  /** The controller need not stay for it. */
  over({ id }: Pick<EngineProcess, "id">): void {
    const engine = this.#engines.get(id);
    if (engine === undefined) return;
    engine.isOver = true;
    if (this.#say === undefined) engine.noteEnd(GONE);
    else this.#say({ type: "engine-over", id });
  }

  #expect({ node, slots }: NodeSlots, id: string): RemoteProcess {
    const end = (): boolean => {
      this.#say?.({ type: "end-engine", id });
      return this.#say !== undefined;
    };
    const engine = new RemoteProcess({ id, node, slots, end });
    this.#engines.set(id, engine);
    return engine;
  }

  #waitForController(): void {
    clearTimeout(this.#absence);
    this.#absence = setTimeout(() => {
      for (const engine of this.#engines.values()) engine.noteEnd(GONE);
    }, ABSENCE_MS);
    this.#absence.unref();
  }
}
