import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { DisBatchError } from "./errors.ts";

/** Where the program is from the library: beside it as it is built, and from its source in a clone. */
const PLACES = ["disbatch.mjs", "../../dist/disbatch.mjs"];

/**
 * How engines are started: by the program of the same build, with the runtime that runs this process.
 *
 * @throws DisBatchError `program-not-found`.
 */
export function engineProgram(): readonly [string, ...string[]] {
  const found = PLACES.map((place) => fileURLToPath(new URL(place, import.meta.url))).find((path) => existsSync(path));
  if (found !== undefined) return [process.execPath, found];
  const message =
    "disbatch.mjs, which engines are started by, is not beside the library: name it by the setting program, or leave the package out of your bundle";
  throw new DisBatchError("program-not-found", message);
}
