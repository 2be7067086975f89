import type { RunEvent, RunObserver } from "../../domain/events.ts";
import { printable } from "../../domain/printable.ts";
import { messageOf } from "../../domain/system-error.ts";
import { within } from "../../domain/time-limit.ts";
import type { Clock } from "../terminal/clock.ts";
import { Examples } from "./examples.ts";
import type { MailPlan, Occasion } from "./mail-plan.ts";
import { type MailText, mailText } from "./mail-text.ts";
import type { NotedRun, Teller } from "./noted-run.ts";
import { waitingAloud } from "./waiting-aloud.ts";

/** Seconds between two looks whether a mail is due. */
const LOOK = 1;
/** Seconds that the end of a run waits for its mails. */
const FAREWELL = 30;

/** What a mail needs. */
export interface MailOptions {
  readonly run: NotedRun;
  readonly plan: MailPlan;
  readonly clock: Clock;
  /** Sends a mail. Resolves to who does not get it, in words for people. @throws Error in such words when nobody does. */
  readonly send: (mail: MailText) => Promise<string | undefined>;
  readonly teller: Teller;
  /** Ends the wait when it is aborted. */
  readonly hurry: AbortSignal;
  /** Seconds that the end waits; as `FAREWELL` where it is not given. */
  readonly farewell?: number;
}

/**
 * Tells of a run by mail. One mail is under way at a time, and one waits at most, which is written when its turn comes: a slow server gets
 * fewer mails, and none is old. The run waits for mails at its end alone, and not for long.
 */
export class Mail implements RunObserver {
  readonly name = "the mail";
  readonly #options: MailOptions;
  readonly #examples: Examples;
  readonly #stop: () => void;
  #underWay: Promise<void> | undefined;
  #next: Occasion | undefined;
  #failureTold = false;

  constructor(options: MailOptions) {
    this.#options = options;
    this.#examples = new Examples(options.run.counts);
    this.#stop = options.clock.every(LOOK, () => this.#look());
  }

  observe(event: RunEvent): void {
    if (event.type !== "task-finished") return;
    this.#examples.observe(event);
    this.#look();
  }

  async close(): Promise<void> {
    const { farewell = FAREWELL, hurry, teller } = this.#options;
    this.#stop();
    this.#post("end");
    // What is under way posts what waits for it.
    const arriving = within(farewell * 1000, this.#allSent(), hurry);
    const what = `the mail server, for ${farewell} s at most (Ctrl-C ends that)`;
    await waitingAloud(what, arriving, teller.say);
    if (await arriving) return;
    const why = hurry.aborted
      ? "nobody waits for the mail server"
      : `the mail server has not answered in ${farewell} s`;
    this.#tell(`${why}; the last mail may not have been sent`);
  }

  #look(): void {
    const { run, plan, clock } = this.#options;
    const { kinds, finished, done, total } = run.counts;
    const occasion = plan.due({ kinds: kinds.size, finished, done, total }, clock.now());
    if (occasion !== undefined) this.#post(occasion);
  }

  #post(occasion: Occasion): void {
    this.#next = occasion;
    this.#underWay ??= this.#sendAll();
  }

  async #allSent(): Promise<void> {
    await this.#underWay;
  }

  async #sendAll(): Promise<void> {
    for (let occasion = this.#take(); occasion !== undefined; occasion = this.#take()) await this.#send(occasion);
    this.#underWay = undefined;
  }

  #take(): Occasion | undefined {
    const next = this.#next;
    this.#next = undefined;
    return next;
  }

  async #send(occasion: Occasion): Promise<void> {
    const { run, send, teller } = this.#options;
    try {
      const mail = mailText(run, occasion, this.#examples);
      const refused = await send(mail);
      teller.note(`mail sent: ${mail.subject}`);
      if (refused !== undefined)
        this.#tell(`a mail was not sent to everybody: ${printable(refused)}; the others have it`);
    } catch (error) {
      this.#tell(`a mail was not sent: ${printable(messageOf(error))}`);
    }
  }

  /** The user is told of the first failure; all of them are in the log. */
  #tell(message: string): void {
    const { teller } = this.#options;
    teller.noteWarning(message);
    if (this.#failureTold) return;
    this.#failureTold = true;
    teller.say(`warning: ${message}`);
  }
}
