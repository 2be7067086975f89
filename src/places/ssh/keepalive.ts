import type { HostSettings } from "./host-settings.ts";

/** How a connection is looked after. */
export interface Keepalive {
  /** Seconds of silence after which the host is asked whether it is there. */
  readonly interval: number;
  /** So many questions without an answer, and the connection counts as lost. */
  readonly countMax: number;
}

/** Two minutes until a dead connection is noticed; what translates addresses on the way forgets no sooner than that. */
const OURS: Keepalive = { interval: 30, countMax: 4 };

/**
 * ServerAliveInterval and ServerAliveCountMax, or our own where the user's settings ask for none: a connection on which
 * nothing is said must be noticed when it dies, and an engine that calls through a forwarded port hangs on it.
 */
export function keepaliveOf({ serverAliveInterval, serverAliveCountMax }: HostSettings): Keepalive {
  return serverAliveInterval === 0 ? OURS : { interval: serverAliveInterval, countMax: serverAliveCountMax };
}
