import type { Duplex } from "node:stream";
import type { Credentials, Invitation, Launcher } from "../domain/launcher.ts";
import type { Quota } from "../scheduler/engine-load.ts";
import { type EngineMessage, PROTOCOL } from "../wire/messages.ts";
import { listen, type Listener } from "../wire/tls.ts";
import { EngineHandle, type EngineHandleEvents } from "./engine-handle.ts";
import { EngineRegistry } from "./engine-registry.ts";

/** A stranger with the right certificate still has to say hello within this time. */
const HELLO_MS = 20_000;

export interface EngineGateOptions {
  readonly launchers: readonly Launcher[];
  /** The run's certificates. */
  readonly credentials: Promise<{ readonly driver: Credentials; readonly engine: Credentials }>;
  /** Address to listen on, and for engines to call. */
  readonly host: string;
}

export interface EngineGateEvents extends EngineHandleEvents {
  /** An engine was let in; it has its rank. */
  joined(engine: EngineHandle, hello: Hello, quota: Quota): void;
  /** The process of an engine has ended before the engine joined. */
  missing(node: string, reason: string): void;
  warning(message: string): void;
}

export type Hello = Extract<EngineMessage, { type: "hello" }>;

/** How engines come into the run: they are started, they call, and who names what was started here is let in. */
export class EngineGate {
  readonly #options: EngineGateOptions;
  readonly #events: EngineGateEvents;
  readonly #registry: EngineRegistry;
  readonly #quotas = new Map<Launcher, Quota>();
  #listener: Listener | undefined;
  #nextRank = 0;
  #closed = false;

  constructor(options: EngineGateOptions, events: EngineGateEvents) {
    this.#options = options;
    this.#events = events;
    this.#registry = new EngineRegistry({
      missing: (node, reason) => events.missing(node, reason),
      late: (message) => events.warning(message),
    });
  }

  /**
   * Starts all engines, while the certificates are still being made.
   *
   * @returns how many, and a promise that fails when they cannot be let in.
   */
  open(): { readonly started: number; readonly listening: Promise<unknown> } {
    const invitation = this.#listen();
    // Whoever awaits it hears of its failure; until then nobody else needs to.
    invitation.catch(() => undefined);
    let started = 0;
    for (const launcher of this.#options.launchers) {
      const { taskLimit } = launcher.context;
      this.#quotas.set(launcher, { left: taskLimit > 0 ? taskLimit : Number.POSITIVE_INFINITY });
      started += this.#registry.launch(launcher, invitation);
    }
    return { started, listening: invitation };
  }

  /** Ends what is left of an engine. @returns why its process ended, if it says so. */
  kill(engine: EngineHandle): Promise<string | undefined> {
    return this.#registry.kill(engine);
  }

  /** What to tell the user of contexts that may take no more tasks. */
  exhausted(): string[] {
    return [...this.#quotas]
      .filter(([, { left }]) => left <= 0)
      .map(([{ context }]) => `context ${context.label} has taken the ${context.taskLimit} tasks that -C allows it`);
  }

  /** Lets nobody in any more, and waits until no engine process is left. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#registry.close();
    this.#listener?.close();
  }

  async #listen(): Promise<Invitation> {
    const { host } = this.#options;
    const { driver, engine: credentials } = await this.#options.credentials;
    const listener = await listen(host, driver, (socket) => this.#accept(socket));
    if (this.#closed) listener.close();
    this.#listener = listener;
    return { addresses: [{ host, port: listener.port }], credentials };
  }

  #accept(socket: Duplex): void {
    const handle = new EngineHandle(socket, {
      message: (engine, message) => {
        clearTimeout(timer);
        if (engine.rank !== -1 && message.type !== "hello") this.#events.message(engine, message);
        else this.#admit(engine, message);
      },
      closed: (engine, closing) => {
        clearTimeout(timer);
        this.#events.closed(engine, closing);
      },
    });
    const timer = setTimeout(() => handle.refuse("it did not say hello"), HELLO_MS);
  }

  #admit(engine: EngineHandle, hello: EngineMessage): void {
    if (this.#closed) return;
    if (hello.type !== "hello") return engine.refuse("its first words were not hello");
    if (hello.protocol !== PROTOCOL) return engine.refuse(`it speaks protocol ${hello.protocol}, not ${PROTOCOL}`);
    if (engine.rank !== -1) return engine.refuse("it has said hello before");
    engine.id = hello.engineId;
    const launcher = this.#registry.join(engine);
    const quota = launcher === undefined ? undefined : this.#quotas.get(launcher);
    if (quota === undefined) return engine.refuse("it is not expected");
    engine.rank = this.#nextRank++;
    this.#events.joined(engine, hello, quota);
  }
}
