/** What Linux knows of a process, from /proc. Elsewhere all of these find nothing. */

import { readdirSync, readFileSync } from "node:fs";

/** The unit of times in /proc/PID/stat: USER_HZ, which is 100 on Linux whatever the kernel's own tick is. */
const TICKS_PER_SECOND = 100;

function read(pid: number, name: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "latin1");
  } catch {
    return undefined;
  }
}

/** The fields of /proc/PID/stat after the program's name, which may itself hold blanks and parentheses. */
function stat(pid: number): string[] | undefined {
  const text = read(pid, "stat");
  return text?.slice(text.lastIndexOf(")") + 2).split(" ");
}

/** Processor seconds, user and system, of the process itself: those of its children are not in it. */
export function cpuSeconds(pid: number): number | undefined {
  const fields = stat(pid);
  // Fields 14 and 15 of the manual page; field 3 is the first after the name.
  return fields === undefined ? undefined : (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Resident memory in bytes: now (VmRSS), or at most so far (VmHWM). */
export function memory(pid: number, which: "VmRSS" | "VmHWM"): number | undefined {
  const match = new RegExp(`^${which}:\\s+(\\d+) kB`, "m").exec(read(pid, "status") ?? "");
  return match === null ? undefined : Number(match[1]) * 1024;
}

/** The engine processes that this driver has started, directly or through a shell. */
export function enginesOf(driver: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    const pid = Number(name);
    const fields = Number.isInteger(pid) ? stat(pid) : undefined;
    if (fields !== undefined) parents.set(pid, Number(fields[1]));
  }
  const descends = (pid: number): boolean => {
    const parent = parents.get(pid);
    return parent !== undefined && (parent === driver || descends(parent));
  };
  return [...parents.keys()].filter((pid) => descends(pid) && isEngine(pid));
}

function isEngine(pid: number): boolean {
  return read(pid, "cmdline")?.split("\0").includes("engine") ?? false;
}
