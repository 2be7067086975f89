import { Refused } from "../../domain/control.ts";
import type { Context } from "../../domain/engine.ts";
import { RemoteContext } from "./remote-context.ts";

/** The contexts of a pool, by their labels. */
export class Contexts {
  /** Labels, and whether the engines of that context are to leave. */
  readonly #stopped = new Map<string, boolean>();
  /** Contexts whose engines a controller starts, by label. */
  readonly #remote = new Map<string, RemoteContext>();

  /** @throws Refused when the label is taken. */
  add({ label }: Context, stopped = false): void {
    if (this.#stopped.has(label)) throw new Refused({ code: "label-in-use", label });
    this.#stopped.set(label, stopped);
  }

  has(label: string): boolean {
    return this.#stopped.has(label);
  }

  stop(label: string): void {
    this.#stopped.set(label, true);
  }

  isStopped(label: string): boolean {
    return this.#stopped.get(label) === true;
  }

  /** A label that no context has. @param stem what it is to be, or at least to begin with. */
  freeLabel(stem?: string): string {
    if (stem !== undefined && !this.has(stem)) return stem;
    const [beginning, from] = stem === undefined ? ["SSH", this.#stopped.size] : [`${stem}-`, 1];
    for (let i = from; ; i++) if (!this.has(`${beginning}${i}`)) return `${beginning}${i}`;
  }

  /** Has a context that has been added be one whose engines a controller starts, once it speaks for it. */
  makeRemote(context: Context): RemoteContext {
    const remote = new RemoteContext(context);
    this.#remote.set(context.label, remote);
    return remote;
  }

  remote(label: string): RemoteContext | undefined {
    return this.#remote.get(label);
  }

  /** Tells the controller that has started this engine. */
  noteJoined(id: string, rank: number, slots: number): void {
    for (const context of this.#remote.values()) context.noteJoined(id, rank, slots);
  }
}
