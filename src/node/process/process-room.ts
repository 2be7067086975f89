import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A limit from here on is nobody's trouble, and counting what a user has takes time. */
const PLENTY = 4096;
/** Capabilities that the limit does not bind: CAP_SYS_ADMIN and CAP_SYS_RESOURCE. */
const EXEMPT = (1n << 21n) | (1n << 24n);

/** How many processes and threads a user may have, and has. */
export interface ProcessRoom {
  readonly limit: number;
  readonly used: number;
}

/**
 * What the user may have on this machine (`ulimit -u`), and has.
 *
 * @param user the user's number. @param proc looked at instead, in tests.
 * @returns undefined where that is no trouble, or unknown.
 */
export function processRoom(user = process.getuid?.(), proc = "/proc"): ProcessRoom | undefined {
  try {
    const [, soft] = /^Max processes\s+([0-9]+)/m.exec(readFileSync(join(proc, "self/limits"), "utf8")) ?? [];
    const limit = Number(soft ?? Number.POSITIVE_INFINITY);
    if (limit >= PLENTY || user === 0 || user === undefined || isExempt(proc)) return undefined;
    return { limit, used: countThreads(user, proc) };
  } catch {
    return undefined;
  }
}

function isExempt(proc: string): boolean {
  const status = readFileSync(join(proc, "self/status"), "utf8");
  const [, capabilities = "0"] = /^CapEff:\s*([0-9a-f]+)/m.exec(status) ?? [];
  return (BigInt(`0x${capabilities}`) & EXEMPT) !== 0n;
}

/** Threads count like processes. */
function countThreads(user: number, proc: string): number {
  const pids = readdirSync(proc).filter((name) => /^[0-9]+$/.test(name));
  return pids.reduce((count, pid) => count + threadsOf(join(proc, pid), user), 0);
}

function threadsOf(folder: string, user: number): number {
  try {
    const status = readFileSync(join(folder, "status"), "utf8");
    const [, owner] = /^Uid:\s*([0-9]+)/m.exec(status) ?? [];
    return Number(owner) === user ? Number(/^Threads:\s*([0-9]+)/m.exec(status)?.[1] ?? 0) : 0;
  } catch {
    // The process has ended meanwhile.
    return 0;
  }
}
