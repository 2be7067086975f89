import { formatDiagnostic, type Diagnostic } from "../../domain/errors.ts";
import { Fifo } from "../../domain/fifo.ts";
import type { StreamItem } from "../../domain/task.ts";
import type { Entry, RepeatEntry } from "./entry.ts";
import { refusal } from "./refusal.ts";

/**
 * Numbers the entries of one task file and hands them out as stream items. Task ids count tasks and barriers from 0;
 * per-engine commands are counted in their own two lists. Repeats are written out only as far as they are asked for.
 */
export class ItemQueue {
  readonly #onWarning: (warning: Diagnostic) => void;
  readonly #entries = new Fifo<Entry>();
  /** How many tasks of the repeat that is next have been handed out. */
  #repeated = 0;
  #taskId: number;
  readonly #perEngineId = { start: 0, stop: 0 };

  /**
   * @param onWarning told of each warning when the items before it have been handed out.
   * @param firstId of the tasks and barriers.
   */
  constructor(onWarning: (warning: Diagnostic) => void, firstId = 0) {
    this.#onWarning = onWarning;
    this.#taskId = firstId;
  }

  /** Appends the entries that come next in the file. */
  add(entries: readonly Entry[]): void {
    for (const entry of entries) this.#entries.push(entry);
  }

  /**
   * The next items, at most `limit`; none when there are no entries left.
   *
   * @throws UserError when an error comes next, now and whenever asked again
   */
  take(limit: number): StreamItem[] {
    const items: StreamItem[] = [];
    while (items.length < limit) {
      const entry = this.#entries.peek();
      if (entry === undefined) break;
      if (entry.kind === "problem" && entry.diagnostic.severity === "error") {
        if (items.length > 0) break;
        throw refusal(formatDiagnostic(entry.diagnostic), [entry.diagnostic]);
      }
      if (entry.kind === "repeat") this.#takeRepeated(entry, limit, items);
      else this.#takeOne(entry, items);
    }
    return items;
  }

  #takeRepeated(repeat: RepeatEntry, limit: number, items: StreamItem[]): void {
    const { line, start, step, command, terms, count } = repeat;
    for (; this.#repeated < count && items.length < limit; this.#repeated++) {
      items.push({
        kind: "task",
        id: this.#taskId++,
        line,
        repeatIndex: start + step * this.#repeated,
        command,
        terms,
      });
    }
    if (this.#repeated < count) return;
    this.#repeated = 0;
    this.#entries.shift();
  }

  #takeOne(entry: Exclude<Entry, RepeatEntry>, items: StreamItem[]): void {
    this.#entries.shift();
    switch (entry.kind) {
      case "command":
        items.push({
          kind: "task",
          id: this.#taskId++,
          line: entry.line,
          repeatIndex: -1,
          command: entry.command,
          terms: entry.terms,
        });
        break;
      case "barrier":
        items.push({ ...entry, id: this.#taskId++ });
        break;
      case "per-engine":
        items.push({ ...entry, id: this.#perEngineId[entry.when]++ });
        break;
      case "problem":
        this.#onWarning(entry.diagnostic);
        break;
    }
  }
}
