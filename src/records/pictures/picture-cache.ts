/** Answers that are kept. */
const MOST_ANSWERS = 16;

/** Keeps answers for as long as the run is the same, so that many who ask the same cost one scan. */
export class PictureCache {
  #revision = Number.NaN;
  /** The one that was asked for last comes last. */
  readonly #answers = new Map<string, Promise<unknown>>();

  /** How many are kept. */
  get size(): number {
    return this.#answers.size;
  }

  /** @param revision of the run. @param asked what is asked for, in full: tells answers apart. */
  async get<T>(revision: number, asked: readonly unknown[], make: () => Promise<T>): Promise<T> {
    if (revision !== this.#revision) this.#answers.clear();
    this.#revision = revision;
    const key = JSON.stringify(asked);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- What a key stands for is always of the same type.
    const known = this.#answers.get(key) as Promise<T> | undefined;
    const answer = known ?? make();
    this.#answers.delete(key);
    this.#answers.set(key, answer);
    const [oldest] = this.#answers.keys();
    if (this.#answers.size > MOST_ANSWERS && oldest !== undefined) this.#answers.delete(oldest);
    try {
      return await answer;
    } catch (error) {
      if (this.#answers.get(key) === answer) this.#answers.delete(key);
      throw error;
    }
  }
}
