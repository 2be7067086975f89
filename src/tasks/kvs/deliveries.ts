import type { KeyValues } from "../../kvs/key-values.ts";
import type { IdRanges } from "./id-ranges.ts";

/**
 * Knows which results and barriers a key-value server has been told of, by their ids. What was put is on its way until the
 * server has answered something that came after it.
 */
export class Deliveries {
  readonly #arrived: IdRanges;
  readonly #onArrived: () => void;
  #values: KeyValues | undefined;
  #onTheWay: number[] = [];
  #asked: readonly number[] = [];

  /**
   * @param arrived what an earlier driver of the run knew.
   * @param onArrived told after more has arrived.
   */
  constructor(arrived: IdRanges, onArrived: () => void) {
    this.#arrived = arrived;
    this.#onArrived = onArrived;
  }

  /** How many are not known to have arrived. */
  get open(): number {
    return this.#onTheWay.length + this.#asked.length;
  }

  /** Whether the server has been told of this id. */
  has(id: number): boolean {
    return this.#arrived.has(id);
  }

  /** All that has arrived, for a file. */
  ranges(): ReturnType<IdRanges["ranges"]> {
    return this.#arrived.ranges();
  }

  /** What belongs to this id has been put. */
  sent(values: KeyValues, id: number): void {
    this.#values = values;
    this.#onTheWay.push(id);
    if (this.#asked.length === 0) void this.#ask();
  }

  async #ask(): Promise<void> {
    while (this.#onTheWay.length > 0) {
      this.#asked = this.#onTheWay;
      this.#onTheWay = [];
      try {
        await this.#values?.flushed();
      } catch {
        // The server is gone, of which others tell: nothing arrives any more.
        return;
      }
      for (const id of this.#asked) this.#arrived.add(id);
      this.#asked = [];
      this.#onArrived();
    }
  }
}
