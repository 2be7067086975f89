import { constants } from "node:os";
import { readProc } from "./proc-files.ts";
import { type EnvironmentMark, findProcesses, signal } from "./process-table.ts";

/**
 * Sends a signal to processes of tasks, but only to those that have said what they do about it: all others would die of it, such as a
 * shell that waits for a program.
 *
 * @returns how many have got it.
 */
export function warnProcesses(mark: EnvironmentMark, groups: ReadonlySet<number>, name: NodeJS.Signals): number {
  const number = constants.signals[name];
  return findProcesses(mark, groups).filter(({ pid }) => catches("/proc", pid, number) && signal(pid, name)).length;
}

/** Whether a process has a handler for the signal of this number. @param root where the system tells of its processes. */
function catches(root: string, pid: number, number: number): boolean {
  const mask = /^SigCgt:\s*([0-9a-f]+)/m.exec(readProc(root, pid, "status"))?.[1];
  return mask !== undefined && ((BigInt(`0x${mask}`) >> BigInt(number - 1)) & 1n) === 1n;
}
