// Runs the measurements in bench/ with Bun, which runs TypeScript as it is and is what the single executable is made of.
// All arguments are handed on: see bench/main.ts.

import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const packages = join(root, "node_modules", "@oven");
const bun = (existsSync(packages) ? readdirSync(packages) : [])
  .map((name) => join(packages, name, "bin", "bun"))
  .find((file) => existsSync(file));

if (bun === undefined) {
  console.error("bench: Bun is not installed; `npm ci` installs it");
  process.exitCode = 1;
} else {
  const main = join(root, "bench", "main.ts");
  const { status } = spawnSync(bun, [main, ...process.argv.slice(2)], { stdio: "inherit" });
  process.exitCode = status ?? 1;
}
