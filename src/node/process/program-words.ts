import { delimiter, resolve } from "node:path";
import type { Environment } from "../../domain/environment.ts";
import { isExecutable } from "../../files/find-program.ts";
import { isFile, isFolder } from "../../files/look.ts";
import { BASH } from "./bash.ts";

/** What a shell exits with when it cannot run a program, and when there is none of this name. */
const CANNOT_RUN = 126;
const NOT_FOUND = 127;

/**
 * The words with which a program is started without a shell. Where a shell would not find it, or might not run it, they start one
 * that says so and exits as that shell would.
 *
 * @param argv the program, by a path or by a name that PATH leads to, and its arguments.
 * @param cwd where it is to work; where that is no folder the system says so.
 */
export function programWords(argv: readonly string[], env: Environment, cwd: string): readonly string[] {
  const [name = "", ...args] = argv;
  const paths = pathsOf(name, env, cwd);
  const path = paths.find(isExecutable);
  if (path !== undefined || !isFolder(cwd)) return [path ?? name, ...args];
  if (paths.some(isFile)) return saying(`${name}: not executable`, CANNOT_RUN);
  const what = paths.some(isFolder) ? "it is a folder" : "not found";
  return saying(`${name}: ${what}${name.includes("/") ? "" : " in PATH"}`, NOT_FOUND);
}

/** Where the program may be, as a shell would look for it. */
function pathsOf(name: string, env: Environment, cwd: string): string[] {
  if (name === "") return [];
  if (name.includes("/")) return [resolve(cwd, name)];
  return (env["PATH"] ?? "").split(delimiter).map((folder) => resolve(cwd, folder, name));
}

function saying(text: string, code: number): readonly string[] {
  return [BASH, "-c", 'printf "%s\\n" "$0" >&2; exit "$1"', `disbatch: ${text}`, String(code)];
}
