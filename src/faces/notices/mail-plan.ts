/** Why a mail is sent. `first-failure` and `new-kinds` are those of a digest, `progress` comes with every so many tasks. */
export type Occasion = "first-failure" | "new-kinds" | "progress" | "end";

/** What decides about mails while the run goes on. */
export interface Seen {
  /** Kinds of failures so far. */
  readonly kinds: number;
  /** Tasks that have ended in this run. */
  readonly finished: number;
  /** Tasks that have an outcome. */
  readonly done: number;
  /** All tasks, when that is known. */
  readonly total: number | undefined;
}

/** When mails are due while a run goes on; that of the end is due in any case. Times are Unix times in seconds. */
export interface MailPlan {
  /** @returns what a mail is due for now. Asked often; a mail that is due is told once. */
  due(seen: Seen, now: number): Occasion | undefined;
}

/** Seconds from a first failure to its mail: a mistake that hits all tasks is told with more than its first. */
export const GATHERED = 5;
/** Seconds between two mails of a digest. */
export const APART = 600;

/** A mail for the first failure, and for new kinds of failures, with some time between them. */
export class Digest implements MailPlan {
  #told: number;
  #since: number | undefined;
  #last = Number.NEGATIVE_INFINITY;

  /** @param told kinds of failures that a driver before this one may have told of. */
  constructor(told = 0) {
    this.#told = told;
  }

  due({ kinds }: Seen, now: number): Occasion | undefined {
    if (kinds <= this.#told) return undefined;
    this.#since ??= now;
    if (now < Math.max(this.#since + GATHERED, this.#last + APART)) return undefined;
    const occasion = this.#told === 0 ? "first-failure" : "new-kinds";
    this.#told = kinds;
    this.#since = undefined;
    this.#last = now;
    return occasion;
  }
}

/** A mail for every so many tasks that have ended. */
export class EverySoMany implements MailPlan {
  readonly #tasks: number;
  #next: number;

  /** @param finished tasks that had ended already. */
  constructor(tasks: number, finished = 0) {
    this.#tasks = tasks;
    this.#next = this.#after(finished);
  }

  due({ finished, done, total }: Seen): Occasion | undefined {
    // The mail of the end follows at once.
    if (finished < this.#next || done === total) return undefined;
    this.#next = this.#after(finished);
    return "progress";
  }

  #after(finished: number): number {
    return this.#tasks * (Math.floor(finished / this.#tasks) + 1);
  }
}

/** More mails of one run than anybody reads. */
const MANY_MAILS = 100;

/** What the user should know who wants a mail for every so many tasks; undefined when nothing is odd about it. */
export function tooManyMails(tasks: number, total: number | undefined): string | undefined {
  const mails = total === undefined ? 0 : Math.floor(total / tasks);
  if (mails <= MANY_MAILS) return undefined;
  return `--mailFreq ${tasks} sends ${mails} mails for ${total} tasks; without it a mail comes when something new fails, and at the end`;
}
