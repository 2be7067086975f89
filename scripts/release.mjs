// Makes what is handed out, in dist/release: an archive for each platform, the npm package, the bill of materials, the sums.
// What one commit is made of is the same each time, to the byte.
//
//     npm run release [-- --target NAME...]
//
//   --target NAME   the archive of this platform only (repeatable): x64, arm64, x64-musl, arm64-musl

import { mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { commitName, sourceTime } from "./build/commit.mjs";
import { findBun } from "./build/executable.mjs";
import { dist } from "./build/paths.mjs";
import { makePortable } from "./build/portable.mjs";
import { makeArchive, missingShares } from "./release/archive.mjs";
import { command } from "./release/command.mjs";
import { makeNpmPackage } from "./release/npm-package.mjs";
import { writeBill } from "./release/sbom.mjs";
import { writeSums } from "./release/sums.mjs";
import { TARGETS } from "./release/targets.mjs";

// What is handed out is for all to read, whatever mask its maker has.
process.umask(0o022);

const { values } = parseArgs({
  options: { target: { type: "string", multiple: true, default: Object.keys(TARGETS) } },
});
const unknown = values.target.filter((name) => !(name in TARGETS));
if (unknown.length > 0) {
  throw new Error(`release: no such target: ${unknown.join(", ")}; there are ${Object.keys(TARGETS).join(", ")}`);
}
const bun = findBun();
if (bun === undefined) throw new Error("release: no Bun for this platform in node_modules; `npm ci` installs it");
const name = commitName();
if (name === "" || name.endsWith("-dirty")) console.error(`release: this is of no commit (${name || "no git"})`);

const folder = join(dist, "release");
const time = sourceTime();
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const packages = await makePortable();
await command(process.execPath, "scripts/manual.mjs", "--share");
const missing = missingShares();
if (missing.length > 0) throw new Error(`release: not made: ${missing.join(", ")}`);
await Promise.all([
  ...values.target.map((target) => makeArchive(target, bun, time, folder)),
  makeNpmPackage(folder),
  writeBill(folder, packages, time),
]);
writeSums(folder);
for (const file of readdirSync(folder)) {
  console.log(`${(statSync(join(folder, file)).size / 1e6).toFixed(1).padStart(7)} MB  dist/release/${file}`);
}
