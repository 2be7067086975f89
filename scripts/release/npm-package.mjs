// Makes the tarball for npm.

import { chmodSync, cpSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { root } from "../build/paths.mjs";
import { command } from "./command.mjs";

/** Makes the tarball. @throws Error when publint or are-the-types-wrong has anything to say against it. */
export async function makeNpmPackage(folder) {
  const place = join(folder, "npm-package");
  const [{ files }] = JSON.parse(await command("npm", "pack", "--json", "--dry-run"));
  for (const file of files) copyForAll(file.path, place);
  const [{ filename }] = JSON.parse(await command("npm", "pack", place, "--json", "--pack-destination", folder));
  rmSync(place, { recursive: true });
  const bytes = readFileSync(join(folder, filename));
  await checkFiles(bytes);
  await checkTypes(bytes);
}

async function checkFiles(bytes) {
  const pkg = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const tarball = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  const { messages } = await publint({ pack: { tarball }, strict: true });
  const said = messages.map((message) => formatMessage(message, pkg));
  if (said.length > 0) throw new Error(["release: publint says of the npm package:", ...said].join("\n"));
}

/** Looks whether TypeScript finds the types of the library however it looks for them. That CommonJS has to `import()` it is meant. */
async function checkTypes(bytes) {
  const { types, problems = [] } = await checkPackage(createPackageFromTarballData(bytes));
  const said = problems.filter(({ kind }) => kind !== "CJSResolvesToESM").map((problem) => JSON.stringify(problem));
  if (types === false) said.push("it has no types");
  if (said.length > 0) throw new Error(["release: the types of the npm package are wrong:", ...said].join("\n"));
}

/** Copies a file of the repository. npm packs the mode as well, which is different in a clone that only its owner may read. */
function copyForAll(file, place) {
  const copy = join(place, file);
  cpSync(join(root, file), copy);
  chmodSync(copy, statSync(copy).mode & 0o100 ? 0o755 : 0o644);
}
