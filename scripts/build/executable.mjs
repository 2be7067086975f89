// Makes the single executable: Bun's runtime around the pieces of the program.

import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { dist, pieces } from "./paths.mjs";

// What lies in the folder where a user starts disbatch is none of its business.
const INERT = ["--no-compile-autoload-dotenv", "--no-compile-autoload-bunfig"];
/** Of folders in `dist` in which an executable is being made, how their names begin. */
const UNFINISHED = "compile-";

/**
 * Makes an executable of the pieces. The same pieces and runtime give the same bytes.
 *
 * @param bun Bun's program for this platform, which makes it.
 * @param file where it is put at the end; a run that is going on keeps the old one.
 * @param cross for another platform: its name for Bun, and Bun's program for it. Bun would download that one.
 */
export async function makeExecutable(bun, file, cross) {
  const other = cross === undefined ? [] : [`--target=${cross.target}`, `--compile-executable-path=${cross.runtime}`];
  // Bun writes temporary files into the working directory, and the name of the file into the file.
  const folder = mkdtempSync(join(dist, UNFINISHED));
  const made = join(folder, "disbatch");
  const how = ["--compile", "--splitting", "--minify", "--bytecode", "--format=esm", ...INERT, ...other];
  try {
    await promisify(execFile)(bun, ["build", ...how, join(pieces, "disbatch.js"), "--outfile", made], { cwd: folder });
    renameSync(made, file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Removes what builds that were interrupted have left. */
export function removeUnfinished() {
  for (const name of existsSync(dist) ? readdirSync(dist) : []) {
    if (name.startsWith(UNFINISHED)) rmSync(join(dist, name), { recursive: true, force: true });
  }
}

/** Bun's program for this platform; undefined when it is not installed. It lies in a package of its own. */
export function findBun() {
  const require = createRequire(import.meta.url);
  const musl = process.platform === "linux" && !process.report.getReport().header.glibcVersionRuntime;
  const name = `@oven/bun-${process.platform}-${process.arch === "arm64" ? "aarch64" : process.arch}${musl ? "-musl" : ""}`;
  try {
    const path = join(dirname(require.resolve(`${name}/package.json`)), "bin", "bun");
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}
