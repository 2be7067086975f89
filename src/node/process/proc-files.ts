/** What the system tells of a process. What has ended, or is another user's, has no text. */

import { readFileSync } from "node:fs";

/** Linux tells processor times in hundredths of a second, whatever its own clock does. */
const TICKS = 100;
const KIBI = 1024;

export interface ProcessStat {
  readonly parent: number;
  readonly group: number;
  /** Ticks since the system was started. */
  readonly startTime: number;
  /** Processor time that the process has used, and those of its children that it has waited for. Seconds. */
  readonly cpu: number;
}

/** @param root where the system tells of its processes: `/proc`. */
export function readProc(root: string, pid: number, file: string): string {
  try {
    return readFileSync(`${root}/${pid}/${file}`, "latin1");
  } catch {
    return "";
  }
}

/** Undefined for a process that has ended, a zombie included. */
export function statOf(root: string, pid: number): ProcessStat | undefined {
  // "PID (NAME) STATE PPID PGRP ...", and NAME may hold anything.
  const stat = readProc(root, pid, "stat");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state, parent, group] = fields;
  if (group === undefined || state === "Z" || state === "X") return undefined;
  const [user, system, childrensUser, childrensSystem] = fields.slice(11, 15).map(Number);
  const ticks = (user ?? 0) + (system ?? 0) + (childrensUser ?? 0) + (childrensSystem ?? 0);
  return { parent: Number(parent), group: Number(group), startTime: Number(fields[19]), cpu: ticks / TICKS };
}

/** Bytes of memory that the process holds, what it shares with others included, and the most that it has held. */
export function residentOf(root: string, pid: number): { readonly now: number; readonly most: number } {
  const status = readProc(root, pid, "status");
  const now = kibibytes(/^VmRSS:\s*([0-9]+) kB/m, status) ?? 0;
  return { now, most: kibibytes(/^VmHWM:\s*([0-9]+) kB/m, status) ?? now };
}

/**
 * Bytes of memory that the process holds, each shared page as its part of it. Undefined where the system does not tell. The system
 * walks over all pages of the process for that.
 */
export function proportionOf(root: string, pid: number): number | undefined {
  return kibibytes(/^Pss:\s*([0-9]+) kB/m, readProc(root, pid, "smaps_rollup"));
}

function kibibytes(pattern: RegExp, text: string): number | undefined {
  const number = pattern.exec(text)?.[1];
  return number === undefined ? undefined : Number(number) * KIBI;
}
