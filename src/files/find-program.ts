import { accessSync, constants } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import type { Environment } from "../domain/environment.ts";
import { isFile } from "./look.ts";

/** Where npm keeps links to the programs of packages. npx and `npm run` have it in PATH for what they start, and for nobody else. */
const OF_NPM = join("node_modules", ".bin");

/** The file that PATH leads to, in folders that are the same everywhere. */
export function findProgram(name: string, env: Environment): string | undefined {
  const folders = (env["PATH"] ?? "")
    .split(delimiter)
    .filter((folder) => isAbsolute(folder) && !folder.endsWith(OF_NPM));
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

/** Whether a path leads to a regular file that may be run. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return isFile(path);
  } catch {
    return false;
  }
}
