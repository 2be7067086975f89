import type { KvsAddress } from "./address.ts";
import type { KeyValues, KvsValue } from "./key-values.ts";
import { Link } from "./link.ts";
import { abortedBy } from "./local-values.ts";

/** Connections that are kept for the next who waits. */
const MOST_SPARE = 4;

/**
 * Connects to a server. What is put goes in order, on a connection of its own. Each `get` and `view` that waits has
 * another, since a connection can wait for one value only.
 *
 * @param signal gives up while it connects.
 * @throws UserError `kvs-unreachable`; the signal's reason.
 */
export async function connectKvs(address: KvsAddress, signal?: AbortSignal): Promise<KeyValues> {
  return new RemoteValues(address, await Link.open(address, signal));
}

/** The values of a server elsewhere. */
class RemoteValues implements KeyValues {
  readonly gone: Promise<string>;
  readonly #address: KvsAddress;
  /** For what is put. */
  readonly #main: Link;
  readonly #spare: Link[] = [];
  readonly #waiting = new Set<Link>();
  #isClosed = false;

  constructor(address: KvsAddress, main: Link) {
    this.#address = address;
    this.#main = main;
    this.gone = main.gone;
    void this.gone.then(() => this.#hangUp());
  }

  put(key: string, value: KvsValue): void {
    this.#main.send({ type: "put", key, value });
  }

  get(key: string, signal?: AbortSignal): Promise<KvsValue> {
    return this.#ask("get", key, signal);
  }

  view(key: string, signal?: AbortSignal): Promise<KvsValue> {
    return this.#ask("view", key, signal);
  }

  flushed(): Promise<void> {
    return this.#main.flushed();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#hangUp();
    await this.#main.close().catch(() => undefined);
  }

  async #ask(type: "get" | "view", key: string, signal?: AbortSignal): Promise<KvsValue> {
    const aborted = abortedBy(signal);
    if (aborted !== undefined) throw aborted;
    const link = await this.#link(signal);
    this.#waiting.add(link);
    try {
      return await link.ask(type, key, signal);
    } finally {
      this.#waiting.delete(link);
      this.#keep(link);
    }
  }

  async #link(signal?: AbortSignal): Promise<Link> {
    for (let link = this.#spare.pop(); link !== undefined; link = this.#spare.pop()) if (!link.isOver) return link;
    if (this.#isClosed || this.#main.isOver) throw new Error(await this.gone);
    return Link.open(this.#address, signal);
  }

  #keep(link: Link): void {
    if (this.#isClosed || link.isOver || this.#spare.length >= MOST_SPARE) link.destroy();
    else this.#spare.push(link);
  }

  #hangUp(): void {
    for (const link of [...this.#spare.splice(0), ...this.#waiting]) link.destroy();
  }
}
