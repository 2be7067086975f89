import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { programName, scriptFor } from "../../../src/run/program-name.ts";
import { scratchFolder } from "../node/process/scratch.ts";

/** What the build makes, and folders with programs of the same names. */
function installed() {
  const folder = scratchFolder();
  const file = (name: string): string => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), "#!/bin/sh\n", { mode: 0o755 });
    return path.join(folder, name);
  };
  const [executable, bundle, node] = [file("dist/disbatch"), file("dist/disbatch.mjs"), file("node/node")];
  const script = file("dist/bin/disbatch");
  file("other/disbatch");
  file("other/node");
  mkdirSync(path.join(folder, "links"));
  symlinkSync(script, path.join(folder, "links", "disBatch"));
  mkdirSync(path.join(folder, "cache", "node_modules", ".bin"), { recursive: true });
  symlinkSync(script, path.join(folder, "cache", "node_modules", ".bin", "disbatch"));
  const PATH = (...names: readonly string[]) => ({ PATH: names.map((name) => path.join(folder, name)).join(":") });
  return { executable, bundle, node, script, PATH };
}

test("a program that PATH leads to is called by its name, also when that is a script's or a link's", () => {
  const { executable, bundle, node, PATH } = installed();
  for (const command of [[executable], [node, bundle]] as const) {
    expect(programName(command, PATH("dist/bin"))).toEqual(["disbatch"]);
    expect(programName(command, PATH("node", "links", "other"))).toEqual(["disBatch"]);
  }
  expect(programName([executable], PATH("dist"))).toEqual(["disbatch"]);
});

test("another program of that name is not it, and a folder that PATH has by a relative name is not there everywhere", () => {
  const { executable, bundle, node, PATH } = installed();
  expect(programName([executable], PATH("other", "dist/bin"))).toEqual([executable]);
  expect(programName([executable], { PATH: path.relative(process.cwd(), path.dirname(executable)) })).toEqual([
    executable,
  ]);
  expect(programName([executable], {})).toEqual([executable]);
  expect(programName([node, bundle], PATH("other", "node"))).toEqual([node, bundle]);
  expect(programName([node, bundle], PATH("node"))).toEqual(["node", bundle]);
});

test("what npx has put into PATH is not there for whoever pastes a command", () => {
  const { bundle, node, PATH } = installed();
  expect(programName([node, bundle], PATH("cache/node_modules/.bin", "node"))).toEqual(["node", bundle]);
});

test("sbatch takes the script, by its name or by its path", () => {
  const { executable, bundle, node, script, PATH } = installed();
  expect(scriptFor([executable], PATH("dist", "other"))).toBe(script);
  expect(scriptFor([node, bundle], PATH("dist/bin"))).toBe("disbatch");
  expect(scriptFor([path.join(path.dirname(script), "gone")], {})).toBeUndefined();
});
