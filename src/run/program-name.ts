import { realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Environment } from "../domain/environment.ts";
import { findProgram, isExecutable } from "../files/find-program.ts";

/** How this program was started. */
export interface Program {
  /** How to start it again: a file and its first arguments. */
  readonly command: readonly [string, ...string[]];
  /** What it was told; this is what a run is recovered by. */
  readonly args: readonly string[];
  readonly version: string;
}

/** How users call this program where PATH leads to it; both names are the scripts' of dist/bin, too. */
const NAMES = ["disbatch", "disBatch"] as const;

/**
 * The words that start this very program in the user's shell, from any folder: its name where PATH leads to it, else its
 * path.
 *
 * @param command how it was started: a file and its first arguments.
 */
export function programName(command: Command, env: Environment): string[] {
  const [runtime, bundle] = command;
  const name = NAMES.find((one) => isOneOf([fileOf(command), ...scriptsOf(command)], findProgram(one, env)));
  if (name !== undefined) return [name];
  if (bundle === undefined) return [runtime];
  return [isOneOf([runtime], findProgram("node", env)) ? "node" : runtime, bundle];
}

/** The word that names the script which starts this program, as sbatch takes it; undefined when there is none. */
export function scriptFor(command: Command, env: Environment): string | undefined {
  const scripts = scriptsOf(command);
  return NAMES.find((one) => isOneOf(scripts, findProgram(one, env))) ?? scripts.find(isExecutable);
}

/** How a program is started: a file and its first arguments. */
type Command = readonly [string, ...string[]];

function fileOf([runtime, bundle]: Command): string {
  return bundle ?? runtime;
}

/** What the build puts beside both artifacts. */
function scriptsOf(command: Command): string[] {
  return NAMES.map((name) => join(dirname(realPath(fileOf(command)) ?? ""), "bin", name));
}

function isOneOf(files: readonly string[], found: string | undefined): boolean {
  const real = realPath(found);
  return real !== undefined && files.some((file) => realPath(file) === real);
}

/** Undefined for what is not there. */
function realPath(path: string | undefined): string | undefined {
  try {
    return path === undefined ? undefined : realpathSync(path);
  } catch {
    return undefined;
  }
}
