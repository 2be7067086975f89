import { existsSync } from "node:fs";
import { messageOf } from "../../domain/system-error.ts";
import { Ledger } from "../../records/ledger/ledger.ts";
import { CACHE_HEADER } from "./lines.ts";

/** Permissions: names and paths may be such that nobody else may read them. */
const FOR_ITS_USER = 0o600;

/**
 * Keeps what cached instances were made from: `PREFIX_cache.jsonl`. One process at a time writes it, which holds the lock of the run. A
 * run goes on without the file when it cannot be written.
 */
export class CacheFile {
  readonly #path: string;
  readonly #warn: (message: string) => void;
  #ledger: Ledger | undefined;
  #isBroken = false;
  #isDue = false;
  #written = 0;

  /**
   * The file is made when there is something to write.
   *
   * @param warn told once when it cannot be written.
   */
  constructor(path: string, warn: (message: string) => void) {
    this.#path = path;
    this.#warn = warn;
  }

  /** How many lines it has written. */
  get written(): number {
    return this.#written;
  }

  /** Writes lines, without their newlines: all of them soon, one behind the other. */
  write(lines: readonly string[]): void {
    this.#try(() => {
      this.#ledger ??= this.#open();
      for (const line of lines) this.#ledger.write(line);
      this.#written += lines.length;
      if (this.#isDue) return;
      this.#isDue = true;
      setImmediate(() => this.#commit());
    });
  }

  /** What was written is on the disk when this returns, and the file is closed. */
  async close(): Promise<void> {
    this.#commit();
    const ledger = this.#ledger;
    this.#ledger = undefined;
    try {
      await ledger?.close();
    } catch (error) {
      this.#give(error);
    }
  }

  #open(): Ledger {
    const isThere = existsSync(this.#path);
    const ledger = isThere ? Ledger.append(this.#path) : Ledger.create(this.#path, undefined, FOR_ITS_USER);
    if (ledger.startedEmpty) ledger.write(CACHE_HEADER);
    return ledger;
  }

  #commit(): void {
    this.#isDue = false;
    this.#try(() => this.#ledger?.commit());
  }

  #try(work: () => void): void {
    if (this.#isBroken) return;
    try {
      work();
    } catch (error) {
      this.#ledger?.dropHeld();
      this.#give(error);
    }
  }

  #give(error: unknown): void {
    if (!this.#isBroken) this.#warn(`${messageOf(error)}; tasks that run from now on are not reused by later runs`);
    this.#isBroken = true;
  }
}
