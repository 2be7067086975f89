/**
 * Finds the processes of an engine's tasks: by the process groups they were started in, and by a variable in the
 * environment that they inherit, which also finds those that left their group or session.
 */

import { readdirSync, readFileSync } from "node:fs";

export interface TaskProcess {
  readonly pid: number;
  readonly group: number;
}

/** A mark that every process of interest carries in its environment, unless it has cleared that. */
export interface EnvironmentMark {
  readonly name: string;
  readonly value: string;
}

/** Living processes that carry the mark or belong to one of the groups. */
export function findProcesses(mark: EnvironmentMark, groups: ReadonlySet<number>): TaskProcess[] {
  const wanted = `${mark.name}=${mark.value}`;
  const entries = listProc();
  if (entries === undefined) return livingGroups(groups);
  const found: TaskProcess[] = [];
  for (const entry of entries) {
    const pid = Number(entry);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    const group = groupOf(pid);
    if (group === undefined) continue;
    if (groups.has(group) || read(`/proc/${pid}/environ`).split("\0").includes(wanted)) found.push({ pid, group });
  }
  return found;
}

function listProc(): string[] | undefined {
  try {
    return readdirSync("/proc");
  } catch {
    return undefined;
  }
}

/** Undefined for a process that has ended, a zombie included. */
function groupOf(pid: number): number | undefined {
  // "PID (NAME) STATE PPID PGRP ...", and NAME may hold anything.
  const stat = read(`/proc/${pid}/stat`);
  const [state, , group] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return group === undefined || state === "Z" || state === "X" ? undefined : Number(group);
}

function read(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    // It ended meanwhile, or is another user's.
    return "";
  }
}

/** Where there is no /proc: the groups that still have members, each by its leader's number. */
function livingGroups(groups: ReadonlySet<number>): TaskProcess[] {
  return [...groups].filter((group) => signal(-group, 0)).map((group) => ({ pid: -group, group }));
}

/** False when there is no such process, or it is out of reach. */
export function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}
