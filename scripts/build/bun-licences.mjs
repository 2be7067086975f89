// The licences of Bun and of the libraries that are linked into it. Bun's package has no texts, so they are kept here, in the
// folder bun-licences: which text is for which parts stands in parts.json.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./paths.mjs";

const FOLDER = join(import.meta.dirname, "bun-licences");
const { bun, texts } = JSON.parse(readFileSync(join(FOLDER, "parts.json"), "utf8"));

/** What the package of the installed Bun says of itself. */
export const installedBun = JSON.parse(readFileSync(join(root, "node_modules/bun/package.json"), "utf8"));

/** All licences of Bun and its parts, as an SPDX expression. */
export const bunLicence = [...new Set(texts.flatMap(({ licences }) => licences))].join(" AND ");

/** The section on Bun of THIRD-PARTY-LICENSES. @throws Error when the texts were gathered for another version of Bun. */
export function aboutBun(version) {
  if (version !== bun) {
    throw new Error(`build: the licences in ${FOLDER} are those of Bun ${bun}, and ${version} is installed`);
  }
  return [`Bun ${version} (${bunLicence}), in the executable only`, introduction(version), ...texts.map(textOf)].join(
    "\n\n",
  );
}

function introduction(version) {
  return `The executable is Bun, unchanged, and disbatch.mjs. Bun is under the MIT licence, and has parts under other licences.
Among them is JavaScriptCore, of WebKit, under the GNU Library General Public License 2. Whoever has changed Bun or a part
of it makes the executable anew with

  bun build --compile --bytecode --format=esm disbatch.mjs --outfile disbatch

The sources of Bun and its parts, and how to link Bun anew, are at

  https://github.com/oven-sh/bun/blob/bun-v${version}/LICENSE.md
  https://github.com/oven-sh/WebKit

The texts below are for the parts that the first of these pages names, and for llhttp. The page also leaves out SQLite,
which is in the public domain. What Bun has on Windows only is not here. The texts are those of Debian 12, Node.js 20,
Pillow 12, npm's packages or the source of the part: years in them may differ from those in the revisions that
Bun ${version} has. Some lines of copyright could not be had: those of parts that stand here without one, where the text
has none either. That of Bun is from an older file; the page names nobody.`;
}

function textOf({ title, file, see, parts }) {
  const about = Object.entries(parts).map(([name, holders]) =>
    [`  ${name}`, ...holders.map((holder) => `    Copyright (c) ${holder}`)].join("\n"),
  );
  const text = see === undefined ? readFileSync(join(FOLDER, file), "utf8").trimEnd() : `Its text is in ${see}.`;
  return [`======== ${title}, for`, about.join("\n"), text].join("\n\n");
}
