import type { Context } from "../domain/engine.ts";
import type { EngineProcess, Launcher } from "../domain/launcher.ts";
import type { DriverAnswer } from "../wire/control-messages.ts";

/** A controller that was told to end an engine has this long to say that it has: the time that SSH may take. */
const KILL_MS = 15_000;

/** A context whose engines a controller starts and ends, at the driver's word. */
export class RemoteContext implements Launcher {
  readonly context: Context;
  readonly #engines: readonly { readonly id: string; readonly node: string }[];
  readonly #send: (answer: DriverAnswer) => void;
  /** How to report the end of each of its processes. */
  readonly #ends = new Map<string, (reason?: string) => void>();

  constructor(
    context: Context,
    engines: readonly { readonly id: string; readonly node: string }[],
    send: (answer: DriverAnswer) => void,
  ) {
    this.context = context;
    this.#engines = engines;
    this.#send = send;
  }

  /** The controller has started them already. */
  launch(): readonly EngineProcess[] {
    return this.#engines.map(({ id, node }) => {
      const ended = new Promise<string | undefined>((resolve) => this.#ends.set(id, resolve));
      return { id, node, ended, kill: () => this.#kill(id, ended) };
    });
  }

  has(id: string): boolean {
    return this.#ends.has(id);
  }

  /** The controller says that the process of an engine has ended. */
  ended(id: string, reason: string | undefined): void {
    this.#ends.get(id)?.(reason);
  }

  /** The controller has gone: nothing more is heard of its processes. */
  lost(): void {
    for (const end of this.#ends.values()) end("the command that started it is gone");
  }

  async #kill(id: string, ended: Promise<unknown>): Promise<void> {
    this.#send({ type: "end-engine", id });
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => (timer = setTimeout(resolve, KILL_MS)));
    await Promise.race([ended, patience]);
    clearTimeout(timer);
  }
}
