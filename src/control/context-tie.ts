import { setTimeout as delay } from "node:timers/promises";
import { UserError } from "../domain/errors.ts";
import type { CallsFrom, Invitation } from "../domain/launcher.ts";
import type { Closing } from "../wire/connection.ts";
import type { ControllerMessage } from "../wire/control-messages.ts";
import type { ReachedRun } from "./reach-run.ts";
import type { AnswerOf, AnswerType, DriverLine, Notice } from "./driver-line.ts";

/** A run that has been lost is looked for so often. */
const LOOK_AGAIN_MS = 1_000;
/** Refusals after which there is no use in asking again. */
const FOR_GOOD = new Set(["no-such-context", "wrong-protocol"]);

/** How the run has taken this process's context. */
type Taken = AnswerOf<"context-added">;

export interface ContextTieOptions extends ReachedRun {
  readonly added: Taken;
  /** Some of the context's hosts are others than the one that this process runs on. */
  readonly usesOtherHosts: boolean;
  /** Calls the run again; nobody has said anything yet. @throws UserError when it cannot be reached now. */
  readonly callAgain: () => Promise<ReachedRun>;
}

export interface ContextTieEvents {
  notice(notice: Notice): void;
  /** Contact is lost; the run is looked for from now on. */
  lost(closing: Closing): void;
  /** The run has been found again and has taken the context back. */
  found(): void;
  /** The run has been found again and wants nothing of it, in words. */
  refused(why: string): void;
  /** Ids of the engines that have been started. */
  engines(): readonly string[];
}

/** The tie between a context and its run, which is tied again when the driver or the way to it has died. */
export class ContextTie {
  readonly #options: ContextTieOptions;
  readonly #closing = new AbortController();
  #line: DriverLine;
  #callsFrom: CallsFrom;
  #added: Taken;
  #events: ContextTieEvents | undefined;
  #isLost = false;
  /** The driver has said so. */
  runHasEnded = false;

  constructor(options: ContextTieOptions) {
    this.#options = options;
    this.#line = options.line;
    this.#callsFrom = options.callsFrom;
    this.#added = options.added;
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  /** Hands over what the driver says unasked, and what it has said already. */
  listen(events: ContextTieEvents): void {
    this.#events = events;
    this.#attend(this.#line);
  }

  /** Tells the driver something, which does not hear it while contact is lost. */
  say(message: ControllerMessage): void {
    this.#line.say(message);
  }

  /** @throws UserError as a driver's line does. */
  ask<T extends AnswerType>(message: ControllerMessage, expected: T): Promise<AnswerOf<T>> {
    return this.#line.ask(message, expected);
  }

  /** What is good on the driver's machine is good there alone. @throws Error when the run cannot be called from there. */
  invitation(from: CallsFrom): Invitation {
    const invitation = from === "here" && this.#callsFrom === "here" ? this.#added.here : this.#added.elsewhere;
    if (invitation === undefined) throw new Error("the run takes no calls from other hosts");
    return invitation;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#line.close();
  }

  #attend(line: DriverLine): void {
    line.listen((notice) => {
      if (notice.type === "run-ended") this.runHasEnded = true;
      this.#events?.notice(notice);
    });
    void line.closed.then((closing) => this.#noteClosed(closing));
  }

  #noteClosed(closing: Closing): void {
    if (this.runHasEnded || this.#closing.signal.aborted) return;
    this.#isLost = true;
    this.#events?.lost(closing);
    void this.#find();
  }

  async #find(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      if (await this.#findNow()) return;
      await delay(LOOK_AGAIN_MS, undefined, { signal: this.#closing.signal }).catch(() => undefined);
    }
  }

  /** @returns whether there is nothing more to look for. */
  async #findNow(): Promise<boolean> {
    let line: DriverLine | undefined;
    try {
      const reached = await this.#options.callAgain();
      ({ line } = reached);
      await line.greet();
      await this.#tieAgain(reached);
      return true;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      void line?.close();
      if (!FOR_GOOD.has(error.code)) return false;
      this.#events?.refused(error.message);
      return true;
    }
  }

  async #tieAgain({ line, callsFrom }: ReachedRun): Promise<void> {
    const { label } = this.#added;
    const engines = this.#events?.engines() ?? [];
    const elsewhere = callsElsewhere(this.#options.usesOtherHosts, callsFrom);
    this.#added = await line.ask({ type: "keep-context", label, engines, elsewhere }, "context-added");
    if (this.#closing.signal.aborted) return line.close();
    this.#line = line;
    this.#callsFrom = callsFrom;
    this.#isLost = false;
    this.#events?.found();
    this.#attend(line);
  }
}

/** Whether engines are to call from other hosts than the driver's. */
export function callsElsewhere(usesOtherHosts: boolean, callsFrom: CallsFrom): boolean {
  return usesOtherHosts || callsFrom === "elsewhere";
}
