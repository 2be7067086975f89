import type { Duplex } from "node:stream";
import { UserError } from "../../domain/errors.ts";
import { EXIT } from "../../domain/exit-codes.ts";
import { needsSlotProcesses, notDealtOut, type Share } from "./shares.ts";
import { SlotHandle } from "./slot-handle.ts";

/** What is not gone by then is not waited for. Milliseconds. */
const FAREWELL_MS = 1_000;

/** The slot processes of an engine: one for each slot but slot 0, which is the engine's own. */
export class SlotCrew {
  readonly #slots: number;
  readonly #own: Share;
  readonly #handles = new Map<number, SlotHandle>();
  #complete: () => void = () => undefined;
  #fail: (error: UserError) => void = () => undefined;
  /** Told what the user should know of one of them, in one line. */
  onWarning: (message: string) => void = () => undefined;

  /** @param own the engine's share of the node. */
  constructor(slots: number, own: Share) {
    this.#slots = slots;
    this.#own = own;
  }

  /** Takes in one who has called, and has shown that it belongs to the run. */
  accept(stream: Duplex): void {
    void new SlotHandle(stream, {
      joined: (handle) => this.#join(handle),
      died: ({ slot }) => this.#fail(died(slot)),
      warned: (message) => this.onWarning(message),
    });
  }

  /** Told when one is lost, instead of whoever was to be told before. */
  set onDeath(fail: (error: UserError) => void) {
    this.#fail = fail;
  }

  /**
   * Resolves when all are there.
   *
   * @throws UserError `slot-process-missing` when they are not in time, or `slot-process-died`.
   */
  gather(patienceMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => this.#fail(missing(this.#missing(), patienceMs)), patienceMs);
      this.#complete = (): void => {
        clearTimeout(late);
        resolve();
      };
      this.#fail = (error): void => {
        clearTimeout(late);
        reject(error);
      };
      if (this.#missing().length === 0) this.#complete();
    });
  }

  /** Whether the slot processes make a difference: see `needsSlotProcesses`. */
  get isNeeded(): boolean {
    return needsSlotProcesses(this.#own, this.#shares);
  }

  /** The variables, of these, that Slurm has not dealt out over the slots already. */
  notDealtOut(names: readonly string[]): string[] {
    return notDealtOut(names, this.#own, this.#shares);
  }

  /** By the slot that is theirs. */
  get processes(): ReadonlyMap<number, SlotHandle> {
    return this.#handles;
  }

  /** Says goodbye to all. Resolves when they have gone, or ought to have. */
  async release(): Promise<void> {
    const handles = [...this.#handles.values()];
    this.#handles.clear();
    // Nobody waits for the others.
    this.#complete();
    for (const handle of handles) handle.release();
    let late: NodeJS.Timeout | undefined;
    const gone = Promise.all(handles.map(({ closed }) => closed));
    await Promise.race([gone, new Promise((resolve) => (late = setTimeout(resolve, FAREWELL_MS)))]);
    clearTimeout(late);
    for (const handle of handles) handle.refuse("it does not leave");
  }

  get #shares(): Share[] {
    return [...this.#handles.values()].map(({ share }) => share);
  }

  #join(handle: SlotHandle): void {
    const { slot } = handle;
    if (slot >= this.#slots || this.#handles.has(slot)) return handle.refuse(`there is no place for slot ${slot}`);
    this.#handles.set(slot, handle);
    if (this.#missing().length === 0) this.#complete();
  }

  #missing(): number[] {
    return Array.from({ length: this.#slots }, (_, slot) => slot).filter(
      (slot) => slot > 0 && !this.#handles.has(slot),
    );
  }
}

function missing(slots: readonly number[], patienceMs: number): UserError {
  const which = slots.length === 1 ? `slot ${slots[0]} has` : `slots ${slots.join(", ")} have`;
  const message = `${which} no process ${patienceMs / 1000} s after the engine has started; Slurm starts one for each`;
  return new UserError("slot-process-missing", message, { exitCode: EXIT.unfinished });
}

function died(slot: number): UserError {
  return new UserError("slot-process-died", `the process of slot ${slot} has died`, { exitCode: EXIT.unfinished });
}
