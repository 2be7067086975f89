import { type TaskTerms, termsOfText } from "../../src/domain/terms/task-terms.ts";

/** What all engines are like. */
export const ENGINES = 64;
export const CORES = 64;
/** GiB. */
export const MEMORY = 256;

/** What tasks need and how long they take, drawn from a seed. */
export interface Work {
  readonly count: number;
  /** By task: cores, GiB of memory, and seconds. */
  readonly cores: Uint8Array;
  readonly memory: Uint8Array;
  readonly seconds: Float64Array;
}

/** How busy the engines were: shares of all core seconds up to the moment when the last task started. */
export interface Replayed {
  readonly busy: number;
  /** Seconds that the replay took. */
  readonly took: number;
}

const MOST_CORES = 8;
const MOST_MEMORY = 32;
const MEAN_SECONDS = 60;

/** Tasks of 1 to 8 cores and 1 to 32 GiB, most of them short and some long. */
export function drawWork(count: number, seed: number): Work {
  const random = generator(seed);
  const cores = Uint8Array.from({ length: count }, () => 1 + Math.floor(random() * MOST_CORES));
  const memory = Uint8Array.from({ length: count }, () => 1 + Math.floor(random() * MOST_MEMORY));
  const seconds = Float64Array.from({ length: count }, () => -Math.log(1 - random()) * MEAN_SECONDS);
  return { count, cores, memory, seconds };
}

/** The terms of a task, as the parser makes them: the same object for the same words, nearly always. */
export function termsOf({ cores, memory }: Work, id: number): TaskTerms | undefined {
  return termsOfText(`cores=${cores[id]} memory=${memory[id]}G`);
}

/** Share of all core seconds that tasks took until the last one started. @param starts of the tasks, in seconds. */
export function busyUntilLast({ cores, seconds }: Work, starts: Float64Array): number {
  const last = starts.reduce((latest, start) => Math.max(latest, start), 0);
  const taken = starts.reduce((sum, start, id) => sum + Math.min(seconds[id] ?? 0, last - start) * (cores[id] ?? 0), 0);
  return taken / (ENGINES * CORES * last);
}

/** mulberry32. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
