import type { Duplex } from "node:stream";
import { type Done, type Refusal, Refused } from "../../domain/control.ts";
import { UserError } from "../../domain/errors.ts";
import { messageOf } from "../../domain/system-error.ts";
import { within } from "../../domain/time-limit.ts";
import { Connection } from "../../wire/connection.ts";
import {
  CONTROL_PROTOCOL,
  type ControllerMessage,
  type DriverAnswer,
  parseControllerMessage,
} from "../../wire/control-messages.ts";
import { MAX_CONTROLLER_FRAME, MAX_FIRST_FRAME } from "../../wire/frames.ts";
import { HELLO_MS } from "../pool/engine-connection.ts";
import type { RemoteContext } from "../pool/remote-context.ts";
import { answerTo, type Inquiry, noAnswer } from "./inquiries.ts";
import type { OutputFollower } from "./output-intake.ts";
import type { Verbs } from "./verbs.ts";
import { Wait } from "./wait.ts";
import type { Watchers } from "./watchers.ts";

/** A controller that does not hang up when the run has ended is hung up on. */
const FAREWELL_MS = 2_000;
/** Bytes. A controller that leaves more unread is hung up on when there is more to say: the driver's memory is not to grow. */
const MOST_UNREAD = 16 * 1024 * 1024;
/** Bytes. A controller that has more unread misses what tasks print meanwhile. */
const MOST_UNREAD_OUTPUT = 1024 * 1024;
/** Questions of one controller that may be open at a time; whoever asks more has gone wild. */
const MOST_OPEN = 64;

type Message<T extends ControllerMessage["type"]> = Extract<ControllerMessage, { type: T }>;

export interface ControllerHandleOptions {
  readonly verbs: Verbs;
  readonly watchers: Watchers;
  /** Why this controller is not wanted, whatever it asks for. */
  readonly refusal: Refusal | undefined;
  /** Called once, when the controller is gone. */
  readonly closed: () => void;
}

/** The driver's half of a controller: carries out what it asks for, and tells it what to do with its engines. */
export class ControllerHandle {
  readonly #connection: Connection<ControllerMessage, DriverAnswer>;
  readonly #verbs: Verbs;
  readonly #watchers: Watchers;
  readonly #refusal: Refusal | undefined;
  readonly #timer: NodeJS.Timeout;
  readonly #gone: Promise<void>;
  readonly #send = (answer: DriverAnswer): void => this.#connection.send(answer);
  #greeted = false;
  /** Whether the controller has asked for a context. */
  #hasAsked = false;
  #context: RemoteContext | undefined;
  #isGone = false;
  /** Questions that have not been answered. */
  #open = 0;
  /** Tasks that it waits for. */
  readonly #waits = new Set<Wait>();
  #follower: OutputFollower | undefined;

  constructor(socket: Duplex, { verbs, watchers, refusal, closed }: ControllerHandleOptions) {
    this.#verbs = verbs;
    this.#watchers = watchers;
    this.#refusal = refusal;
    let hungUp: () => void = () => undefined;
    this.#gone = new Promise((resolve) => (hungUp = resolve));
    const gone = (): void => {
      clearTimeout(this.#timer);
      this.#isGone = true;
      this.#context?.detach(this.#send);
      watchers.delete(this.#connection);
      for (const wait of this.#waits) wait.end();
      this.#unfollow();
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
      if (error instanceof Refused) return this.#refuse(error.refusal);
      // Whoever only looks does not end the run.
      if (message.type !== "status") throw error;
      this.#connection.destroy(messageOf(error));
    }
  }

  #refuse(refusal: Refusal): void {
    this.#send({ type: "refused", ...refusal });
  }

  #obey(message: ControllerMessage): Promise<void> | void {
    if (message.type === "hello") return this.#greet(message);
    if (!this.#greeted) return this.#connection.destroy("its first words were not hello");
    switch (message.type) {
      case "status":
        return this.#send({ type: "status", snapshot: this.#verbs.status() });
      case "stop-engine":
        return this.#done(this.#verbs.stopEngine(message.rank, message.within));
      case "stop-context":
        return this.#done(this.#verbs.stopContext(message.label, message.within));
      case "stop-run":
        return this.#done(this.#verbs.stopRun(message.kill));
      case "stop-task":
        return this.#stopTask(message.id);
      case "watch":
        return this.#isGone ? undefined : this.#watchers.add(this.#connection);
      case "tasks":
      case "task":
      case "slots":
        return this.#answer(message);
      case "submit":
      case "end-list":
        return this.#changeList(message);
      case "wait":
        return this.#wait(message);
      case "follow-output":
        return this.#follow(message);
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
    if (protocol !== CONTROL_PROTOCOL) {
      this.#send(wrongProtocol(protocol));
      return void this.#hangUp();
    }
    if (this.#refusal !== undefined) {
      this.#refuse(this.#refusal);
      return void this.#hangUp();
    }
    this.#greeted = true;
    this.#connection.trust(MAX_CONTROLLER_FRAME);
    this.#send({ type: "welcome", ...this.#verbs.welcome });
  }

  async #addContext({ label, stem, nodes, taskLimit, elsewhere }: Message<"add-context">): Promise<void> {
    const invitations = await this.#inviteOnce(elsewhere);
    if (this.#isGone) return;
    const added = this.#verbs.addContext({ nodes, taskLimit }, { label, stem });
    this.#speakFor(added, [], invitations);
    this.#verbs.launch(added);
  }

  async #keepContext({ label, engines, elsewhere }: Message<"keep-context">): Promise<void> {
    const invitations = await this.#inviteOnce(elsewhere);
    if (!this.#isGone) this.#speakFor(this.#verbs.keepContext(label), engines, invitations);
  }

  #speakFor(context: RemoteContext, engines: readonly string[], invitations: Invitations): void {
    this.#context = context;
    this.#send({ type: "context-added", label: context.context.label, ...invitations });
    context.attach(this.#send, engines);
  }

  /** @throws Refused when it has asked before, or the run cannot be called. */
  async #inviteOnce(isElsewhere: boolean): Promise<Invitations> {
    if (this.#hasAsked) throw new Refused({ code: "second-context" });
    this.#hasAsked = true;
    const here = await this.#verbs.invite("here");
    return isElsewhere ? { here, elsewhere: await this.#verbs.invite("elsewhere") } : { here };
  }

  async #stopTask(id: number): Promise<void> {
    this.#done(await this.#verbs.stopTask(id));
  }

  async #answer(inquiry: Inquiry): Promise<void> {
    if (this.#open >= MOST_OPEN) return this.#connection.destroy(`it asks more than ${MOST_OPEN} questions at a time`);
    this.#open++;
    this.#send(await answerTo(inquiry, this.#verbs.inquiries));
    this.#open--;
  }

  #changeList(message: Message<"submit" | "end-list">): void {
    const { number } = message;
    try {
      if (message.type === "submit") {
        const { first, count } = this.#verbs.submit(message.lines, message.terms);
        return this.#send({ type: "submitted", number, first, count });
      }
      this.#verbs.endList();
      this.#send({ type: "list-ended", number });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.#send(noAnswer(number, error));
    }
  }

  #wait({ number, ids }: Message<"wait">): void {
    if (this.#waits.size >= MOST_OPEN) return this.#connection.destroy(`it waits ${MOST_OPEN} times at once`);
    const wait = new Wait(number, ids, this.#verbs.results, this.#connection, () => void this.#waits.delete(wait));
    this.#waits.add(wait);
    wait.begin();
  }

  #follow({ ids }: Message<"follow-output">): void {
    if (this.#isGone) return;
    this.#unfollow();
    const tell: OutputFollower["tell"] = ({ pieces, data }) => {
      // Nobody is waited for, and nothing is kept for anybody: whoever does not read misses something.
      if (this.#connection.pendingBytes > MOST_UNREAD_OUTPUT) return;
      this.#send({ type: "live-output", pieces: [...pieces], data });
    };
    this.#follower = { ids, tell };
    this.#verbs.output.follow(this.#follower);
  }

  #unfollow(): void {
    if (this.#follower !== undefined) this.#verbs.output.unfollow(this.#follower);
    this.#follower = undefined;
  }

  #done(done: Done): void {
    this.#send({ type: "done", ...done });
  }
}

type Invitations = Pick<Extract<DriverAnswer, { type: "context-added" }>, "here" | "elsewhere">;

/** In words: whoever speaks another protocol knows of no other answer. */
function wrongProtocol(protocol: number): DriverAnswer {
  const message = `this run speaks control protocol ${CONTROL_PROTOCOL}, not ${protocol}: use its own dbUtil.sh`;
  return { type: "refused", code: "wrong-protocol", message };
}
