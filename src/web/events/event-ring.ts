/** Events that are kept for those who come back. */
const MOST_EVENTS = 1024;
/** Characters of them, so that a run with thousands of engines does not fill the memory. */
const MOST_CHARACTERS = 8 * 1024 * 1024;

/** The latest events of a run, as they were sent. */
export class EventRing {
  readonly #texts: string[] = [];
  #characters = 0;
  /** Sequence of the first event that is kept; events are numbered from 1. */
  #first = 1;

  add(text: string): void {
    this.#texts.push(text);
    this.#characters += text.length;
    while (this.#texts.length > MOST_EVENTS || (this.#characters > MOST_CHARACTERS && this.#texts.length > 1)) {
      this.#characters -= this.#texts.shift()?.length ?? 0;
      this.#first++;
    }
  }

  /** The events behind this one, one behind the other; undefined when some of them are not kept, or it is yet to come. */
  after(sequence: number): string | undefined {
    const from = sequence + 1 - this.#first;
    return from < 0 || from > this.#texts.length ? undefined : this.#texts.slice(from).join("");
  }
}
