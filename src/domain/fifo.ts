/** A first-in first-out queue with constant cost per element. */
export class Fifo<T> {
  #items: T[] = [];
  #head = 0;

  get size(): number {
    return this.#items.length - this.#head;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  peek(): T | undefined {
    return this.#items[this.#head];
  }

  /** The youngest. */
  peekLast(): T | undefined {
    return this.#items.at(-1);
  }

  /** Drops what `unwanted` says yes to. Cost grows with the queue. */
  remove(unwanted: (item: T) => boolean): void {
    this.#items = this.#items.slice(this.#head).filter((item) => !unwanted(item));
    this.#head = 0;
  }

  shift(): T | undefined {
    const item = this.#items[this.#head];
    if (item === undefined) return undefined;
    this.#head++;
    if (this.#head === this.#items.length) {
      this.#items = [];
      this.#head = 0;
    } else if (this.#head > 1024 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }
}
