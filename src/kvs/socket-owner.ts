import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { release } from "node:os";
import { UserError } from "../domain/errors.ts";
import { errnoText } from "../domain/system-error.ts";
import { findEntry, formatEnd4, formatEnd6, type SocketEnd, type TableEntry } from "./socket-table.ts";

/** Whose socket the other end of a connection is. */
export type Ownership =
  | { readonly type: "own" }
  | { readonly type: "other"; readonly uid: number }
  /** Nobody can tell any more: it has been closed, and this kernel has forgotten its owner. */
  | { readonly type: "unknown" };

const TABLE_4 = "/proc/net/tcp";
const TABLE_6 = "/proc/net/tcp6";

/** Bytes of the longest line and more: a line may be cut by the end of what is read at once. */
const OVERLAP = 512;

/** From this version on the kernel remembers the owner of a socket that its process has closed, while there still is a socket. */
const REMEMBERS_SINCE = [6, 17] as const;

/** Root's number, which the kernel shows for sockets without an owner, too. */
const ROOT = 0;

/** Tells whose the sockets are that call on the loopback, by the kernel's own table. */
export class SocketOwners {
  readonly #me: number;
  readonly #remembers: boolean;
  /** What is read of a table; used again each time. */
  readonly #buffer = Buffer.allocUnsafe(64 * 1024 + OVERLAP);

  /**
   * @param me this user's number.
   * @param kernel its version, as `uname -r` gives it.
   * @throws UserError `kvs-owners-unknown` where the table cannot be read, or does not tell this user from others.
   */
  constructor(me = process.geteuid?.() ?? -1, kernel = release()) {
    this.#me = me;
    this.#remembers = isAtLeast(kernel, REMEMBERS_SINCE);
    const why = whyBlind(me);
    if (why !== undefined) throw new UserError("kvs-owners-unknown", why);
  }

  /** Whose socket is at the other end of a connection whose ends are these. */
  of(theirs: SocketEnd, ours: SocketEnd): Ownership {
    const entry = this.#find4(theirs, ours) ?? this.#find(TABLE_6, formatEnd6(theirs), formatEnd6(ours));
    return entry === undefined ? { type: "unknown" } : judge(entry, this.#me, this.#remembers);
  }

  #find4(theirs: SocketEnd, ours: SocketEnd): TableEntry | undefined {
    return this.#find(TABLE_4, formatEnd4(theirs), formatEnd4(ours));
  }

  /** Reads on only until the entry is found. */
  #find(path: string, theirs: string | undefined, ours: string | undefined): TableEntry | undefined {
    if (theirs === undefined || ours === undefined) return undefined;
    const fd = openTable(path);
    if (fd === undefined) return undefined;
    try {
      const buffer = this.#buffer;
      let kept = 0;
      for (;;) {
        const count = readSync(fd, buffer, kept, buffer.length - kept, null);
        const filled = kept + count;
        const entry = findEntry(buffer.subarray(0, filled), theirs, ours);
        if (entry !== undefined || count === 0) return entry;
        kept = Math.min(filled, OVERLAP);
        buffer.copyWithin(0, filled - kept, filled);
      }
    } finally {
      closeSync(fd);
    }
  }
}

/** Whose a socket is that the table shows so. @param remembers the kernel shows the owner of a socket that has been closed. */
export function judge({ uid, isOrphan, isRemainder }: TableEntry, me: number, remembers: boolean): Ownership {
  const isKnown = uid !== ROOT || !isOrphan || (remembers && !isRemainder);
  if (!isKnown) return { type: "unknown" };
  return uid === me ? { type: "own" } : { type: "other", uid };
}

/** Whether a version such as `6.18.4-arch1` is this one or a later one. */
export function isAtLeast(version: string, [major, minor]: readonly [number, number]): boolean {
  const [, first, second] = /^(\d+)\.(\d+)/.exec(version) ?? [];
  if (first === undefined || second === undefined) return false;
  return Number(first) > major || (Number(first) === major && Number(second) >= minor);
}

function openTable(path: string): number | undefined {
  try {
    return openSync(path, "r");
  } catch {
    // A kernel without IPv6 has no such table; that there is one of IPv4 is known.
    return undefined;
  }
}

function whyBlind(me: number): string | undefined {
  const advice = "so a key-value server cannot tell your programs from those of others here";
  try {
    closeSync(openSync(TABLE_4, "r"));
    // In a namespace, all users who have no number in it go by this one.
    const nobody = Number(readFileSync("/proc/sys/kernel/overflowuid", "latin1"));
    const isWhole = /^\s*0\s+0\s+4294967295\s*$/.test(readFileSync("/proc/self/uid_map", "latin1"));
    if (me === nobody && !isWhole) return `user ${me} stands for all who have no number here, ${advice}`;
    return undefined;
  } catch (error) {
    return `${TABLE_4} or the numbers of users cannot be read (${errnoText(error)}), ${advice}`;
  }
}
