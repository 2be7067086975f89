import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** A task that was started, by its own account. */
export interface NotedStart {
  readonly id: number;
  readonly attempt: number;
  /** Of its shell. */
  readonly pid: number;
  /** When its shell was born, in clock ticks since the machine was started: nobody sets that clock. */
  readonly time: number;
  /** It has come to its end. */
  readonly ended: boolean;
}

/** All starts of tasks that have left notes in this folder, in their order. */
export function readStarts(folder: string): NotedStart[] {
  return readdirSync(folder)
    .flatMap((name) => startOf(folder, name) ?? [])
    .toSorted((a, b) => a.time - b.time);
}

/** What tasks have found that must not be, in words. */
export function readComplaints(folder: string): string[] {
  const file = path.join(folder, "complaints");
  return existsSync(file) ? readFileSync(file, "utf8").trimEnd().split("\n") : [];
}

function startOf(folder: string, name: string): NotedStart | undefined {
  const [, id, attempt] = /^(\d+)\.(\d+)\.start$/.exec(name) ?? [];
  if (id === undefined) return undefined;
  const [pid, , born] = readFileSync(path.join(folder, name), "utf8").split(" ").map(Number);
  return {
    id: Number(id),
    attempt: Number(attempt),
    pid: pid ?? NaN,
    time: born ?? NaN,
    ended: existsSync(path.join(folder, `${id}.${attempt}.end`)),
  };
}
