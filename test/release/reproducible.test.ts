import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { openWorkspace } from "../support/fixtures.ts";
import type { Workspace } from "../support/workspace.ts";
import { archiveName, RELEASE, ROOT, VERSION } from "./release-files.ts";

/** Two platforms, of which one is not this machine's, stand for all. */
const TARGETS = ["x64", "arm64-musl"] as const;

test("a second release, in a clone that others may not read, with another language and time zone, is the same to the byte", () => {
  const workspace = openWorkspace();
  const copy = copyForOneself(workspace);
  // A release that was killed has left it.
  mkdirSync(path.join(copy, "dist/compile-killed"), { recursive: true });
  const release = `umask 077; exec node scripts/release.mjs ${TARGETS.map((target) => `--target ${target}`).join(" ")}`;
  execFileSync("bash", ["-c", release], {
    cwd: copy,
    env: { ...workspace.env, LC_ALL: "C", TZ: "Asia/Tokyo" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const both = TARGETS.flatMap((target) => sumsOf(RELEASE).filter((line) => line.includes(`${archiveName(target)}.`)));
  const others = sumsOf(RELEASE).filter((line) => !line.includes("-linux-"));
  const folder = path.join(copy, "dist/release");
  expect(sumsOf(folder)).toEqual([...both, ...others].toSorted(byName));
  expect(others.map(nameIn)).toEqual([`disbatch-${VERSION}.cdx.json`, `disbatch-${VERSION}.tgz`]);
  const modes = readdirSync(folder).map((name) => statSync(path.join(folder, name)).mode & 0o777);
  expect(new Set(modes)).toEqual(new Set([0o644]));
  expect(readdirSync(path.join(copy, "dist")).filter((name) => name.startsWith("compile-"))).toEqual([]);
});

/** Copies the repository as a clone under the mask 077 has it, without what was built: a file that is there keeps its mode. */
function copyForOneself(workspace: Workspace): string {
  const copy = workspace.path("another folder");
  const made = path.join(ROOT, "dist");
  // Other tests that run meanwhile write there.
  const isOfTests = (from: string): boolean => /\/node_modules\/\.vite[^/]*$/.test(from);
  cpSync(ROOT, copy, { recursive: true, verbatimSymlinks: true, filter: (from) => from !== made && !isOfTests(from) });
  execFileSync("chmod", ["-R", "go=", copy]);
  return copy;
}

function sumsOf(folder: string): string[] {
  return readFileSync(path.join(folder, "SHA256SUMS"), "utf8").trimEnd().split("\n");
}

function nameIn(line: string): string {
  return line.replace(/^\S+ +/, "");
}

function byName(a: string, b: string): number {
  return nameIn(a) < nameIn(b) ? -1 : 1;
}
