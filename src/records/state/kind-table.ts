import type { Ending } from "../../domain/ending.ts";
import { failureKey, failureText } from "../../domain/failure-kind.ts";

/** Kinds at most, with the one that stands for all others: so a kind's id has room in a byte. */
export const MOST_KINDS = 256;

/** Failures whose kinds are kept, at most: tasks that fail in the same way often say the very same. */
const MOST_REMEMBERED = 4096;

/** What all failures of one kind have in common. */
export interface KindOfFailure {
  readonly ending: Ending;
  /** See `failure-kind.ts`. */
  readonly text: string;
  /** Whether it stands for all that came after the most kinds there may be. */
  readonly isOther: boolean;
}

/** The kinds of failures, numbered from 0 in the order in which they appear. */
export class KindTable {
  readonly all: KindOfFailure[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #remembered = new Map<string, number>();

  /**
   * The number of a failure's kind, which may be new.
   *
   * @param raw what is the same only for failures of one kind: their snippets as they stand, with all that tells endings apart.
   * @param read the ending and the snippet, asked for when `raw` is new.
   */
  of(raw: string, read: () => { readonly ending: Ending; readonly snippet: string }): number {
    const known = this.#remembered.get(raw);
    if (known !== undefined) return known;
    const { ending, snippet } = read();
    const number = this.#numberOf(ending, failureText(snippet));
    if (this.#remembered.size < MOST_REMEMBERED) this.#remembered.set(raw, number);
    return number;
  }

  /** The number of a failure's kind, when there has been one of it. */
  known(ending: Ending, snippet: string): number | undefined {
    return this.#knownOf(failureKey(ending, failureText(snippet)));
  }

  #numberOf(ending: Ending, text: string): number {
    const key = failureKey(ending, text);
    const known = this.#knownOf(key);
    if (known !== undefined) return known;
    const isOther = this.all.length === MOST_KINDS - 1;
    if (!isOther) this.#numbers.set(key, this.all.length);
    return this.all.push({ ending, text: isOther ? "" : text, isOther }) - 1;
  }

  #knownOf(key: string): number | undefined {
    return this.#numbers.get(key) ?? (this.all.length === MOST_KINDS ? MOST_KINDS - 1 : undefined);
  }
}
