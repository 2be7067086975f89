import type { Duplex } from "node:stream";
import type { Context } from "../../domain/engine.ts";
import { UserError } from "../../domain/errors.ts";
import type { RunEnd } from "../../domain/events.ts";
import { EXIT } from "../../domain/exit-codes.ts";
import type { CallsFrom, Invitation, Launcher } from "../../domain/launcher.ts";
import type { Snapshot } from "../../domain/snapshot.ts";
import { type ContextDefaults, ControllerHandle, type RunControls } from "./controller-handle.ts";
import type { ContextName } from "../../wire/control-messages.ts";
import type { EngineGate } from "../pool/engine-gate.ts";
import { RemoteContext } from "../pool/remote-context.ts";

/**
 * Controllers at a time. Each may be the only one of a job array of many small jobs; more than this come from a script that
 * has gone wild, and file descriptors are the engines' before they are anybody's.
 */
const MOST_CONTROLLERS = 512;
/** The status is no older than this: however often it is asked for, it is not worked out more often. */
const STATUS_MS = 100;

/** What controllers need of the run, besides the gate. */
export interface ControlledRun {
  /** What contexts that are added later have to know. */
  readonly contextDefaults: ContextDefaults;
  /** Where the run stands. */
  readonly snapshot: () => Snapshot;
  /** Nothing new is started any more. */
  isEnding(): boolean;
  /**
   * The engine starts nothing more and leaves.
   *
   * @param within seconds that what runs may still take; as long as the run says when it is missing.
   * @returns false when no such engine is in the run.
   */
  stopEngine(rank: number, within?: number): boolean;
  /** The same for all engines of a context. */
  stopEnginesOf(label: string, within?: number): void;
  /** A context has become part of the run. */
  addContext(context: Context): void;
  launch(launchers: readonly Launcher[]): void;
  drain(reason: RunEnd): void;
  terminate(reason: RunEnd): void;
}

/** Everybody who has called to look at the run or to change its engines, and what they may do. */
export class Controllers implements RunControls {
  readonly #run: ControlledRun;
  readonly #gate: EngineGate;
  readonly #handles = new Set<ControllerHandle>();
  readonly #contexts = new Map<string, RemoteContext>();
  #status: { readonly snapshot: Snapshot; readonly at: number } | undefined;
  #closed = false;

  constructor(run: ControlledRun, gate: EngineGate) {
    this.#run = run;
    this.#gate = gate;
  }

  accept(socket: Duplex): void {
    // Those that are turned away need a moment to hear of it.
    if (this.#handles.size >= 2 * MOST_CONTROLLERS) return void socket.destroy();
    const refusal = this.#handles.size < MOST_CONTROLLERS ? {} : { refusal: tooMany() };
    const closed = (): void => void this.#handles.delete(handle);
    const handle = new ControllerHandle(socket, { controls: this, closed, ...refusal });
    this.#handles.add(handle);
    if (this.#closed) void handle.close();
  }

  /** A context that a controller had brought into the run before its driver died. The controller may come back. */
  recover(context: Context): Launcher {
    const recovered = new RemoteContext(context);
    this.#contexts.set(context.label, recovered);
    return recovered;
  }

  engineJoined(id: string, rank: number, slots: number): void {
    for (const context of this.#contexts.values()) context.noteJoined(id, rank, slots);
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
    const at = performance.now();
    if (this.#status === undefined || at - this.#status.at > STATUS_MS) {
      this.#status = { snapshot: this.#run.snapshot(), at };
    }
    return this.#status.snapshot;
  }

  stopEngine(rank: number, within?: number): string {
    if (!this.#run.stopEngine(rank, within)) throw new UserError("no-such-engine", `no engine ${rank} is in this run`);
    return `engine ${rank} starts no more tasks, and leaves when what it runs has ended${atTheLatest(within)}`;
  }

  stopContext(label: string, within?: number): string {
    if (!this.#gate.stopContext(label)) {
      throw new UserError("no-such-context", `this run has no context ${label}; --status shows those it has`);
    }
    this.#run.stopEnginesOf(label, within);
    return `context ${label} starts no more tasks, and its engines leave when what they run has ended${atTheLatest(within)}`;
  }

  stopRun(): string {
    if (this.#run.isEnding()) {
      this.#run.terminate("stopped");
      return "the run ends its tasks";
    }
    this.#run.drain("stopped");
    return "the run starts no more tasks, and ends when what runs has ended; --stop-run again ends that too";
  }

  addContext(request: Omit<Context, "label">, { label, stem }: ContextName): RemoteContext {
    if (this.#run.isEnding()) throw new UserError("run-ending", "the run is ending and takes no more engines");
    const context = new RemoteContext({ ...request, label: label ?? this.#gate.freeLabel(stem) });
    this.#run.addContext(context.context);
    this.#contexts.set(context.context.label, context);
    return context;
  }

  keepContext(label: string): RemoteContext {
    const context = this.#contexts.get(label);
    if (context === undefined) throw new UserError("no-such-context", `this run knows of no context ${label}`);
    return context;
  }

  launch(context: RemoteContext): void {
    this.#run.launch([context]);
  }

  invite(from: CallsFrom): Promise<Invitation> {
    return this.#gate.invite(from);
  }
}

function atTheLatest(within: number | undefined): string {
  return within === undefined ? "" : `, or is ended in ${within} s`;
}

function tooMany(): UserError {
  const message = `${MOST_CONTROLLERS} dbUtil.sh of this run are running already: stop some, or name more hosts in one`;
  return new UserError("too-many-controllers", message, { exitCode: EXIT.unfinished });
}
