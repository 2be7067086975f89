// Makes the tarball for npm.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { root } from "../build/paths.mjs";
import { command } from "./command.mjs";

/** Makes the tarball. @throws Error when publint has anything to say against it. */
export async function makeNpmPackage(folder) {
  const [{ filename }] = JSON.parse(await command("npm", "pack", "--json", "--pack-destination", folder));
  const pkg = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const bytes = readFileSync(join(folder, filename));
  const tarball = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  const { messages } = await publint({ pack: { tarball }, strict: true });
  if (messages.length === 0) return;
  throw new Error(
    ["release: publint says of the npm package:", ...messages.map((m) => formatMessage(m, pkg))].join("\n"),
  );
}
