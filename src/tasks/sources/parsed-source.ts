import type { Diagnostic } from "../../domain/errors.ts";
import type { TaskSource } from "../../domain/source.ts";
import type { StreamItem } from "../../domain/task.ts";
import { ItemQueue } from "../taskfile/item-queue.ts";
import { type Reading, TaskFileParser } from "../taskfile/parser.ts";

/** Where the bytes of a task list come from. */
export interface ByteInput {
  /** The next bytes, or undefined at the end. They are used before the next call, and may be overwritten then. */
  read(): Promise<Uint8Array | undefined>;
  /** Lets go of files and the like. An outstanding `read` need not end, but must not keep the process alive. */
  close(): Promise<void>;
}

/** How to read a task list. */
export interface ParsedSourceOptions extends Reading {
  /** Short name for people, and for the places in diagnostics. */
  readonly name: string;
  /** Told of each warning when the items before it have been handed out. */
  readonly onWarning: (warning: Diagnostic) => void;
  /** Tasks in all, when that is known beforehand. */
  readonly total?: number;
}

/** A task source over bytes in the task file's format, which reads on only when everything it has read has been handed out. */
export class ParsedSource implements TaskSource {
  readonly name: string;
  readonly #total: number | undefined;
  /** Tasks that have been handed out. */
  #given = 0;
  readonly #input: ByteInput;
  readonly #parser: TaskFileParser;
  readonly #queue: ItemQueue;
  #ended = false;
  /** Everything has been handed out. */
  #atEnd = false;
  #closed = false;
  /** Ends an outstanding `next`. */
  #wake: () => void = () => undefined;

  constructor(input: ByteInput, options: ParsedSourceOptions) {
    this.name = options.name;
    this.#total = options.total;
    this.#input = input;
    this.#parser = new TaskFileParser({ ...options, file: options.name });
    this.#queue = new ItemQueue(options.onWarning);
  }

  get total(): number | undefined {
    return this.#total ?? (this.#atEnd ? this.#given : undefined);
  }

  async next(limit: number): Promise<readonly StreamItem[]> {
    while (!this.#closed) {
      const items = this.#queue.take(limit);
      for (const { kind } of items) if (kind === "task") this.#given++;
      if (items.length === 0) this.#atEnd = this.#ended;
      if (items.length > 0 || this.#ended) return items;
      await Promise.race([this.#readOn(), this.#untilClosed()]);
    }
    return [];
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#wake();
    await this.#input.close();
  }

  async #readOn(): Promise<void> {
    const chunk = await this.#input.read();
    this.#queue.add(chunk === undefined ? this.#parser.end() : this.#parser.push(chunk));
    this.#ended = this.#parser.finished;
  }

  #untilClosed(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
