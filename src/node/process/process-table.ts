/**
 * Finds the processes of an engine's tasks: by the process groups they were started in, and by a variable in the
 * environment that they inherit, which also finds those that left their group or session.
 */

import { readdirSync, readFileSync } from "node:fs";

export interface TaskProcess {
  readonly pid: number;
  readonly group: number;
}

/** A variable that every process of interest has in its environment, unless it has cleared that. */
export interface EnvironmentMark {
  readonly name: string;
  /** One of the variable's values, which are separated by colons. */
  readonly value: string;
  /** Of processes where that is the last value, only those where these variables have these values. */
  readonly only?: Readonly<Record<string, string>>;
}

/** Living processes that carry the mark, if there is one, belong to one of the groups, or descend from the leader of one. */
export function findProcesses(mark: EnvironmentMark | undefined, groups: ReadonlySet<number>): TaskProcess[] {
  const entries = listProc();
  if (entries === undefined) return livingGroups(groups);
  const living = new Map<number, Ancestry>();
  for (const entry of entries) {
    const pid = Number(entry);
    const ancestry = Number.isInteger(pid) && pid !== process.pid ? ancestryOf(pid) : undefined;
    if (ancestry !== undefined) living.set(pid, ancestry);
  }
  const found: TaskProcess[] = [];
  for (const [pid, { group }] of living) {
    const known = groups.has(group) || descends(pid, groups, living);
    if (known || (mark !== undefined && carries(read(`/proc/${pid}/environ`), mark))) found.push({ pid, group });
  }
  return found;
}

interface Ancestry {
  readonly parent: number;
  readonly group: number;
}

function descends(pid: number, leaders: ReadonlySet<number>, living: ReadonlyMap<number, Ancestry>): boolean {
  for (let at = living.get(pid)?.parent; at !== undefined; at = living.get(at)?.parent) {
    if (leaders.has(at)) return true;
  }
  return false;
}

function carries(environment: string, { name, value, only }: EnvironmentMark): boolean {
  const entries = environment.split("\0");
  const variable = entries.find((entry) => entry.startsWith(`${name}=`));
  if (variable === undefined) return false;
  const values = variable.slice(name.length + 1).split(":");
  if (only === undefined) return values.includes(value);
  // Whatever has more of them belongs to a run within a task, and the variables are that run's.
  return (
    values[values.length - 1] === value &&
    Object.entries(only).every(([other, own]) => entries.includes(`${other}=${own}`))
  );
}

function listProc(): string[] | undefined {
  try {
    return readdirSync("/proc");
  } catch {
    return undefined;
  }
}

/** What the system says of a process; undefined for one that has ended, a zombie included. */
function ancestryOf(pid: number): Ancestry | undefined {
  // "PID (NAME) STATE PPID PGRP ...", and NAME may hold anything.
  const stat = read(`/proc/${pid}/stat`);
  const [state, parent, group] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  if (group === undefined || state === "Z" || state === "X") return undefined;
  return { parent: Number(parent), group: Number(group) };
}

/** Whether a process lives; one that has ended does not, a zombie included. */
export function isLiving(pid: number): boolean {
  return ancestryOf(pid) !== undefined;
}

function read(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    // The process ended meanwhile, or is another user's.
    return "";
  }
}

/** Where there is no /proc: the groups that still have members, each by its leader's number. */
function livingGroups(groups: ReadonlySet<number>): TaskProcess[] {
  return [...groups].filter((group) => signal(-group, 0)).map((group) => ({ pid: -group, group }));
}

/** Sends a signal. @returns false when there is no such process, or it is out of reach. */
export function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}
