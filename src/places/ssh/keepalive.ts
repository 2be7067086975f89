import type { HostSettings } from "./host-settings.ts";

/** How a connection is looked after. */
export interface Keepalive {
  /** Seconds of silence after which the host is asked whether it is there. */
  readonly interval: number;
  /** Questions without an answer after which the connection counts as lost. */
  readonly countMax: number;
}

/** A dead connection is noticed within two minutes; what translates addresses on the way forgets it no sooner. */
const OURS: Keepalive = { interval: 30, countMax: 4 };

/**
 * ServerAliveInterval and ServerAliveCountMax, or our own where the user's settings ask for none: a connection on which
 * nothing is said must be noticed when it dies, and an engine that calls through a forwarded port hangs on it.
 */
export function keepaliveOf({ serverAliveInterval, serverAliveCountMax }: HostSettings): Keepalive {
  return serverAliveInterval === 0 ? OURS : { interval: serverAliveInterval, countMax: serverAliveCountMax };
}
