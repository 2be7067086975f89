import { applyChange, type ViewChange } from "../../../../src/domain/view-changes.ts";
import type { RunView } from "../../../../src/domain/watch.ts";
import { parseEvent, type ReadEvent } from "./read-events.ts";

/** A reader that takes one piece after the other, when the test says so, and does with them what a page does. */
export class Reading {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #pending: Promise<string | undefined> | undefined;
  /** The view that all events so far make. */
  view: RunView | undefined;
  lastId = "";
  readonly events: ReadEvent[] = [];
  isClosed = false;

  constructor(stream: ReadableStream<Uint8Array> | undefined) {
    if (stream === undefined) throw new Error("there is something to read");
    this.#reader = stream.getReader();
  }

  /** Takes all that is there. @returns the names of events, or `comment`. */
  async take(): Promise<string[]> {
    const names: string[] = [];
    for (;;) {
      const piece = await this.#ready();
      if (piece === undefined) return names;
      for (const block of piece.split("\n\n")) {
        const event = parseEvent(block);
        if (event === undefined && block.startsWith(":")) names.push("comment");
        if (event === undefined) continue;
        names.push(event.name);
        this.#apply(event);
      }
    }
  }

  async hangUp(): Promise<void> {
    await this.#reader.cancel();
  }

  /** The next piece, if it is there. */
  async #ready(): Promise<string | undefined> {
    this.#pending ??= this.#reader.read().then(({ value, done }) => {
      if (done) this.isClosed = true;
      return value === undefined ? undefined : new TextDecoder().decode(value);
    });
    const piece = await Promise.race([
      this.#pending,
      new Promise<"none">((resolve) => setImmediate(() => resolve("none"))),
    ]);
    if (piece === "none") return undefined;
    this.#pending = undefined;
    return piece;
  }

  #apply({ name, data, id }: ReadEvent): void {
    this.events.push({ name, data, id });
    this.lastId = id;
    const text = JSON.stringify(data);
    if (name === "delta") {
      const change: ViewChange = JSON.parse(text);
      if (this.view === undefined) throw new Error("a change needs something that it changes");
      this.view = applyChange(this.view, change);
    } else if (name === "snapshot" || name === "resync" || name === "end") {
      const whole: { readonly view: RunView } = JSON.parse(text);
      this.view = whole.view;
    }
  }
}
