import type { Checks, Question, Verdict } from "./checks.ts";
import type { InstanceMachine } from "./instance-machine.ts";

/** Milliseconds for which questions are asked at a time, before the rest of the process goes on. */
const SLICE = 15;
/** Questions between two looks at the clock. */
const BETWEEN_LOOKS = 64;
/** Answers that are waited for at a time. */
const MOST_AWAITED = 32;

export interface AskingOptions {
  readonly machine: InstanceMachine;
  readonly checks: Checks;
  /** Told before the machine is, of all that do not just stay done. */
  readonly decided: (question: Question, verdict: Verdict) => void;
  /** An answer has come that was waited for, or will never come. */
  readonly came: () => void;
}

/** Asks what files say of instances, and tells the machine. */
export class Asking {
  readonly #options: AskingOptions;
  #awaited = 0;
  #failure: { readonly error: unknown } | undefined;

  constructor(options: AskingOptions) {
    this.#options = options;
  }

  /** Answers are waited for. */
  get isAwaiting(): boolean {
    return this.#awaited > 0;
  }

  /**
   * Asks for a while. What follows from answers is worked out for many at a time.
   *
   * @param isEnough asked at first, and when an instance turns out to be given out.
   * @returns whether more could be asked at once.
   * @throws what asking has thrown, also of answers that were waited for.
   */
  ask(isEnough: () => boolean): boolean {
    if (this.#failure !== undefined) throw this.#failure.error;
    const { machine, checks } = this.#options;
    if (isEnough()) return true;
    try {
      let until = 0;
      for (let count = 1; ; count++) {
        if (this.#awaited >= MOST_AWAITED) return false;
        const question = machine.ask();
        if (question === undefined) {
          machine.goOn();
          if (!machine.canAsk) return false;
          continue;
        }
        const answer = checks.check(question);
        if (answer instanceof Promise) this.#await(question, answer);
        else if (this.#take(question, answer) && isEnough()) return true;
        if (count % BETWEEN_LOOKS !== 0) continue;
        const now = performance.now();
        if (until === 0) until = now + SLICE;
        else if (now >= until) return true;
      }
    } finally {
      machine.goOn();
    }
  }

  #await(question: Question, answer: Promise<Verdict>): void {
    this.#awaited++;
    const failed = (error: unknown): void => void (this.#failure ??= { error });
    const take = (verdict: Verdict): void => {
      this.#take(question, verdict);
      this.#options.machine.goOn();
    };
    void answer
      .then(take)
      .catch(failed)
      .finally(() => {
        this.#awaited--;
        this.#options.came();
      });
  }

  /** @returns whether the instance is to be given out. */
  #take(question: Question, verdict: Verdict): boolean {
    if (verdict.fate !== "done") this.#options.decided(question, verdict);
    this.#options.machine.decide(question.instance, verdict);
    return verdict.fate === "runs" || verdict.fate === "reused";
  }
}
