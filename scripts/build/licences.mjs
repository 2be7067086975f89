// Makes dist/THIRD-PARTY-LICENSES: the licences of all that is bundled.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dist, root } from "./paths.mjs";

const LICENCE_FILE = /^(licen[cs]e|copying|notice)/i;
const RULE = "-".repeat(80);

/** Writes the file. @param packages that the bundle has parts of. @throws Error when a package has no licence text. */
export function writeLicences(packages) {
  const texts = packages.map((each) => [titleOf(each), ...textsOf(each)].join("\n\n"));
  const text = [HEAD, ...texts, aboutBun()].join(`\n\n${RULE}\n`);
  writeFileSync(join(dist, "THIRD-PARTY-LICENSES"), `${text}\n`);
}

const HEAD = `disbatch is under the Apache License 2.0: see LICENSE. Both disbatch.mjs and the executable have parts of the packages
below, each under its own licence. The executable has Bun in it as well: see the end.`;

function titleOf({ name, version, license }) {
  return `${name} ${version} (${license})`;
}

function textsOf({ name, folder }) {
  const files = readdirSync(folder).filter((file) => LICENCE_FILE.test(file));
  if (files.length === 0) throw new Error(`build: ${name} is bundled and has no licence text`);
  return files.toSorted().map((file) => readFileSync(join(folder, file), "utf8").replaceAll("\r\n", "\n").trim());
}

/** Bun's package has no licence text in it, only the name of the licence. */
function aboutBun() {
  const { version, license } = JSON.parse(readFileSync(join(root, "node_modules/bun/package.json"), "utf8"));
  return `Bun ${version} (${license}), in the executable only

Bun has parts under other licences. Among them is JavaScriptCore, of WebKit, under the GNU Library General Public License 2.
All of them, and where the source of each is, are listed at

  https://github.com/oven-sh/bun/blob/bun-v${version}/LICENSE.md

The executable is Bun, unchanged, and disbatch.mjs. Whoever has changed Bun or a part of it makes the executable anew with

  bun build --compile --bytecode --format=esm disbatch.mjs --outfile disbatch`;
}
