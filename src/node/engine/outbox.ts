/** What is said waits no longer than this for more to travel with it; a quarter of what the driver assigns ahead for. */
const LINGER_MS = 50;
/** What somebody waits for waits no longer than this, and only behind what was said a moment ago. */
const BRIEF_MS = 2;
const MOST_TOGETHER = 256;

/**
 * How much an item matters.
 *
 * - `urgent`: the driver's answer is needed for a slot to go on.
 * - `awaited`: somebody wants to hear of it at once; many of them go together.
 * - `patient`: nobody waits for it.
 */
export type Urgency = "urgent" | "awaited" | "patient";

/**
 * Gathers what is to be said of tasks, so that many short ones cost few messages. While the engine has work at hand nobody is
 * waiting for it; once it runs short it leaves at once.
 */
export class Outbox<Item> {
  #items: Item[] = [];
  #timer: NodeJS.Timeout | undefined;
  /** On the clock of `performance.now`. */
  #due = Number.POSITIVE_INFINITY;
  #flushed = Number.NEGATIVE_INFINITY;
  readonly #deliver: (items: Item[]) => void;

  constructor(deliver: (items: Item[]) => void) {
    this.#deliver = deliver;
  }

  add(item: Item, urgency: Urgency): void {
    this.#items.push(item);
    if (urgency === "urgent" || this.#items.length >= MOST_TOGETHER) return this.flush();
    const now = performance.now();
    if (urgency === "patient") return this.#flushAt(now, now + LINGER_MS);
    const due = this.#flushed + BRIEF_MS;
    if (due <= now) this.flush();
    else this.#flushAt(now, due);
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#due = Number.POSITIVE_INFINITY;
    if (this.#items.length === 0) return;
    const items = this.#items;
    this.#items = [];
    this.#flushed = performance.now();
    this.#deliver(items);
  }

  /** Flushes then, unless that is to be sooner. */
  #flushAt(now: number, due: number): void {
    if (due >= this.#due) return;
    clearTimeout(this.#timer);
    this.#due = due;
    this.#timer = setTimeout(() => this.flush(), due - now);
  }
}
