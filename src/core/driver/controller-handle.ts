import type { Duplex } from "node:stream";
import type { Context } from "../../domain/engine.ts";
import { UserError } from "../../domain/errors.ts";
import type { CallsFrom, Invitation } from "../../domain/launcher.ts";
import type { Snapshot } from "../../domain/snapshot.ts";
import { messageOf } from "../../domain/system-error.ts";
import { within } from "../../domain/time-limit.ts";
import { Connection } from "../../wire/connection.ts";
import {
  CONTROL_PROTOCOL,
  type ContextName,
  type ControllerMessage,
  type DriverAnswer,
  parseControllerMessage,
} from "../../wire/control-messages.ts";
import { MAX_FIRST_FRAME } from "../../wire/frames.ts";
import { HELLO_MS } from "../pool/engine-caller.ts";
import type { RemoteContext } from "../pool/remote-context.ts";

/** A controller that does not hang up when the run has ended is hung up on. */
const FAREWELL_MS = 2_000;
/** Bytes. A controller that leaves more unread is hung up on when there is more to say: the driver's memory is not to grow. */
const MOST_UNREAD = 16 * 1024 * 1024;

/** What controllers may do to a run. Whatever is refused is thrown as a UserError. */
export interface RunControls {
  readonly welcome: ContextDefaults;
  status(): Snapshot;
  /** Each answers in words for people. @param within seconds that what runs may still take. */
  stopEngine(rank: number, within?: number): string;
  stopContext(label: string, within?: number): string;
  stopRun(): string;
  /** Takes note of a context. @returns it, with its name; nobody speaks for it yet. */
  addContext(context: Omit<Context, "label">, name: ContextName): RemoteContext;
  /** Finds a context whose controller has gone. */
  keepContext(label: string): RemoteContext;
  /** Starts the engines of a context that has been added. */
  launch(context: RemoteContext): void;
  invite(from: CallsFrom): Promise<Invitation>;
}

/** What a context of the run has to know. */
export type ContextDefaults = Omit<Extract<DriverAnswer, { type: "welcome" }>, "type">;

type Message<T extends ControllerMessage["type"]> = Extract<ControllerMessage, { type: T }>;

export interface ControllerHandleOptions {
  readonly controls: RunControls;
  /** Why this controller is not wanted, whatever it asks for. */
  readonly refusal?: UserError;
  /** Called once, when the controller is gone. */
  readonly closed: () => void;
}

/** The driver's half of a controller: carries out what it asks for, and tells it what to do with its engines. */
export class ControllerHandle {
  readonly #connection: Connection<ControllerMessage, DriverAnswer>;
  readonly #controls: RunControls;
  readonly #refusal: UserError | undefined;
  readonly #timer: NodeJS.Timeout;
  readonly #gone: Promise<void>;
  readonly #send = (answer: DriverAnswer): void => this.#connection.send(answer);
  #greeted = false;
  /** It has asked for a context. */
  #hasAsked = false;
  #context: RemoteContext | undefined;
  #isGone = false;

  constructor(socket: Duplex, { controls, refusal, closed }: ControllerHandleOptions) {
    this.#controls = controls;
    this.#refusal = refusal;
    let hungUp: () => void = () => undefined;
    this.#gone = new Promise((resolve) => (hungUp = resolve));
    const gone = (): void => {
      clearTimeout(this.#timer);
      this.#isGone = true;
      this.#context?.detach(this.#send);
      hungUp();
      closed();
    };
    const handlers = { message: (message: ControllerMessage) => void this.#receive(message), closed: gone };
    const limits = { maxFrame: MAX_FIRST_FRAME, maxPending: MOST_UNREAD };
    this.#connection = new Connection(socket, parseControllerMessage, handlers, limits);
    this.#timer = setTimeout(() => this.#connection.destroy("it did not say hello"), HELLO_MS);
  }

  /** Says that the run has ended, and hangs up; resolves when the other side has, too, or does not in time. */
  close(): Promise<void> {
    this.#send({ type: "run-ended" });
    return this.#hangUp();
  }

  async #hangUp(): Promise<void> {
    this.#connection.close();
    if (!(await within(FAREWELL_MS, this.#gone))) this.#connection.destroy();
  }

  async #receive(message: ControllerMessage): Promise<void> {
    clearTimeout(this.#timer);
    try {
      await this.#obey(message);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.#refuse(error);
    }
  }

  #refuse({ code, message }: UserError): void {
    this.#send({ type: "refused", code, message });
  }

  #obey(message: ControllerMessage): Promise<void> | void {
    if (message.type === "hello") return this.#greet(message);
    if (!this.#greeted) return this.#connection.destroy("its first words were not hello");
    switch (message.type) {
      case "status":
        return this.#send({ type: "status", snapshot: this.#controls.status() });
      case "stop-engine":
        return this.#done(this.#controls.stopEngine(message.rank, message.within));
      case "stop-context":
        return this.#done(this.#controls.stopContext(message.label, message.within));
      case "stop-run":
        return this.#done(this.#controls.stopRun());
      case "add-context":
        return this.#addContext(message);
      case "keep-context":
        return this.#keepContext(message);
      case "engine-ended": {
        const { id, type: _, ...end } = message;
        return this.#context?.noteEnd(id, end);
      }
      case "engine-killed":
        return this.#context?.noteKilled(message.id, message.certain);
      default:
        return message satisfies never;
    }
  }

  #greet({ protocol }: Message<"hello">): void {
    const refusal = protocol === CONTROL_PROTOCOL ? this.#refusal : wrongProtocol(protocol);
    if (refusal !== undefined) {
      this.#refuse(refusal);
      return void this.#hangUp();
    }
    this.#greeted = true;
    this.#connection.trust();
    this.#send({ type: "welcome", ...this.#controls.welcome });
  }

  async #addContext({ label, stem, nodes, taskLimit, elsewhere }: Message<"add-context">): Promise<void> {
    const invitations = await this.#inviteOnce(elsewhere);
    if (this.#isGone) return;
    const name = { ...(label === undefined ? {} : { label }), ...(stem === undefined ? {} : { stem }) };
    const added = this.#controls.addContext({ nodes, taskLimit }, name);
    this.#speakFor(added, [], invitations);
    this.#controls.launch(added);
  }

  async #keepContext({ label, engines, elsewhere }: Message<"keep-context">): Promise<void> {
    const invitations = await this.#inviteOnce(elsewhere);
    if (!this.#isGone) this.#speakFor(this.#controls.keepContext(label), engines, invitations);
  }

  #speakFor(context: RemoteContext, engines: readonly string[], invitations: Invitations): void {
    this.#context = context;
    this.#send({ type: "context-added", label: context.context.label, ...invitations });
    context.attach(this.#send, engines);
  }

  /** @throws UserError when it has asked before, or the run cannot be called. */
  async #inviteOnce(elsewhere: boolean): Promise<Invitations> {
    if (this.#hasAsked) throw new UserError("second-context", "one context for each connection");
    this.#hasAsked = true;
    try {
      const here = await this.#controls.invite("here");
      return { here, ...(elsewhere ? { elsewhere: await this.#controls.invite("elsewhere") } : {}) };
    } catch (error) {
      throw new UserError("cannot-listen", `nobody can call this run: ${messageOf(error)}`);
    }
  }

  #done(message: string): void {
    this.#send({ type: "done", message });
  }
}

type Invitations = Pick<Extract<DriverAnswer, { type: "context-added" }>, "here" | "elsewhere">;

function wrongProtocol(protocol: number): UserError {
  const message = `this run speaks control protocol ${CONTROL_PROTOCOL}, not ${protocol}: use its own dbUtil.sh`;
  return new UserError("wrong-protocol", message);
}
