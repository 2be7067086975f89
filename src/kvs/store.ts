import { Fifo } from "../domain/fifo.ts";
import { pythonBytesRepr } from "../domain/python-repr.ts";
import { type KvsValue, textValue } from "./key-values.ts";
import { COST_OF_KEY, COST_OF_VALUE, type KvsLimits } from "./limits.ts";
import { type KvsEvent, Monitors } from "./monitors.ts";

/** Somebody who wants a value of a key, now or when there is one. */
export interface Waiter {
  readonly type: "get" | "view";
  readonly key: string;
  /** Told once. */
  answer(value: KvsValue): void;
}

/** How often something has been done since the store was made. */
interface KvsCounts {
  readonly gets: number;
  readonly puts: number;
  readonly views: number;
  readonly waits: number;
  /** Waiters that have been given a value later. */
  readonly served: number;
}

/** What a store holds at one moment. */
export interface KvsContents {
  readonly counts: KvsCounts;
  readonly waiting: ReadonlyArray<{ readonly key: string; readonly waiters: number }>;
  readonly keys: ReadonlyArray<{ readonly key: string; readonly values: number; readonly last: KvsValue }>;
}

/** Keys that a dump lists at the most, of those that have values and of those that are waited for. */
const MOST_LISTED = 10_000;

/** Limits that hold for what is kept. */
export type StoreLimits = Pick<KvsLimits, "valuesOfKey" | "keys" | "monitors">;

/** Values by keys, and who waits for them. Pure: no sockets, no clock. Limits are asked for (`refusal`), and never in the way of a put. */
export class KvsStore {
  readonly #limits: StoreLimits;
  readonly #values = new Map<string, Fifo<KvsValue>>();
  /** Gets and views that wait, in order. A key has values or waiters, never both. */
  readonly #waiters = new Map<string, Set<Waiter>>();
  readonly #monitors = new Monitors();
  readonly #counts = { gets: 0, puts: 0, views: 0, waits: 0, served: 0 };
  #bytes = 0;
  readonly #lost: (monitorKey: string, why: string) => void;

  /** @param lost told of each event that was not put to a monitor key because it was full. */
  constructor(limits: StoreLimits, lost: (monitorKey: string, why: string) => void = () => undefined) {
    this.#limits = limits;
    this.#lost = lost;
  }

  /** What all that is kept costs, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Why no value is to be put to this key; undefined when one may be. */
  putRefusal(key: string): string | undefined {
    const { keys, valuesOfKey } = this.#limits;
    const values = this.#values.get(key);
    if ((values?.size ?? 0) >= valuesOfKey) return `a key has ${valuesOfKey} values already`;
    if (values !== undefined || this.#values.size < keys || this.#isTaken(key)) return undefined;
    return `there are ${keys} keys already`;
  }

  /** Why there is to be no further monitor; undefined when there may be one. */
  monitorRefusal(): string | undefined {
    const { monitors } = this.#limits;
    return this.#monitors.size >= monitors ? `there are ${monitors} monitors already` : undefined;
  }

  /** Gives a value to those who wait for it, up to and including the first who takes it; else it is kept. */
  put(key: string, value: KvsValue): void {
    this.#counts.puts++;
    if (!this.#serve(key, value)) this.#keep(key, value);
    this.#tell("put", key);
  }

  /** Answers with the oldest value (`get`, which takes it) or the newest (`view`), at once or when there is one. */
  ask(waiter: Waiter): void {
    const { type, key } = waiter;
    this.#tell(type, key);
    const value = type === "get" ? this.#take(key) : this.#values.get(key)?.peekLast();
    if (value !== undefined) {
      this.#count(type);
      waiter.answer(value);
      return;
    }
    this.#counts.waits++;
    const line = this.#waiters.get(key);
    if (line === undefined) this.#waiters.set(key, new Set([waiter]));
    else line.add(waiter);
    this.#tell("wait", key);
  }

  /** The waiter waits no more; nothing happens where it does not wait. */
  forget(waiter: Waiter): void {
    const line = this.#waiters.get(waiter.key);
    if (line?.delete(waiter) === true && line.size === 0) this.#waiters.delete(waiter.key);
  }

  /** Has a monitor key be told of these events of a key, and of no others. @param key the empty one for all. */
  monitor(monitorKey: string, key: string, events: ReadonlySet<KvsEvent>): void {
    this.#monitors.set(monitorKey, key, events);
  }

  /** The oldest keys of both kinds, as many as are listed: a server that lists a million does nothing else for seconds. */
  contents(most = MOST_LISTED): KvsContents {
    const waiting = [];
    for (const [key, line] of this.#waiters) {
      if (waiting.length >= most) break;
      waiting.push({ key, waiters: line.size });
    }
    const keys = [];
    for (const [key, values] of this.#values) {
      if (keys.length >= most) break;
      const last = values.peekLast();
      if (last !== undefined) keys.push({ key, values: values.size, last });
    }
    return { counts: { ...this.#counts }, waiting, keys };
  }

  /** @returns whether somebody has taken it. */
  #serve(key: string, value: KvsValue): boolean {
    const line = this.#waiters.get(key);
    if (line === undefined) return false;
    let isTaken = false;
    for (const waiter of line) {
      line.delete(waiter);
      if (line.size === 0) this.#waiters.delete(key);
      this.#counts.served++;
      this.#count(waiter.type);
      waiter.answer(value);
      isTaken = waiter.type === "get";
      if (isTaken) break;
    }
    return isTaken;
  }

  #keep(key: string, value: KvsValue): void {
    let values = this.#values.get(key);
    if (values === undefined) {
      values = new Fifo();
      this.#values.set(key, values);
      this.#bytes += COST_OF_KEY;
    }
    values.push(value);
    this.#bytes += value.bytes.length + COST_OF_VALUE;
  }

  #take(key: string): KvsValue | undefined {
    const values = this.#values.get(key);
    const value = values?.shift();
    if (values === undefined || value === undefined) return undefined;
    this.#bytes -= value.bytes.length + COST_OF_VALUE;
    if (values.size === 0) {
      this.#values.delete(key);
      this.#bytes -= COST_OF_KEY;
    }
    return value;
  }

  #isTaken(key: string): boolean {
    for (const { type } of this.#waiters.get(key) ?? []) if (type === "get") return true;
    return false;
  }

  #count(type: Waiter["type"]): void {
    if (type === "get") this.#counts.gets++;
    else this.#counts.views++;
  }

  /** Puts an event to the monitor keys that hear of it. One that is full hears of no more: nobody else is to suffer for it. */
  #tell(event: KvsEvent, key: string): void {
    for (const monitorKey of this.#monitors.of(event, key)) {
      const why = this.putRefusal(monitorKey);
      if (why === undefined) this.put(monitorKey, textValue(formatEvent(event, key)));
      else this.#lost(monitorKey, why);
    }
  }
}

/** An event as a monitor key is told of it: Python's `repr()` of a pair of bytes. */
function formatEvent(event: KvsEvent, key: string): string {
  return `(${pythonBytesRepr(Buffer.from(event))}, ${pythonBytesRepr(Buffer.from(key))})`;
}
