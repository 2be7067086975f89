import { type EngineProcess, type ProcessEnd, REASON_MS } from "../domain/launcher.ts";
import { within } from "../domain/time-limit.ts";

/** An engine that this process has started at the driver's word. */
export class ControllerEngine {
  /** Which of the context's nodes it runs on, from 0. */
  readonly place: number;
  readonly process: EngineProcess;
  /** Resolves when its process has ended, or nothing more can be heard of it, or it need not be waited for any longer. */
  readonly ended: Promise<ProcessEnd>;
  /** Resolves when none is to be started in its place any more. */
  readonly over: Promise<void>;
  /** Once it has joined. */
  rank: number | undefined;
  /** Once it has ended. */
  end: ProcessEnd | undefined;
  /** The driver has done with it. */
  isSettled = false;
  /** None is to be started in its place. */
  noteOver: () => void = () => undefined;
  #forget: (end: ProcessEnd) => void = () => undefined;
  #killed: Promise<boolean> | undefined;

  constructor(place: number, process: EngineProcess) {
    this.place = place;
    this.process = process;
    const forgotten = new Promise<ProcessEnd>((resolve) => (this.#forget = resolve));
    this.ended = Promise.race([process.ended, forgotten]);
    this.over = new Promise((resolve) => (this.noteOver = resolve));
  }

  get id(): string {
    return this.process.id;
  }

  get node(): string {
    return this.process.node;
  }

  get isBeingEnded(): boolean {
    return this.#killed !== undefined;
  }

  /** Whether it has left as it should: nobody wants another in its place. */
  get hasLeft(): boolean {
    return this.rank !== undefined && this.end?.certain === true && this.end.reason === undefined;
  }

  /** Ends it and its tasks, once however often it is asked. @returns false when it is not known whether they have ended. */
  kill(): Promise<boolean> {
    this.#killed ??= this.#endProcess();
    return this.#killed;
  }

  async #endProcess(): Promise<boolean> {
    const certain = await this.process.kill();
    // Its end is reported after this; where nothing is heard of that, nobody waits for it.
    void within(REASON_MS, this.process.ended).then(() => this.#forget({ certain }));
    return certain;
  }
}
