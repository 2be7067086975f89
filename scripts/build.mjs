// Makes both artifacts: dist/disbatch.mjs, the bundle for Node, and dist/disbatch, the single executable; and dist/bin, for PATH,
// with a script that starts either.
//
// The executable is made from the bundle, so that both hold the same code in the same order.

import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

// What lies in the folder where a user starts disbatch is none of its business.
const INERT = ["--no-compile-autoload-dotenv", "--no-compile-autoload-bunfig"];

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const dist = join(root, "dist");
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const bundle = join(dist, "disbatch.mjs");

mkdirSync(dist, { recursive: true });
await build({
  entryPoints: [join(root, "bin/disbatch.ts")],
  outfile: bundle,
  bundle: true,
  minifySyntax: true,
  minifyWhitespace: true,
  platform: "node",
  target: "node20",
  format: "esm",
  // ssh2 looks for a program of Windows beside its own files, and has native parts that it does without.
  define: { "process.env.DISBATCH_VERSION": JSON.stringify(version), __dirname: '""' },
  external: ["cpu-features", "*.node"],
  // Some dependencies are CommonJS and ask for Node's modules by `require`.
  banner: {
    js: 'import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url);',
  },
  legalComments: "linked",
  logLevel: "warning",
});
chmodSync(bundle, 0o755);
mkdirSync(join(dist, "bin"), { recursive: true });
for (const name of ["disbatch", "disBatch"]) copyFileSync(join(root, "scripts/disbatch.sh"), join(dist, "bin", name));

const bun = findBun();
if (bun === undefined) {
  console.error("build: no Bun for this platform in node_modules: made dist/disbatch.mjs only");
} else {
  // Bun writes temporary files into the working directory.
  const made = join(dist, "disbatch.new");
  execFileSync(
    bun,
    ["build", "--compile", "--minify", "--bytecode", "--format=esm", ...INERT, bundle, "--outfile", made],
    {
      cwd: dist,
      stdio: ["ignore", "ignore", "inherit"],
    },
  );
  // A run that is going on keeps the old file.
  renameSync(made, join(dist, "disbatch"));
}

/** Bun's program for this platform lies in a package of its own; nothing has to be downloaded. */
function findBun() {
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
