import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { buildSync } from "esbuild";
import { afterAll } from "vitest";

const ROOT = path.resolve(import.meta.dirname, "../../../..");
const BUN = path.join(ROOT, `node_modules/@oven/bun-${process.platform}-${process.arch}/bin/bun`);

/** Both runtimes that the program runs on: name and program. */
export const RUNTIMES: ReadonlyArray<readonly [name: string, program: string]> = [
  ["Node", process.execPath],
  ["Bun", BUN],
];

/** Some dependencies are CommonJS and ask for Node's modules by `require`. */
const REQUIRE =
  'import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url);';

/** Makes a script that both runtimes can run (Node 20 reads no TypeScript); it is there while the tests of the file run. */
export function bundle(entry: URL): string {
  const folder = mkdtempSync(path.join(tmpdir(), "disbatch-unit-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const outfile = path.join(folder, "script.mjs");
  const banner = { js: REQUIRE };
  // What ssh2 and blessed do without, and the page, which is built apart.
  const external = ["cpu-features", "*.node", "term.js", "pty.js", "disbatch:page"];
  buildSync({
    entryPoints: [entry.pathname],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    banner,
    external,
  });
  return outfile;
}
