import type { Context } from "../domain/engine.ts";
import type { EngineProcess, Launcher } from "../domain/launcher.ts";
import { within } from "../domain/time-limit.ts";
import type { DriverAnswer } from "../wire/control-messages.ts";

/** A controller that was told to end an engine has this long to say that it has: the time that SSH may take. */
const KILL_MS = 15_000;

/** An engine that a controller has started. */
export type StartedEngine = Pick<EngineProcess, "id" | "node" | "slots">;

/** How the process of an engine ended, as its controller has it. */
interface End {
  readonly reason: string | undefined;
  /** False when it may not have ended at all. */
  readonly certain: boolean;
}

/** A context whose engines a controller starts and ends, at the driver's word. */
export class RemoteContext implements Launcher {
  readonly context: Context;
  readonly #engines: readonly StartedEngine[];
  readonly #send: (answer: DriverAnswer) => void;
  /** How to report the end of each of its processes. */
  readonly #ends = new Map<string, (end: End) => void>();

  constructor(context: Context, engines: readonly StartedEngine[], send: (answer: DriverAnswer) => void) {
    this.context = context;
    this.#engines = engines;
    this.#send = send;
  }

  /** The controller has started them already. */
  launch(): readonly EngineProcess[] {
    return this.#engines.map((engine) => {
      const end = new Promise<End>((resolve) => this.#ends.set(engine.id, resolve));
      return { ...engine, ended: end.then(({ reason }) => reason), kill: () => this.#kill(engine.id, end) };
    });
  }

  has(id: string): boolean {
    return this.#ends.has(id);
  }

  /** The controller says that the process of an engine has ended. */
  ended(id: string, end: End): void {
    this.#ends.get(id)?.(end);
  }

  /** The controller has gone: nothing more is heard of its processes. */
  lost(): void {
    for (const end of this.#ends.values()) end({ reason: "the command that started it is gone", certain: false });
  }

  async #kill(id: string, end: Promise<End>): Promise<boolean> {
    this.#send({ type: "end-engine", id });
    return (await within(KILL_MS, end)) && (await end).certain;
  }
}
