/** What one piece of output holds. */
export interface Heard {
  /** The lines that were marked, without the mark. */
  readonly answers: readonly string[];
  /** Everything else, line ends included. */
  readonly chatter: string;
}

/** Characters that are kept while they wait for the end of their line; no answer is so long. */
const MOST_KEPT = 65_536;

/**
 * Tells the answers of a script apart from what start-up files of the login print around it. An answer is the rest of a
 * line behind a mark that nobody else knows; what stands before the mark, on the same line perhaps, is chatter.
 */
export class MarkedLines {
  readonly #mark: string;
  /** Pieces of a line whose end has not come. They are joined once: a line may come in many pieces. */
  #incomplete: string[] = [];
  /** Characters in them. */
  #kept = 0;

  constructor(mark: string) {
    this.#mark = `${mark} `;
  }

  push(text: string): Heard {
    const [first = "", ...others] = text.split("\n");
    const last = others.pop();
    this.#keep(first);
    if (last === undefined) return { answers: [], chatter: this.#overflow() };
    const answers: string[] = [];
    const chatter: string[] = [];
    for (const line of [this.rest(), ...others]) {
      const at = line.indexOf(this.#mark);
      if (at === -1) chatter.push(line, "\n");
      else {
        chatter.push(line.slice(0, at));
        answers.push(line.slice(at + this.#mark.length));
      }
    }
    this.#keep(last);
    chatter.push(this.#overflow());
    return { answers, chatter: chatter.join("") };
  }

  /** A last line without an end, which is no answer. */
  rest(): string {
    const rest = this.#incomplete.join("");
    this.#incomplete = [];
    this.#kept = 0;
    return rest;
  }

  #keep(piece: string): void {
    this.#incomplete.push(piece);
    this.#kept += piece.length;
  }

  /** Takes out what is too much to be kept, but not what may be the beginning of an answer. */
  #overflow(): string {
    if (this.#kept <= MOST_KEPT) return "";
    const line = this.rest();
    const at = line.indexOf(this.#mark);
    const mayBegin = line.length - this.#mark.length + 1;
    const isAnswer = at !== -1 && line.length - at <= MOST_KEPT;
    const end = isAnswer ? at : mayBegin;
    this.#keep(line.slice(end));
    return line.slice(0, end);
  }
}
