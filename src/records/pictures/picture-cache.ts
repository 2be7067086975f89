/** Answers that are kept. */
const MOST_ANSWERS = 16;

/** What an answer is made of. */
interface MadeOf {
  /** The revision of the run that it is of. */
  readonly revision: number;
  /** The time up to which it shows the run, where that goes on: Unix time in seconds, with whole ones where it is now. */
  readonly second?: number | undefined;
}

interface Answer {
  readonly second: number | undefined;
  readonly made: Promise<unknown>;
}

/** Keeps answers for as long as the run is the same, so that many who ask the same cost one scan. */
export class PictureCache {
  #revision = Number.NaN;
  /** The one that was asked for last comes last. */
  readonly #answers = new Map<string, Answer>();

  /** How many are kept. */
  get size(): number {
    return this.#answers.size;
  }

  /** @param asked what is asked for, in full: tells answers apart. */
  async get<T>({ revision, second }: MadeOf, asked: readonly unknown[], make: () => Promise<T>): Promise<T> {
    if (revision !== this.#revision) this.#answers.clear();
    this.#revision = revision;
    const key = JSON.stringify(asked);
    const known = this.#answers.get(key);
    const answer = known !== undefined && known.second === second ? known : { second, made: make() };
    this.#answers.delete(key);
    this.#answers.set(key, answer);
    const [oldest] = this.#answers.keys();
    if (this.#answers.size > MOST_ANSWERS && oldest !== undefined) this.#answers.delete(oldest);
    try {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- What a key stands for is always of the same type.
      return await (answer.made as Promise<T>);
    } catch (error) {
      if (this.#answers.get(key) === answer) this.#answers.delete(key);
      throw error;
    }
  }
}
