// Makes both artifacts: dist/disbatch.mjs, the bundle for Node, and dist/disbatch, the single executable; dist/bin, for PATH,
// with a script that starts either; and dist/disbatch-lib.mjs with dist/types, the library.
//
// Both hold the same code. The executable has it in pieces, so that a start loads only what it needs.

import { join } from "node:path";
import { findBun, makeExecutable } from "./build/executable.mjs";
import { dist } from "./build/paths.mjs";
import { makePortable } from "./build/portable.mjs";

await makePortable();
const bun = findBun();
if (bun === undefined) {
  console.error("build: no Bun for this platform in node_modules: made dist/disbatch.mjs only");
} else {
  await makeExecutable(bun, join(dist, "disbatch"));
}
