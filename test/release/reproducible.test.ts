import { execFileSync } from "node:child_process";
import { cpSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { openWorkspace } from "../support/fixtures.ts";
import { archiveName, RELEASE, ROOT, VERSION } from "./release-files.ts";

/** Two platforms, of which one is not this machine's, stand for all. */
const TARGETS = ["x64", "arm64-musl"] as const;

/** What is not copied, from the root of the repository: what was built. */
const MADE = ["dist/release", "dist/disbatch", "dist/disbatch.mjs"];

test("a second release, elsewhere, with another mask, language and time zone, is the same to the byte", () => {
  const workspace = openWorkspace();
  const copy = workspace.path("another folder");
  const made = MADE.map((name) => path.join(ROOT, name));
  cpSync(ROOT, copy, { recursive: true, verbatimSymlinks: true, filter: (from) => !made.includes(from) });
  const release = `umask 077; exec node scripts/release.mjs ${TARGETS.map((target) => `--target ${target}`).join(" ")}`;
  execFileSync("bash", ["-c", release], {
    cwd: copy,
    env: { ...workspace.env, LC_ALL: "C", TZ: "Asia/Tokyo" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const both = TARGETS.flatMap((target) => sumsOf(RELEASE).filter((line) => line.includes(`${archiveName(target)}.`)));
  const others = sumsOf(RELEASE).filter((line) => !line.includes("-linux-"));
  expect(sumsOf(path.join(copy, "dist/release"))).toEqual([...both, ...others].toSorted(byName));
  expect(others.map(nameIn)).toEqual([`disbatch-${VERSION}.cdx.json`, `disbatch-${VERSION}.tgz`]);
});

function sumsOf(folder: string): string[] {
  return readFileSync(path.join(folder, "SHA256SUMS"), "utf8").trimEnd().split("\n");
}

function nameIn(line: string): string {
  return line.replace(/^\S+ +/, "");
}

function byName(a: string, b: string): number {
  return nameIn(a) < nameIn(b) ? -1 : 1;
}
