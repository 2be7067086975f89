import type { Duplex } from "node:stream";
import type { Context } from "../domain/engine.ts";
import { UserError } from "../domain/errors.ts";
import type { CallsFrom, Invitation, Launcher } from "../domain/launcher.ts";
import type { Snapshot } from "../domain/snapshot.ts";
import { within } from "../domain/time-limit.ts";
import { messageOf } from "../domain/system-error.ts";
import { Connection } from "../wire/connection.ts";
import {
  CONTROL_PROTOCOL,
  type ControllerMessage,
  type DriverAnswer,
  parseControllerMessage,
} from "../wire/control-messages.ts";
import { RemoteContext, type StartedEngine } from "./remote-context.ts";

/** Whoever has the right certificate still has to say hello within this time. */
export const HELLO_MS = 20_000;
/** A controller that does not hang up when the run has ended is hung up on. */
const FAREWELL_MS = 2_000;

/** What controllers may do to a run. Whatever is refused is thrown as a UserError. */
export interface RunControls {
  readonly welcome: ContextDefaults;
  status(): Snapshot;
  /** Each answers in words for people. */
  stopEngine(rank: number): string;
  stopContext(label: string): string;
  stopRun(): string;
  /** Takes note of a context of this name, or of any free one. @returns it, with its name. */
  addContext(context: Omit<Context, "label">, label: string | undefined): Context;
  /** Gives up a context whose engines have not been started. */
  dropContext(label: string): void;
  /** Expects the engines of a context that has been added. @returns false when one of their ids is not new. */
  expect(launcher: Launcher, engines: readonly StartedEngine[]): boolean;
  invite(from: CallsFrom): Promise<Invitation>;
}

/** What a context of the run has to know. */
export type ContextDefaults = Omit<Extract<DriverAnswer, { type: "welcome" }>, "type">;

type Message<T extends ControllerMessage["type"]> = Extract<ControllerMessage, { type: T }>;

/** The driver's half of a controller: carries out what it asks for, and speaks for the engines that it has started. */
export class ControllerHandle {
  readonly #connection: Connection<ControllerMessage, DriverAnswer>;
  readonly #controls: RunControls;
  readonly #timer: NodeJS.Timeout;
  readonly #gone: Promise<void>;
  #greeted = false;
  #context: Context | undefined;
  #engines: RemoteContext | undefined;

  /** @param closed called once, when the controller is gone. */
  constructor(socket: Duplex, controls: RunControls, closed: () => void) {
    this.#controls = controls;
    let hungUp: () => void = () => undefined;
    this.#gone = new Promise((resolve) => (hungUp = resolve));
    this.#connection = new Connection(socket, parseControllerMessage, {
      message: (message) => this.#receive(message),
      closed: () => {
        clearTimeout(this.#timer);
        this.#engines?.lost();
        if (this.#engines === undefined && this.#context !== undefined) controls.dropContext(this.#context.label);
        hungUp();
        closed();
      },
    });
    this.#timer = setTimeout(() => this.#connection.destroy("it did not say hello"), HELLO_MS);
  }

  /** An engine has joined the run; the controller is told if it is one of its own. */
  engineJoined(id: string, rank: number, slots: number): void {
    if (this.#engines?.has(id) === true) this.#send({ type: "engine-joined", id, rank, slots });
  }

  /** Says that the run has ended, and hangs up; resolves when the other side has, too, or does not in time. */
  async close(): Promise<void> {
    this.#send({ type: "run-ended" });
    this.#connection.close();
    if (!(await within(FAREWELL_MS, this.#gone))) this.#connection.destroy();
  }

  #receive(message: ControllerMessage): void {
    clearTimeout(this.#timer);
    try {
      this.#obey(message);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.#send({ type: "refused", code: error.code, message: error.message });
    }
  }

  #obey(message: ControllerMessage): void {
    if (message.type === "hello") return this.#greet(message);
    if (!this.#greeted) return this.#connection.destroy("its first words were not hello");
    switch (message.type) {
      case "status":
        return this.#send({ type: "status", snapshot: this.#controls.status() });
      case "stop-engine":
        return this.#done(this.#controls.stopEngine(message.rank));
      case "stop-context":
        return this.#done(this.#controls.stopContext(message.label));
      case "stop-run":
        return this.#done(this.#controls.stopRun());
      case "add-context":
        return this.#addContext(message);
      case "engines-started":
        return void this.#expect(message);
      case "engine-ended":
        return this.#engines?.ended(message.id, { reason: message.reason, certain: message.certain });
      default:
        return message satisfies never;
    }
  }

  #greet({ protocol }: Message<"hello">): void {
    if (protocol !== CONTROL_PROTOCOL) {
      const message = `this run speaks control protocol ${CONTROL_PROTOCOL}, not ${protocol}: use its own dbUtil.sh`;
      throw new UserError("wrong-protocol", message);
    }
    this.#greeted = true;
    this.#send({ type: "welcome", ...this.#controls.welcome });
  }

  #addContext({ label, nodes, taskLimit }: Message<"add-context">): void {
    if (this.#context !== undefined) throw new UserError("second-context", "one context for each connection");
    this.#context = this.#controls.addContext({ nodes, taskLimit }, label);
    this.#send({ type: "context-added", label: this.#context.label });
  }

  async #expect({ engines, elsewhere }: Message<"engines-started">): Promise<void> {
    if (this.#context === undefined || this.#engines !== undefined) {
      return this.#connection.destroy("it has started engines that it has not announced");
    }
    const started = new RemoteContext(this.#context, engines, (answer) => this.#send(answer));
    if (!this.#controls.expect(started, engines)) {
      return this.#connection.destroy("it has started engines that are known already");
    }
    this.#engines = started;
    try {
      const here = await this.#controls.invite("here");
      const others = elsewhere ? { elsewhere: await this.#controls.invite("elsewhere") } : {};
      this.#send({ type: "invitations", here, ...others });
    } catch (error) {
      const message = `nobody can call this run: ${messageOf(error)}`;
      this.#send({ type: "refused", code: "cannot-listen", message });
    }
  }

  #done(message: string): void {
    this.#send({ type: "done", message });
  }

  #send(answer: DriverAnswer): void {
    this.#connection.send(answer);
  }
}
