/** What is said waits no longer than this for more to travel with it; a quarter of what the driver assigns ahead for. */
const LINGER_MS = 50;
const MOST_TOGETHER = 256;

/**
 * Gathers what is to be said of tasks, so that many short ones cost few messages. While the engine has work at hand nobody is
 * waiting for it; once it runs short it leaves at once.
 */
export class Outbox<Item> {
  #items: Item[] = [];
  #timer: NodeJS.Timeout | undefined;
  readonly #deliver: (items: Item[]) => void;

  constructor(deliver: (items: Item[]) => void) {
    this.#deliver = deliver;
  }

  /** @param urgent the driver's answer is needed for a slot to go on. */
  add(item: Item, urgent: boolean): void {
    this.#items.push(item);
    if (urgent || this.#items.length >= MOST_TOGETHER) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), LINGER_MS);
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#items.length === 0) return;
    const items = this.#items;
    this.#items = [];
    this.#deliver(items);
  }
}
