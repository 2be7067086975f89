// Where things stand, and what package.json says of this program.

import { readFileSync } from "node:fs";
import { join } from "node:path";

export const root = join(import.meta.dirname, "..", "..");
export const dist = join(root, "dist");
/** The bundle for Node: the whole program in one file. */
export const bundle = join(dist, "disbatch.mjs");
/** The library: what programs import, in one file. It starts engines by the bundle. */
export const library = join(dist, "disbatch-lib.mjs");
/** Its types. */
export const libraryTypes = join(dist, "types");
/** The same program in pieces, of which those are loaded that are wanted. The executables are made from them. */
export const pieces = join(dist, "pieces");
export const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
