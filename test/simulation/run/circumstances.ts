import type { RunEnd } from "../../../src/domain/events.ts";

/** A time in which somebody was not as well as the others; milliseconds of the world. */
export interface Trouble {
  /** Trouble with the driver, or with connections, is everybody's. */
  readonly kind: "driver" | "host" | "engine" | "links";
  /** Name of the host, or of the engine; missing for what concerns all. */
  readonly of?: string;
  readonly from: number;
  to: number;
}

/** What has gone wrong, or been wanted, so far: what the judge has to make allowance for. */
export class Circumstances {
  readonly troubles: Trouble[] = [];
  /** Engines whose process was killed, whose host crashed, that were told to leave, or that a driver may not know of. */
  readonly ended = new Set<string>();
  /** Tasks that have killed their engine, by its id. */
  readonly killers = new Map<string, number>();
  /** How users have asked the run to end. */
  readonly endings = new Set<RunEnd>();
  /** Ids of tasks that somebody wanted to be stopped, and of those where the run has said that it does so. */
  readonly stopped = new Set<number>();
  readonly stopsAcknowledged = new Set<number>();
  /** Somebody wanted tasks to be ended: those of an engine that is to leave within a time, or all. */
  anyEnded = false;
  /** The driver's host has been down. */
  powerLost = false;
  /** What was before is not on record, since the disk had not yet taken any of it; milliseconds of the world. */
  forgottenUntil = Number.NEGATIVE_INFINITY;
  /** Faults, and what users did. */
  count = 0;

  /** How long things were not well for this engine between two times, in milliseconds. */
  troubledTime(engineId: string, host: string, since: number, until: number): number {
    let troubled = 0;
    for (const { kind, of, from, to } of this.troubles) {
      const concerns = kind === "driver" || kind === "links" || of === engineId || of === host;
      if (concerns) troubled += Math.max(0, Math.min(to, until) - Math.max(from, since));
    }
    return troubled;
  }
}
