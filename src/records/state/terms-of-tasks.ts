import type { TaskTerms } from "../../domain/terms/task-terms.ts";
import { CHUNK_TASKS } from "./task-chunk.ts";

/** Different terms that are kept; a list that has others for each task is told without them from then on. */
const MOST_TERMS = 0xffff;

/** What each task needs and may, two bytes a task, and nothing for chunks whose tasks have no terms. */
export class TermsOfTasks {
  readonly #all: TaskTerms[] = [];
  readonly #numbers = new Map<TaskTerms, number>();
  /** By id divided by `CHUNK_TASKS`: numbers of terms, which count from 1. */
  readonly #chunks: (Uint16Array | undefined)[] = [];

  /** The task has these terms. */
  set(id: number, terms: TaskTerms): void {
    const number = this.#numberOf(terms);
    if (number === 0) return;
    const at = Math.floor(id / CHUNK_TASKS);
    const chunk = (this.#chunks[at] ??= new Uint16Array(CHUNK_TASKS));
    chunk[id % CHUNK_TASKS] = number;
  }

  /** The terms of a task; undefined for one without, or whose terms nobody has told. */
  of(id: number): TaskTerms | undefined {
    const number = this.#chunks[Math.floor(id / CHUNK_TASKS)]?.[id % CHUNK_TASKS] ?? 0;
    return number === 0 ? undefined : this.#all[number - 1];
  }

  #numberOf(terms: TaskTerms): number {
    const known = this.#numbers.get(terms);
    if (known !== undefined) return known;
    if (this.#all.length === MOST_TERMS) return 0;
    this.#all.push(terms);
    this.#numbers.set(terms, this.#all.length);
    return this.#all.length;
  }
}
