import { within } from "../../domain/time-limit.ts";
import type { Closing } from "../../wire/connection.ts";
import { Attendance } from "./attendance.ts";
import type { EngineHandle } from "./engine-handle.ts";
import type { EngineRegistry, Killed } from "./engine-registry.ts";

/** Where an engine can be reached that has given no sign of life, it is ended within this time. */
const HURRIED_KILL_MS = 200;

export interface LossesEvents {
  /** The run has no more use for it. */
  isSpare(engine: EngineHandle): boolean;
  /** Its connection is gone: what it is given now it may never hear of. */
  outOfTouch(engine: EngineHandle): void;
  /** Nothing has been heard of it for so long that it is worth a word. */
  silent(engine: EngineHandle, reason: string): void;
  /** The engine is heard of again, and nothing was lost meanwhile. */
  heard(engine: EngineHandle): void;
  /** The engine is gone, and so is whatever ran on it. @param crashed it may have died of what it ran. */
  lost(engine: EngineHandle, reason: string, crashed: boolean): void;
  /** Called after each look at who is there, twice a second. */
  looked(): void;
}

/** Tells engines that are out of touch from those that are gone. */
export class Losses {
  readonly #registry: EngineRegistry;
  readonly #events: LossesEvents;
  readonly #attendance: Attendance;
  /** Why contact was lost with those that are absent. */
  readonly #reasons = new Map<EngineHandle, string>();
  /** Engines that are being ended, and how to stop waiting for that. */
  readonly #ending = new Map<EngineHandle, () => void>();
  #hurried = false;

  /** @param lease seconds. */
  constructor(lease: number, registry: EngineRegistry, events: LossesEvents) {
    this.#registry = registry;
    this.#events = events;
    this.#attendance = new Attendance(lease, {
      isSpare: (engine) => events.isSpare(engine),
      looked: () => events.looked(),
      silent: (engine, reason) => events.silent(engine, this.#reasons.get(engine) ?? reason),
      heard: (engine) => events.heard(engine),
      expired: (engine, reason) => this.#expired(engine, reason),
    });
  }

  /** An engine has joined, or one of an earlier driver may come back. */
  watch(engine: EngineHandle): void {
    this.#attendance.add(engine);
    if (this.#registry.hasEnded(engine)) this.processEnded(engine);
  }

  /** The engine has said something. */
  note(engine: EngineHandle): void {
    this.#attendance.note(engine);
  }

  /** The engine has called again and said where it stands. @returns whether its silence was told of. */
  back(engine: EngineHandle): boolean {
    this.#reasons.delete(engine);
    return this.#attendance.isBack(engine);
  }

  /** The engine has left as it should. */
  forget(engine: EngineHandle): void {
    this.#attendance.remove(engine);
    this.#reasons.delete(engine);
  }

  hungUp(engine: EngineHandle, { refusal, failure }: Closing): void {
    this.#events.outOfTouch(engine);
    if (refusal !== undefined) return void this.#end(engine, failure, refusal);
    this.#reasons.set(engine, failure);
    if (this.#registry.hasEnded(engine) || this.#hurried) void this.#end(engine, failure);
  }

  processEnded(engine: EngineHandle): void {
    // Before it is watched for nobody else knows of it, either.
    if (engine.state === "absent" && this.#attendance.has(engine))
      void this.#end(engine, this.#reasons.get(engine) ?? "its process has ended");
  }

  /** The run has to end: nobody is waited for. */
  hurry(absent: Iterable<EngineHandle>): void {
    this.#hurried = true;
    for (const stopWaiting of this.#ending.values()) stopWaiting();
    for (const engine of absent) {
      if (engine.state === "absent") void this.#end(engine, this.#reasons.get(engine) ?? "it is out of touch");
    }
  }

  close(): void {
    this.#attendance.close();
  }

  /**
   * Ends an engine before anything it held may run elsewhere.
   *
   * @param failure counts when neither the driver nor its process has a better reason.
   */
  async #end(engine: EngineHandle, failure: string, refusal?: string): Promise<void> {
    if (engine.isGone) return;
    engine.state = "lost";
    // One that ends well, unasked, has given up on its driver, which is not the fault of what it ran.
    const crashed = refusal !== undefined || this.#registry.hasCrashed(engine);
    const inVain = new Promise<void>((resolve) => this.#ending.set(engine, resolve));
    // One that cannot be reached has ended its tasks when its lease has ended.
    const waited = inVain.then((): Killed => ({ certain: true }));
    const killed = await Promise.race([this.#registry.kill(engine), waited]);
    if (!killed.certain && !this.#hurried) await inVain;
    this.#lose(engine, refusal ?? killed.reason ?? failure, crashed);
  }

  #expired(engine: EngineHandle, reason: string): void {
    const stopWaiting = this.#ending.get(engine);
    if (stopWaiting !== undefined) return stopWaiting();
    engine.state = "lost";
    this.#ending.set(engine, () => undefined);
    engine.refuse(reason);
    // Wherever it can be reached it is ended; its tasks are over as it is.
    const killed = this.#registry.kill(engine);
    void within(HURRIED_KILL_MS, killed).then(() => this.#lose(engine, this.#reasons.get(engine) ?? reason, true));
  }

  #lose(engine: EngineHandle, reason: string, crashed: boolean): void {
    if (!this.#ending.delete(engine)) return;
    this.#attendance.remove(engine);
    this.#reasons.delete(engine);
    this.#events.lost(engine, reason, crashed);
  }
}
