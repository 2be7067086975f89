import { excerpt } from "../../domain/excerpt.ts";
import { UserError } from "../../domain/errors.ts";

/**
 * Lines that a run has already, and that its program gives again from the first on, since it was started again with the run.
 * None of these lines is a task a second time.
 */
export class RepeatedLines {
  readonly #expected: readonly string[];
  readonly #name: string;
  readonly #keptIn: string;
  #at = 0;

  /**
   * @param expected lines without their newlines.
   * @param name of the program, for messages.
   * @param keptIn the file where the lines stand.
   */
  constructor(expected: readonly string[], name: string, keptIn: string) {
    this.#expected = expected;
    this.#name = name;
    this.#keptIn = keptIn;
  }

  /** How many lines have not come again yet. */
  get left(): number {
    return this.#expected.length - this.#at;
  }

  /**
   * What is new in lines that have come.
   *
   * @param text one or more lines; the last one needs no newline.
   * @returns undefined when nothing is.
   * @throws UserError `lines-differ` at the first line that is another one.
   */
  withoutThose(text: string): string | undefined {
    if (this.left === 0) return text;
    const lines = text.replace(/\n$/, "").split("\n");
    let same = 0;
    for (; same < lines.length && this.left > 0; same++, this.#at++) {
      const [now = "", before = ""] = [lines[same], this.#expected[this.#at]];
      if (now !== before) throw this.#differ(now, before);
    }
    return same === lines.length ? undefined : lines.slice(same).join("\n");
  }

  #differ(now: string, before: string): UserError {
    const message = `${this.#name}: line ${this.#at + 1} is not the same again: "${excerpt(now)}", and before "${excerpt(before)}"; the lines of before stand in ${this.#keptIn}, from which the run can be resumed`;
    return new UserError("lines-differ", message);
  }
}
