import type { KeyValues, KvsValue } from "./key-values.ts";
import type { KvsStore, Waiter } from "./store.ts";

/** The values of a server in this process. */
export class LocalValues implements KeyValues {
  readonly gone: Promise<string>;
  readonly #store: KvsStore;
  /** What ends each wait, with an error. */
  readonly #waits = new Set<(error: Error) => void>();
  #over: Error | undefined;

  /** @param gone resolves when the server is gone. */
  constructor(store: KvsStore, gone: Promise<string>) {
    this.#store = store;
    this.gone = gone;
    void gone.then((why) => this.#end(new Error(why)));
  }

  put(key: string, value: KvsValue): void {
    if (this.#over === undefined) this.#store.put(key, value);
  }

  get(key: string, signal?: AbortSignal): Promise<KvsValue> {
    return this.#ask("get", key, signal);
  }

  view(key: string, signal?: AbortSignal): Promise<KvsValue> {
    return this.#ask("view", key, signal);
  }

  flushed(): Promise<void> {
    return this.#over === undefined ? Promise.resolve() : Promise.reject(this.#over);
  }

  close(): Promise<void> {
    this.#end(new Error("the key-value store is closed"));
    return Promise.resolve();
  }

  #ask(type: "get" | "view", key: string, signal?: AbortSignal): Promise<KvsValue> {
    return new Promise((resolve, reject) => {
      const why = this.#over ?? abortedBy(signal);
      if (why !== undefined) return reject(why);
      const settle = () => {
        this.#waits.delete(fail);
        signal?.removeEventListener("abort", abort);
      };
      const waiter: Waiter = {
        type,
        key,
        answer: (value) => {
          settle();
          resolve(value);
        },
      };
      const fail = (error: Error) => {
        settle();
        this.#store.forget(waiter);
        reject(error);
      };
      const abort = () => fail(abortedBy(signal) ?? new Error("the wait was called off"));
      this.#waits.add(fail);
      signal?.addEventListener("abort", abort);
      this.#store.ask(waiter);
    });
  }

  #end(error: Error): void {
    this.#over ??= error;
    for (const fail of [...this.#waits]) fail(this.#over);
  }
}

/** The error of a signal that has aborted. */
export function abortedBy(signal: AbortSignal | undefined): Error | undefined {
  if (signal?.aborted !== true) return undefined;
  return signal.reason instanceof Error
    ? signal.reason
    : new Error("the wait was called off", { cause: signal.reason });
}
