// Makes all that is the same for every platform.

import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { makeBundle } from "./bundle.mjs";
import { packagesOf } from "./bundled-packages.mjs";
import { makeLibraryTypes } from "./library-types.mjs";
import { removeUnfinished } from "./executable.mjs";
import { writeLicences } from "./licences.mjs";
import { dist, root } from "./paths.mjs";

/** Clears what an interrupted build has left, and makes the bundle, the library with its types, the scripts for PATH and the texts of licences. Returns the npm packages that are bundled. */
export async function makePortable() {
  removeUnfinished();
  const [files] = await Promise.all([makeBundle(), makeLibraryTypes()]);
  const packages = packagesOf(files);
  writeLicences(packages);
  mkdirSync(join(dist, "bin"), { recursive: true });
  for (const name of ["disbatch", "disBatch"]) copyFileSync(join(root, "scripts/disbatch.sh"), join(dist, "bin", name));
  return packages;
}
