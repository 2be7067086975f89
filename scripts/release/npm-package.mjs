// Makes the tarball for npm.

import { chmodSync, cpSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { root } from "../build/paths.mjs";
import { command } from "./command.mjs";

/** Makes the tarball. @throws Error when publint has anything to say against it. */
export async function makeNpmPackage(folder) {
  const place = join(folder, "npm-package");
  const [{ files }] = JSON.parse(await command("npm", "pack", "--json", "--dry-run"));
  for (const file of files) copyForAll(file.path, place);
  const [{ filename }] = JSON.parse(await command("npm", "pack", place, "--json", "--pack-destination", folder));
  rmSync(place, { recursive: true });
  const pkg = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const bytes = readFileSync(join(folder, filename));
  const tarball = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  const { messages } = await publint({ pack: { tarball }, strict: true });
  if (messages.length === 0) return;
  throw new Error(
    ["release: publint says of the npm package:", ...messages.map((m) => formatMessage(m, pkg))].join("\n"),
  );
}

/** Copies a file of the repository. npm packs the mode as well, which is different in a clone that only its owner may read. */
function copyForAll(file, place) {
  const copy = join(place, file);
  cpSync(join(root, file), copy);
  chmodSync(copy, statSync(copy).mode & 0o100 ? 0o755 : 0o644);
}
