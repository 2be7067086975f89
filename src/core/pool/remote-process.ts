import type { EngineProcess, ProcessEnd } from "../../domain/launcher.ts";
import { within } from "../../domain/time-limit.ts";

/** A controller that was told to end an engine has this long to say that it has: the time that SSH may take. */
const KILL_MS = 15_000;

export interface RemoteProcessOptions extends Pick<EngineProcess, "id" | "node" | "slots"> {
  /** Tells its controller to end it. @returns false when there is none. */
  readonly end: () => boolean;
}

/** The process of an engine that a controller has started, as far as the controller tells. */
export class RemoteProcess implements EngineProcess {
  readonly id: string;
  readonly node: string;
  readonly slots: number;
  readonly ended: Promise<ProcessEnd>;
  readonly confirmed: Promise<void>;
  /** Its controller is not waited for any more: the driver has done with it. */
  isOver = false;
  readonly #end: () => boolean;
  /** Calls that wait for the controller's answer. */
  #killed: ((certain: boolean) => void)[] = [];
  /** The engine and all of its tasks are known to have ended. */
  #isGone = false;
  #confirm: () => void = () => undefined;
  /** Told of the first end; later ones change nothing. */
  noteEnd: (end: ProcessEnd) => void = () => undefined;

  constructor({ id, node, slots, end }: RemoteProcessOptions) {
    this.id = id;
    this.node = node;
    this.slots = slots;
    this.#end = end;
    this.ended = new Promise((resolve) => (this.noteEnd = resolve));
    this.confirmed = new Promise((resolve) => (this.#confirm = resolve));
  }

  async kill(): Promise<boolean> {
    if (this.#isGone) return true;
    const answered = new Promise<boolean>((resolve) => this.#killed.push(resolve));
    if (!this.#end()) this.noteKilled(false);
    return (await within(KILL_MS, answered)) && answered;
  }

  /**
   * The controller says whether it is ended, and all of its tasks, which it may do unasked; or there is no controller that could
   * say so.
   */
  noteKilled(certain: boolean): void {
    if (certain) {
      this.#isGone = true;
      this.noteEnd({ certain });
      this.#confirm();
    }
    for (const answer of this.#killed) answer(certain);
    this.#killed = [];
  }
}
