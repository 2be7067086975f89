import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type { Command } from "./run.ts";

const ROOT = join(import.meta.dirname, "..");

/** One of the two forms in which disbatch ships. */
export interface Artifact {
  readonly name: string;
  readonly argv: readonly [string, ...string[]];
}

export const BINARY: Artifact = { name: "disbatch, binary", argv: [join(ROOT, "dist", "disbatch")] };
export const BUNDLE: Artifact = { name: "disbatch, Node bundle", argv: ["node", join(ROOT, "dist", "disbatch.mjs")] };

/** Where `disbatch` leaves its record when it was told this prefix. */
export function statusFileOf(prefix: string): string {
  return `${prefix}_status.txt`;
}

/** Runs a task file on slots of this machine. */
export function disbatch(artifact: Artifact, tasks: string, slots: number, prefix: string, ...more: string[]): Command {
  return { argv: [...artifact.argv, "-s", `localhost:${slots}`, "-p", prefix, "--progress", "none", ...more, tasks] };
}

/** @throws Error unless the status file has exactly this many lines, none of them of a failure. */
export function checkRecord(prefix: string, tasks: number): void {
  const lines = readFileSync(statusFileOf(prefix), "utf8").split("\n").slice(0, -1);
  const failed = lines.filter((line) => line.startsWith("R")).length;
  if (lines.length !== tasks || failed > 0)
    throw new Error(`${statusFileOf(prefix)}: ${lines.length} lines for ${tasks} tasks, ${failed} of failures`);
}

/** `xargs`, which records nothing. */
export function xargs(tasks: string, slots: number): Command {
  return { argv: ["xargs", `-P${slots}`, "-d", "\\n", "-n1", "bash", "-c"], input: tasks };
}

/** GNU parallel. */
export function gnuParallel(tasks: string, slots: number): Command {
  return { argv: ["parallel", `-j${slots}`], input: tasks };
}

/** Whether a program that is needed for a comparison is there. */
export function isInstalled(program: string): boolean {
  return spawnSync(program, ["--version"], { stdio: "ignore" }).status === 0;
}

/** Starts so many `bash -c true`, so many at a time, and does nothing else. */
export type Limit = (tasks: number, atATime: number) => Command;

/** Compiles the posix_spawn loop into this folder; undefined when there is no C compiler. */
export function compileLimit(folder: string): Limit | undefined {
  const program = join(folder, "spawn-limit");
  const source = join(import.meta.dirname, "spawn-limit.c");
  spawnSync("cc", ["-O2", "-o", program, source], { stdio: ["ignore", "ignore", "inherit"] });
  if (!existsSync(program)) return undefined;
  return (tasks, atATime) => ({ argv: [program, String(tasks), String(atATime)] });
}
