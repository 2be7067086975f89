/** What one piece of output holds. */
export interface Heard {
  /** The lines that were marked, without the mark. */
  readonly answers: readonly string[];
  /** Everything else, line ends included. */
  readonly chatter: string;
}

/**
 * Tells the answers of a script apart from what start-up files of the login print around it. An answer is the rest of a
 * line behind a mark that nobody else knows; what stands before the mark, on the same line perhaps, is chatter.
 */
export class MarkedLines {
  readonly #mark: string;
  #incomplete = "";

  constructor(mark: string) {
    this.#mark = `${mark} `;
  }

  push(text: string): Heard {
    const lines = (this.#incomplete + text).split("\n");
    this.#incomplete = lines.pop() ?? "";
    const answers: string[] = [];
    let chatter = "";
    for (const line of lines) {
      const at = line.indexOf(this.#mark);
      if (at === -1) chatter += `${line}\n`;
      else {
        chatter += line.slice(0, at);
        answers.push(line.slice(at + this.#mark.length));
      }
    }
    return { answers, chatter };
  }

  /** A last line without an end, which is no answer. */
  rest(): string {
    const rest = this.#incomplete;
    this.#incomplete = "";
    return rest;
  }
}
