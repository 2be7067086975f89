/**
 * How long an engine may be out of touch, and what follows. All of it rests on one rule: when the driver gives an engine
 * up, that engine has ended its tasks.
 */

/** A lease that nobody has chosen, in seconds: long enough for a network to be switched over. */
export const LEASE = 60;

/** How many signs of life an engine gives in a lease. */
export const BEATS_PER_LEASE = 6;

/** Seconds between TERM and KILL for the tasks of an engine whose lease has ended. */
export const FENCE_GRACE = 2;

/**
 * Seconds after its lease when the driver gives an engine up: the grace for its tasks, the second in which the engine
 * notices, and one to spare.
 */
export const LEASE_MARGIN = 4;

/** What engines do when their lease ends because the driver is gone: end their tasks, or let them finish. */
export const ON_DRIVER_LOST = ["kill", "finish"] as const;
export type OnDriverLost = (typeof ON_DRIVER_LOST)[number];

/** What engines have to know of their leases. */
export interface LeaseTerms {
  /** Seconds. */
  readonly lease: number;
  readonly onDriverLost: OnDriverLost;
  /** Seconds after which what still runs on an engine that leaves is ended; missing when it may take its time. */
  readonly drainTimeout?: number | undefined;
}
