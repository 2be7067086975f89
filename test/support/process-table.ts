import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** A living process that belongs to a test. */
export interface FoundProcess {
  readonly pid: number;
  readonly parent: number;
  /** Its command line, arguments separated by blanks. */
  readonly command: string;
  /** Local addresses on which it accepts TCP connections, such as `127.0.0.1:4711`. */
  readonly listensOn: readonly string[];
}

/** The flag of a process that has begun to end, from the kernel's `include/linux/sched.h`. */
const PF_EXITING = 0x4;

/**
 * All living processes that carry `marker` (NAME=value) in their environment or work inside `folder`: two signs, since a
 * process may clear its environment or change its directory. Processes that have ended but were not waited for do not count.
 */
export function findProcesses(marker: string, folder: string): FoundProcess[] {
  const listeners = listeningSockets();
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && isOurs(Number(name), marker, folder))
    .map((name) => ({
      pid: Number(name),
      parent: parentOf(name),
      command: contents(`/proc/${name}/cmdline`).replaceAll("\0", " ").trim(),
      listensOn: socketsOf(name).flatMap((inode) => listeners.get(inode) ?? []),
    }))
    .filter(({ pid }) => isAlive(pid));
}

/**
 * True for a process that runs or may run again; false for none, for one that only waits to be reaped, and for one that is
 * ending: the kernel lets go of its memory, its files and its folder one after the other, and of the process itself last.
 */
export function isAlive(pid: number): boolean {
  const [state = "", , , , , , flags] = statOf(pid);
  return state !== "" && state !== "Z" && state !== "X" && (Number(flags) & PF_EXITING) === 0;
}

/** The process that has started it; 0 for a process that is gone. */
export function parentOf(pid: string): number {
  return Number(statOf(pid)[1] ?? 0);
}

/** What `/proc/PID/stat` says from the state on; nothing for a process that is gone. */
function statOf(pid: number | string): string[] {
  const stat = contents(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

function isOurs(pid: number, marker: string, folder: string): boolean {
  if (pid === process.pid) return false;
  if (contents(`/proc/${pid}/environ`).split("\0").includes(marker)) return true;
  const cwd = target(`/proc/${pid}/cwd`);
  return cwd === folder || cwd.startsWith(`${folder}/`);
}

/** Inode of each listening TCP socket of the machine, and its address. */
function listeningSockets(): Map<string, string> {
  const LISTEN = "0A";
  const found = new Map<string, string>();
  for (const table of ["/proc/net/tcp", "/proc/net/tcp6"]) {
    for (const line of contents(table).split("\n").slice(1)) {
      const columns = line.trim().split(/\s+/);
      const [, local = "", , state] = columns;
      if (state === LISTEN) found.set(columns[9] ?? "", readableAddress(local));
    }
  }
  return found;
}

/** `0100007F:1267` is `127.0.0.1:4711`; addresses of IPv6 stay as the kernel writes them. */
function readableAddress(local: string): string {
  const [address = "", port = ""] = local.split(":");
  const shown = address.length === 8 ? [...Buffer.from(address, "hex")].toReversed().join(".") : address;
  return `${shown}:${Number.parseInt(port, 16)}`;
}

function socketsOf(pid: string): string[] {
  return names(`/proc/${pid}/fd`)
    .map((fd) => /^socket:\[(\d+)\]$/.exec(target(`/proc/${pid}/fd/${fd}`))?.[1])
    .filter((inode) => inode !== undefined);
}

// A process may end between any two looks at it: what is gone reads as empty.

function contents(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function target(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    return "";
  }
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
