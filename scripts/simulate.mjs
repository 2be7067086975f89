// Runs whole runs in a simulated world, each from a seed: see test/simulation. It bundles the simulation with the program's
// own code, and shares the seeds out over all cores.
//
//   --seeds N      so many seeds (2000)
//   --first N      the first of them (1)
//   --seed N       this one alone
//   --trace        with everything that happens in it
//   --workers N    so many processes (as many as there are cores)

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { build } from "esbuild";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "2000" },
    first: { type: "string", default: "1" },
    seed: { type: "string" },
    trace: { type: "boolean", default: false },
    workers: { type: "string", default: String(availableParallelism()) },
  },
});

const folder = mkdtempSync(join(tmpdir(), "disbatch-simulate-"));
const bundle = join(folder, "simulation.mjs");

/** Runs a share of the seeds; resolves with whether all went well. */
function work(args) {
  return new Promise((resolve) => {
    const options = ["--enable-source-maps", "--max-semi-space-size=64", bundle, "--folder", folder, ...args];
    const child = spawn(process.execPath, options, { stdio: "inherit" });
    child.on("close", (code) => resolve(code === 0));
  });
}

async function runAll() {
  const { seeds, first, workers } = values;
  const count = Math.max(1, Math.min(Number(workers), Number(seeds)));
  const begun = performance.now();
  const shares = Array.from({ length: count }, (_, i) => {
    const own = Math.ceil((Number(seeds) - i) / count);
    return work(["--first", String(Number(first) + i), "--step", String(count), "--seeds", String(own)]);
  });
  const results = await Promise.all(shares);
  const seconds = (performance.now() - begun) / 1000;
  const rate = (Number(seeds) / seconds).toFixed(0);
  console.log(`${seeds} seeds in ${seconds.toFixed(1)} s, ${rate} a second, on ${count} processes`);
  return results.every(Boolean);
}

try {
  await build({
    entryPoints: [join(import.meta.dirname, "..", "test", "simulation", "main.ts")],
    outfile: bundle,
    ...{ bundle: true, platform: "node", format: "esm", target: "node20", sourcemap: "inline", logLevel: "error" },
    // Some libraries are still CommonJS.
    banner: {
      js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
    },
  });
  const trace = values.trace ? ["--trace"] : [];
  const good =
    values.seed === undefined
      ? await runAll()
      : await work(["--first", values.seed, "--seeds", "1", "--tell", ...trace]);
  process.exitCode = good ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
