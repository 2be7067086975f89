// Bun's programs for other platforms. Each is in an npm package, which npm fetches and package-lock.json has the hash of.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root } from "../build/paths.mjs";
import { command } from "./command.mjs";

const CACHE = join(root, "node_modules", ".cache", "disbatch-release");

/** Finds Bun's program in the package of this name, which is fetched if need be. @throws Error when it is not what it was. */
export async function findRuntime(name) {
  const installed = join(root, "node_modules", name, "bin", "bun");
  if (existsSync(installed)) return installed;
  const { version, integrity } = lockedPackage(name);
  const kept = join(CACHE, `${name.replace("/", "-")}-${version}`);
  if (!existsSync(kept)) await fetchPackage(`${name}@${version}`, integrity, kept);
  return join(kept, "package", "bin", "bun");
}

async function fetchPackage(spec, integrity, kept) {
  mkdirSync(CACHE, { recursive: true });
  const folder = mkdtempSync(join(CACHE, "fetch-"));
  try {
    const [{ filename }] = JSON.parse(await command("npm", "pack", spec, "--json", "--pack-destination", folder));
    const tarball = join(folder, filename);
    const hash = `sha512-${createHash("sha512").update(readFileSync(tarball)).digest("base64")}`;
    if (hash !== integrity) throw new Error(`release: ${spec} is ${hash}, and package-lock.json has ${integrity}`);
    await command("tar", "--extract", "--gzip", "--file", tarball, "--directory", folder);
    rmSync(tarball);
    renameSync(folder, kept);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function lockedPackage(name) {
  const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  return packages[`node_modules/${name}`];
}
