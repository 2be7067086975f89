import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { Home } from "./home.ts";
import { TARGETS, type Target, unpackForAll, VERSION } from "./release-files.ts";
import { LIST_DONE, runList } from "./task-list.ts";

/** Debian's C library for arm64, where there is no other program of that machine. */
const ARM64_ROOT = "/usr/aarch64-linux-gnu";
/** Debian's C++ library, made for glibc. */
const CPP_LIBRARIES = ["libstdc++.so.6", "libgcc_s.so.1"];

const executables = Object.fromEntries(TARGETS.map((target) => [target, `${unpackForAll(target)}/disbatch`]));

/**
 * Writes a script that starts an executable by an emulator, and has it start its engines by the script, too: the system would
 * start them without the emulator.
 */
function emulated(home: Home, target: Target, emulator: string): string {
  const script = home.workspace.path("disbatch");
  const preload = home.workspace.path("itself.js");
  home.workspace.write("itself.js", `process.execPath = ${JSON.stringify(script)};\n`);
  const lines = [`export BUN_OPTIONS='--preload ${preload}'`, `exec ${emulator} ${executables[target]} "$@"`];
  home.workspace.write("disbatch", `#!/bin/sh\n${lines.join("\n")}\n`);
  chmodSync(script, 0o755);
  return script;
}

describe("the executable for x64", () => {
  test("runs a task list on a processor of 2008, which has no AVX", async () => {
    const home = new Home();
    const command = emulated(home, "x64", "qemu-x86_64 -cpu Nehalem");
    expect(await runList(home, [command])).toEqual(LIST_DONE);
  });

  test("does not run on one without SSE4.2: so the emulator does tell processors apart", () => {
    const { signal, status } = spawnSync("qemu-x86_64", ["-cpu", "core2duo", executables["x64"] ?? "", "--version"]);
    expect([signal, status]).toContain(signal === null ? 132 : "SIGILL");
  });
});

describe("the executable for arm64", () => {
  test("runs a task list", async () => {
    const home = new Home();
    const command = emulated(home, "arm64", `qemu-aarch64 -L ${ARM64_ROOT}`);
    expect(await runList(home, [command])).toEqual(LIST_DONE);
  });
});

describe("the executable for x64 with musl", () => {
  test("runs a task list with musl's own loader and C library", async () => {
    const home = new Home();
    const libraries = home.workspace.path("libraries");
    mkdirSync(libraries);
    for (const name of CPP_LIBRARIES) copyFileSync(libraryOfThisSystem(name), path.join(libraries, name));
    // What Debian's C++ library asks glibc for and musl does not have; it is found under the name of glibc's loader.
    const source = path.join(import.meta.dirname, "glibc-for-musl.c");
    execFileSync("tcc", ["-shared", "-nostdlib", "-o", path.join(libraries, "ld-linux-x86-64.so.2"), source]);
    const env = { LD_LIBRARY_PATH: libraries };
    expect(await runList(home, [executables["x64-musl"] ?? ""], env)).toEqual(LIST_DONE);
  });
});

const LOADERS = {
  x64: "/lib64/ld-linux-x86-64.so.2",
  arm64: "/lib/ld-linux-aarch64.so.1",
  "x64-musl": "/lib/ld-musl-x86_64.so.1",
  "arm64-musl": "/lib/ld-musl-aarch64.so.1",
} as const satisfies Record<Target, string>;

test.each(TARGETS)("the executable for %s is for that platform, and has the version in it", (target) => {
  for (const words of [LOADERS[target], VERSION]) {
    expect(spawnSync("grep", ["-qaF", words, executables[target] ?? ""]).status).toBe(0);
  }
});

function libraryOfThisSystem(name: string): string {
  const known = execFileSync("ldconfig", ["-p"], { encoding: "utf8" });
  const found = known.split("\n").find((line) => line.trim().startsWith(`${name} (libc6,x86-64)`));
  return found?.split(" => ")[1] ?? "";
}
