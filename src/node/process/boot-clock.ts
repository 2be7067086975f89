import { openSync, readSync } from "node:fs";

/** Seconds and hundredths, `12345.67`; what follows on the line is not needed. */
const LONGEST = 32;
const DOT = 0x2e;
const ZERO = 0x30;

/**
 * A clock that counts the time that the machine was asleep and knows nothing of the calendar: /proc/uptime, in steps of a
 * hundredth of a second. The file is opened at the first reading and stays open.
 *
 * @param file read instead, in tests. Where it cannot be read the clock counts the time since this process began, which
 *   may leave out the time asleep.
 * @returns what tells the time, in seconds.
 */
export function bootClock(file = "/proc/uptime"): () => number {
  const buffer = Buffer.alloc(LONGEST);
  let fd: number | undefined;
  let opened = false;
  return () => {
    if (!opened) fd = open(file);
    opened = true;
    return fd === undefined ? performance.now() / 1000 : hundredths(buffer, readSync(fd, buffer, 0, LONGEST, 0)) / 100;
  };
}

/** Seconds since this machine was started, the time that it was asleep included. */
export const bootSeconds: () => number = bootClock();

/** The first number of the line, without its point. */
function hundredths(line: Buffer, length: number): number {
  let value = 0;
  for (let i = 0; i < length; i++) {
    const byte = line[i] ?? 0;
    if (byte === DOT) continue;
    const digit = byte - ZERO;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  return value;
}

function open(file: string): number | undefined {
  try {
    return openSync(file, "r");
  } catch {
    return undefined;
  }
}
