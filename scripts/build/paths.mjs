// Where things stand, and what package.json says of this program.

import { readFileSync } from "node:fs";
import { join } from "node:path";

export const root = join(import.meta.dirname, "..", "..");
export const dist = join(root, "dist");
/** The bundle for Node, which the executables are made from as well. */
export const bundle = join(dist, "disbatch.mjs");
export const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
