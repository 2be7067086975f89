import { LEASE_MARGIN } from "../../domain/lease.ts";
import type { EngineHandle } from "./engine-handle.ts";

/** How often it is looked who has been heard of, in milliseconds. */
const LOOK_MS = 500;
/** An engine that is away no longer than this is not worth a word. Looks. */
const HARDLY_AWAY = 2;

/** Seconds since the engine has been heard of, to the next look. */
export function silenceOf({ silentFor }: EngineHandle): number {
  return (silentFor * LOOK_MS) / 1000;
}

export interface AttendanceEvents {
  /** Nothing has been heard of it for a while: it is given nothing new. */
  silent(engine: EngineHandle, reason: string): void;
  /** The run has no more use for it: were it away, nobody would wait. */
  isSpare(engine: EngineHandle): boolean;
  /** Called after each look at who is there. */
  looked(): void;
  /** The engine is heard of again, over the connection that it had. */
  heard(engine: EngineHandle): void;
  /** Its lease has ended, and with it its tasks. */
  expired(engine: EngineHandle, reason: string): void;
}

/**
 * Who is there. Silence is counted in looks at the clock and not in time: a driver that was busy, frozen or asleep has not
 * looked, and does not take its own absence for that of its engines.
 */
export class Attendance {
  readonly #lease: number;
  readonly #events: AttendanceEvents;
  readonly #engines = new Map<EngineHandle, { announced: boolean }>();
  #timer: NodeJS.Timeout | undefined;

  /** @param lease seconds. */
  constructor(lease: number, events: AttendanceEvents) {
    this.#lease = lease;
    this.#events = events;
  }

  add(engine: EngineHandle): void {
    this.#engines.set(engine, { announced: false });
    this.#timer ??= setInterval(() => this.#look(), LOOK_MS);
  }

  remove(engine: EngineHandle): void {
    this.#engines.delete(engine);
  }

  has(engine: EngineHandle): boolean {
    return this.#engines.has(engine);
  }

  /** Something has been heard of it. */
  note(engine: EngineHandle): void {
    engine.silentFor = 0;
    const entry = this.#engines.get(engine);
    // One that has called again is back when it has said where it stands.
    if (entry?.announced !== true || engine.state !== "present" || engine.mayRepeat) return;
    entry.announced = false;
    this.#events.heard(engine);
  }

  /** The engine has said where it stands; whatever was announced is over. @returns whether anything was. */
  isBack(engine: EngineHandle): boolean {
    const entry = this.#engines.get(engine);
    const announced = entry?.announced === true;
    if (entry !== undefined) entry.announced = false;
    return announced;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#engines.clear();
  }

  #look(): void {
    for (const [engine, entry] of this.#engines) {
      engine.silentFor++;
      engine.acknowledge();
      const seconds = silenceOf(engine);
      const isWorthAWord = engine.state === "absent" ? engine.silentFor > HARDLY_AWAY : seconds > this.#lease / 2;
      if (seconds > this.#lease + LEASE_MARGIN || (entry.announced && this.#events.isSpare(engine))) {
        this.#engines.delete(engine);
        this.#events.expired(engine, `nothing has been heard of it for ${Math.round(seconds)} s`);
      } else if (isWorthAWord && !entry.announced) {
        entry.announced = true;
        this.#events.silent(engine, engine.state === "absent" ? "its connection is lost" : "it gives no sign of life");
      }
    }
    this.#events.looked();
  }
}
