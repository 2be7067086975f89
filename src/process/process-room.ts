import { readdirSync, readFileSync, statSync } from "node:fs";

/** A limit from here on is nobody's trouble, and counting what a user has takes time. */
const PLENTY = 4096;
/** Capabilities that the limit does not bind: CAP_SYS_ADMIN and CAP_SYS_RESOURCE. */
const EXEMPT = (1n << 21n) | (1n << 24n);

/** How many processes and threads a user may have, and has. */
export interface ProcessRoom {
  readonly limit: number;
  readonly used: number;
}

/** What the user may have on this machine (`ulimit -u`), and has; undefined where that is no trouble, or unknown. */
export function processRoom(): ProcessRoom | undefined {
  try {
    const [, soft] = /^Max processes\s+([0-9]+)/m.exec(readFileSync("/proc/self/limits", "utf8")) ?? [];
    const limit = Number(soft ?? Number.POSITIVE_INFINITY);
    if (limit >= PLENTY || isExempt()) return undefined;
    return { limit, used: countThreads() };
  } catch {
    return undefined;
  }
}

function isExempt(): boolean {
  const [, capabilities = "0"] = /^CapEff:\s*([0-9a-f]+)/m.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
  return process.getuid?.() === 0 || (BigInt(`0x${capabilities}`) & EXEMPT) !== 0n;
}

/** Threads count like processes. */
function countThreads(): number {
  const own = process.getuid?.();
  let count = 0;
  for (const name of readdirSync("/proc")) if (/^[0-9]+$/.test(name)) count += threadsOf(name, own);
  return count;
}

function threadsOf(pid: string, user: number | undefined): number {
  try {
    if (statSync(`/proc/${pid}`).uid !== user) return 0;
    return Number(/^Threads:\s*([0-9]+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
  } catch {
    // It has ended meanwhile.
    return 0;
  }
}
