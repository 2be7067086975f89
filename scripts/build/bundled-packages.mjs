// The npm packages that the bundle has parts of.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./paths.mjs";

const PACKAGE_OF_FILE = /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/;

/**
 * Lists them by name, each with its version, the licence that it names, and its folder.
 *
 * @param files of the bundle, as paths from the root of the repository.
 */
export function packagesOf(files) {
  const folders = new Set(files.map((file) => PACKAGE_OF_FILE.exec(file)?.[0]).filter((found) => found !== undefined));
  return [...folders].map((folder) => describe(join(root, folder))).toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function describe(folder) {
  const { name, version, license, licenses } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  // Old packages have a list.
  return { name, version, license: license ?? licenses[0].type, folder };
}
