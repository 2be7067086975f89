import type { KeyValues, KvsValue } from "../../src/kvs/key-values.ts";

/** Whoever waits for a value. */
interface Waiting {
  readonly takes: boolean;
  readonly resolve: (value: KvsValue) => void;
}

/** Values in memory, in place of a key-value server; the test says when it is gone, and when what was put arrives. */
export class MemoryValues implements KeyValues {
  readonly gone: Promise<string>;
  readonly #values = new Map<string, KvsValue[]>();
  readonly #waiting = new Map<string, Waiting[]>();
  readonly #rejects = new Set<(error: Error) => void>();
  #isGone = false;
  #noteGone: (reason: string) => void = () => undefined;
  /** What `flushed` waits for. */
  arrival: Promise<void> = Promise.resolve();

  constructor() {
    this.gone = new Promise((resolve) => (this.#noteGone = resolve));
  }

  put(key: string, value: KvsValue): void {
    const waiting = this.#waiting.get(key) ?? [];
    while (waiting.length > 0) {
      const first = waiting.shift();
      first?.resolve(value);
      if (first?.takes === true) return;
    }
    this.#values.set(key, [...(this.#values.get(key) ?? []), value]);
  }

  /** Puts text, as a program does. */
  putText(key: string, text: string): void {
    this.put(key, { encoding: "ASTR", bytes: Buffer.from(text) });
  }

  get(key: string, signal?: AbortSignal): Promise<KvsValue> {
    const value = this.#values.get(key)?.shift();
    return value === undefined ? this.#wait(key, true, signal) : Promise.resolve(value);
  }

  view(key: string, signal?: AbortSignal): Promise<KvsValue> {
    const value = this.#values.get(key)?.at(-1);
    return value === undefined ? this.#wait(key, false, signal) : Promise.resolve(value);
  }

  flushed(): Promise<void> {
    return this.arrival;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** All that stands under a key, as text. */
  texts(key: string): string[] {
    return (this.#values.get(key) ?? []).map(({ bytes }) => Buffer.from(bytes).toString());
  }

  /** The server is gone. */
  leave(reason: string): void {
    this.#isGone = true;
    this.#noteGone(reason);
    for (const reject of this.#rejects) reject(new Error(reason));
  }

  #wait(key: string, takes: boolean, signal: AbortSignal | undefined): Promise<KvsValue> {
    if (this.#isGone) return Promise.reject(new Error("the server is gone"));
    return new Promise((resolve, reject) => {
      const one = { takes, resolve };
      this.#waiting.set(key, [...(this.#waiting.get(key) ?? []), one]);
      this.#rejects.add(reject);
      signal?.addEventListener("abort", () => {
        const others = (this.#waiting.get(key) ?? []).filter((other) => other !== one);
        this.#waiting.set(key, others);
        reject(new Error("aborted"));
      });
    });
  }
}
