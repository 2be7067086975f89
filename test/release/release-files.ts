import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll } from "vitest";

/** The root of the repository. */
export const ROOT = path.resolve(import.meta.dirname, "../..");

/** Where `npm run release` has put all that is handed out. */
export const RELEASE = path.join(ROOT, "dist", "release");

/** The version that was released. */
export const VERSION = versionOf(JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8")));

/** The platforms that there is an archive for. */
export const TARGETS = ["x64", "arm64", "x64-musl", "arm64-musl"] as const;

/** One of the platforms. */
export type Target = (typeof TARGETS)[number];

/** The platform of the machine that runs the tests. */
export const OWN_TARGET = process.arch === "arm64" ? "arm64" : "x64";

/** The same machine, if its C library were musl. */
export const OWN_MUSL_TARGET = `${OWN_TARGET}-musl` as const;

/** What stands in the archives, from the root of each. */
export const SHARED_FILES = [
  "share/man/man1/disbatch.1",
  "share/bash-completion/completions/disbatch",
  "share/zsh/site-functions/_disbatch",
  "share/fish/vendor_completions.d/disbatch.fish",
] as const;

/** Path of a file of the release. */
export function released(name: string): string {
  return path.join(RELEASE, name);
}

/** Name of the archive of a platform, without its ending; also that of the folder in it. */
export function archiveName(target: Target): string {
  return `disbatch-${VERSION}-linux-${target}`;
}

/** Unpacks an archive for the tests of the file, where everybody can read it. Returns the folder that it makes. */
export function unpackForAll(target: Target): string {
  const folder = mkdtempSync(path.join(tmpdir(), "disbatch-release-"));
  beforeAll(() => {
    chmodSync(folder, 0o755);
    execFileSync("tar", ["-xzf", released(`${archiveName(target)}.tar.gz`), "-C", folder]);
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  return path.join(folder, archiveName(target));
}

function versionOf(manifest: unknown): string {
  if (typeof manifest !== "object" || manifest === null || !("version" in manifest)) throw new Error("no version");
  return String(manifest.version);
}
