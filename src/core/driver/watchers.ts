import type { RunView } from "../../domain/watch.ts";
import type { DriverAnswer } from "../../wire/control-messages.ts";
import { encodeFrame } from "../../wire/frames.ts";
import { changeBetween } from "../../domain/view-changes.ts";

/** Milliseconds between two times that those who watch are told something, at least. */
const LOOK_MS = 250;
/** And whatever happens so often, in looks: that engines are there, and that time goes on, is no event. */
const LOOKS_WITHOUT_EVENT = 20;

/** Somebody who watches the run. */
export interface Watcher {
  /** Bytes that have been sent and not read, as far as is known. */
  readonly pendingBytes: number;
  /** Sends an encoded message. */
  sendFrame(frame: Buffer): void;
  /** Hangs up. */
  destroy(reason: string): void;
}

/**
 * Everybody who watches the run. What has changed is worked out and encoded once for all. Whoever has not read what was sent is told
 * nothing, and then the newest state as a whole; so nobody has a queue. Without watchers there is nothing to do. Where the state cannot be told,
 * they are hung up on: the run does not depend on them.
 */
export class Watchers {
  readonly #read: () => RunView;
  readonly #failed: (error: unknown) => void;
  /** Whether the watcher has missed a change. */
  readonly #watchers = new Map<Watcher, { isBehind: boolean }>();
  /** What those that are not behind have been told. */
  #told: RunView | undefined;
  #hasNews = false;
  #looks = 0;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param read where the run stands now.
   * @param failed told when that could not be told, and that nobody watches any more.
   */
  constructor(read: () => RunView, failed: (error: unknown) => void) {
    this.#read = read;
    this.#failed = failed;
  }

  /** Somebody begins to watch, and is told at once where the run stands. */
  add(watcher: Watcher): void {
    if (this.#watchers.has(watcher)) return;
    this.#watchers.set(watcher, { isBehind: false });
    this.#safely(() => {
      this.#told ??= this.#read();
      watcher.sendFrame(encoded({ type: "view", view: this.#told }));
      this.#timer ??= setInterval(() => this.#safely(() => this.#look()), LOOK_MS);
    });
  }

  delete(watcher: Watcher): void {
    this.#watchers.delete(watcher);
    if (this.#watchers.size === 0) this.#rest();
  }

  /** Something has happened in the run. Called for every event. */
  noteEvent(): void {
    this.#hasNews = true;
  }

  /** Tells how the run stands in the end, to whoever reads, and nothing more. */
  close(): void {
    if (this.#watchers.size > 0) this.#safely(() => this.#tell());
    this.#watchers.clear();
    this.#rest();
  }

  #safely(action: () => void): void {
    try {
      action();
    } catch (error) {
      const watchers = [...this.#watchers.keys()];
      this.#watchers.clear();
      this.#rest();
      for (const watcher of watchers) watcher.destroy("where the run stands cannot be told");
      this.#failed(error);
    }
  }

  #rest(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#told = undefined;
  }

  #look(): void {
    this.#looks++;
    const isDue = this.#hasNews || this.#looks >= LOOKS_WITHOUT_EVENT;
    if (isDue) this.#tell();
    else this.#catchUp();
  }

  #tell(): void {
    this.#hasNews = false;
    this.#looks = 0;
    const before = this.#told;
    const view = this.#read();
    const change = before === undefined ? undefined : changeBetween(before, view);
    if (change !== undefined) {
      this.#told = view;
      const frame = encoded({ type: "changed", change });
      for (const [watcher, progress] of this.#watchers) {
        if (watcher.pendingBytes > 0) progress.isBehind = true;
        else if (!progress.isBehind) watcher.sendFrame(frame);
      }
    }
    this.#catchUp();
  }

  /** Whoever has missed something and reads again is told everything. */
  #catchUp(): void {
    if (this.#told === undefined) return;
    let frame: Buffer | undefined;
    for (const [watcher, progress] of this.#watchers) {
      if (!progress.isBehind || watcher.pendingBytes > 0) continue;
      progress.isBehind = false;
      frame ??= encoded({ type: "view", view: this.#told });
      watcher.sendFrame(frame);
    }
  }
}

function encoded(answer: DriverAnswer): Buffer {
  return encodeFrame(JSON.stringify(answer));
}
