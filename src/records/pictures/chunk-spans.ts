import type { TaskTable } from "../state/task-table.ts";
import type { PicturedRun } from "./pictured-run.ts";

/** Stretches in which tasks of a chunk were on slots, `size` of them. */
interface ChunkStretches {
  readonly size: number;
  readonly start: Float64Array;
  readonly end: Float64Array;
  /** Whether none becomes longer with the run. */
  readonly areOver: boolean;
}

/** When the first stretch begins, and the last one ends; the latter is infinite where one still goes on. */
interface ChunkSpan {
  readonly from: number;
  readonly to: number;
}

/** From when to when the tasks of each chunk were on slots, once they have been looked at: who zooms in looks at a few chunks only. */
export class ChunkSpans {
  static readonly #ofTables = new WeakMap<TaskTable, ChunkSpans>();
  readonly #revision: number;
  readonly #until: number;
  /** By the first id of the chunk. */
  readonly #spans = new Map<number, ChunkSpan>();
  #first = Infinity;
  #last = -Infinity;

  private constructor({ revision, until }: PicturedRun) {
    this.#revision = revision;
    this.#until = until;
  }

  /** The spans of a run, for as long as it is the same: they hold while time goes on, since what goes on has no end here. */
  static of(run: PicturedRun): ChunkSpans {
    const known = ChunkSpans.#ofTables.get(run.table);
    if (known !== undefined && known.#revision === run.revision && known.#holdsAt(run.until)) return known;
    const spans = new ChunkSpans(run);
    ChunkSpans.#ofTables.set(run.table, spans);
    return spans;
  }

  /** When the first of all tasks was started, and the last one. */
  get starts(): { readonly first: number; readonly last: number } {
    return { first: this.#first, last: this.#last };
  }

  /** Whether nothing of the chunk is known to be in that part. */
  isBeyond(firstId: number, { from, to }: { readonly from: number; readonly to: number }): boolean {
    const span = this.#spans.get(firstId);
    return span !== undefined && (span.to < from || span.from > to);
  }

  /** Takes note of a chunk. */
  note(firstId: number, stretches: ChunkStretches): void {
    if (this.#spans.has(firstId)) return;
    this.noteStarts(stretches);
    const { size, start, end } = stretches;
    let [from, to] = [Infinity, -Infinity];
    for (let i = 0; i < size; i++) {
      from = Math.min(from, start[i] ?? 0);
      to = Math.max(to, end[i] ?? 0);
    }
    this.#spans.set(firstId, { from, to: stretches.areOver ? to : Infinity });
  }

  /** Where clocks of hosts are so far ahead that no task had begun by then, the first one seemed to begin at that moment. */
  #holdsAt(until: number): boolean {
    return this.#first < this.#until || until === this.#until;
  }

  noteStarts({ size, start }: ChunkStretches): void {
    for (let i = 0; i < size; i++) {
      const time = start[i] ?? 0;
      if (time < this.#first) this.#first = time;
      if (time > this.#last) this.#last = time;
    }
  }
}
