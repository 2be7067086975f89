// Makes dist/THIRD-PARTY-LICENSES: the licences of all that is bundled.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { aboutBun, installedBun } from "./bun-licences.mjs";
import { dist } from "./paths.mjs";

const LICENCE_FILE = /^(licen[cs]e|copying|notice)/i;
const RULE = "-".repeat(80);

/** Writes the file. @param packages that the bundle has parts of. @throws Error when a package has no licence text. */
export function writeLicences(packages) {
  const texts = packages.map((each) => [titleOf(each), ...textsOf(each)].join("\n\n"));
  const text = [HEAD, ...texts, aboutBun(installedBun.version)].join(`\n\n${RULE}\n`);
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
