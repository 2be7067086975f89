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
  /** Told before the machine is. */
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
   * Asks for a while.
   *
   * @param isEnough asked before each question.
   * @returns whether more could be asked at once.
   * @throws what asking has thrown, also of answers that were waited for.
   */
  ask(isEnough: () => boolean): boolean {
    if (this.#failure !== undefined) throw this.#failure.error;
    const { machine, checks } = this.#options;
    let until = 0;
    for (let count = 1; !isEnough(); count++) {
      if (this.#awaited >= MOST_AWAITED) return false;
      const question = machine.ask();
      if (question === undefined) return false;
      const answer = checks.check(question);
      if (answer instanceof Promise) this.#await(question, answer);
      else this.#take(question, answer);
      if (count % BETWEEN_LOOKS !== 0) continue;
      const now = performance.now();
      if (until === 0) until = now + SLICE;
      else if (now >= until) return true;
    }
    return true;
  }

  #await(question: Question, answer: Promise<Verdict>): void {
    this.#awaited++;
    const failed = (error: unknown): void => void (this.#failure ??= { error });
    void answer
      .then((verdict) => this.#take(question, verdict))
      .catch(failed)
      .finally(() => {
        this.#awaited--;
        this.#options.came();
      });
  }

  #take(question: Question, verdict: Verdict): void {
    this.#options.decided(question, verdict);
    this.#options.machine.decide(question.instance, verdict);
  }
}
