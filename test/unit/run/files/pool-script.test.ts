import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { begunBy, POOL_ARGUMENTS, poolScript, writePoolScript } from "../../../../src/run/files/pool-script.ts";
import { scratchFolder } from "../../node/process/scratch.ts";
import { userErrorOf } from "../../../support/user-error.ts";

const BEGUN = { args: ["-s", "localhost:1", "Tasks"], cwd: "/home/you" };

describe("how the run was begun", () => {
  test.each([[BEGUN], [{ args: ["a\nb", "it's $HOME `x`", "\u2028"], cwd: "/home/y\nou" }], [{ args: [], cwd: "/" }]])(
    "is kept by the script, which does nothing with it: %j",
    (begun) => {
      const script = path.join(scratchFolder(), "run_dbUtil.sh");
      writePoolScript(script, poolScript(["/bin/echo"], "/runs/x_contact.json", begun));
      expect(begunBy(script)).toEqual(begun);
      expect(execFileSync(script, { encoding: "utf8" })).toBe(`${POOL_ARGUMENTS.join(" ")} /runs/x_contact.json\n`);
    },
  );

  test("is left out when it is longer than anybody types", () => {
    const script = path.join(scratchFolder(), "run_dbUtil.sh");
    const args = ["x".repeat(200_000)];
    writePoolScript(script, poolScript(["/bin/echo"], "/runs/x_contact.json", { args, cwd: "/" }));
    expect(begunBy(script)).toBeUndefined();
  });

  test.each([
    ["a script that does not say it", "#!/bin/bash -p\n# A dbUtil.sh\nexec true\n", 0o700],
    ["one that others can write", poolScript(["/bin/echo"], "/x", BEGUN), 0o722],
    ["a broken one", poolScript(["/bin/echo"], "/x", BEGUN).replace('"args"', '"arg'), 0o700],
  ])("is not taken from %s", (_what, text, mode) => {
    const script = path.join(scratchFolder(), "run_dbUtil.sh");
    writeFileSync(script, text);
    chmodSync(script, mode);
    expect(begunBy(script)).toBeUndefined();
  });
});

describe("the script", () => {
  test("hands on the environment as it is, with exported functions and what no shell can name", () => {
    const folder = scratchFolder();
    const script = path.join(folder, "run_dbUtil.sh");
    writePoolScript(script, poolScript(["/usr/bin/env", "-0"], "/runs/x", BEGUN).replace(/ pool .*/, "\n"));
    const env = { PATH: "/usr/bin:/bin", "BASH_FUNC_f%%": "() {  :\n}", "a.b": "1", BASH_ENV: "/no/such" };
    const shown = execFileSync(script, { env, encoding: "utf8" }).split("\0");
    expect(shown).toEqual(expect.arrayContaining(Object.entries(env).map(([name, value]) => `${name}=${value}`)));
  });

  test.each([[[]], [["-s", "a:1"]], [["it's", '$HOME `x` "y" \\', "", "*"]]])(
    "hands on its words as they are: %j",
    (words) => {
      const folder = scratchFolder();
      const printer = path.join(folder, 'print it\'s "all"');
      writeFileSync(printer, "#!/bin/sh\nprintf '%s\\0' \"$@\"\n", { mode: 0o755 });
      const script = path.join(folder, "run_dbUtil.sh");
      writePoolScript(script, poolScript([printer, "a $b"], "/runs/x y_contact.json", BEGUN));
      const shown = execFileSync(script, words, { encoding: "utf8" });
      expect(shown.split("\0").slice(0, -1)).toEqual(["a $b", ...POOL_ARGUMENTS, "/runs/x y_contact.json", ...words]);
    },
  );
});

describe("writing it", () => {
  const text = poolScript(["/bin/disbatch"], "/runs/x_contact.json", BEGUN);

  test("leaves one file, which its user alone may read and run", () => {
    const folder = scratchFolder();
    const mask = process.umask(0o177);
    try {
      writePoolScript(path.join(folder, "run_dbUtil.sh"), text);
    } finally {
      process.umask(mask);
    }
    expect(readdirSync(folder)).toEqual(["run_dbUtil.sh"]);
    expect(statSync(path.join(folder, "run_dbUtil.sh")).mode & 0o7777).toBe(0o700);
    expect(readFileSync(path.join(folder, "run_dbUtil.sh"), "utf8")).toBe(text);
  });

  test.each(["#!/bin/bash -p\n", "#!/bin/sh\n"])(
    "replaces that of an earlier run, which began with %j",
    (beginning) => {
      const file = path.join(scratchFolder(), "run_dbUtil.sh");
      const old = poolScript(["/old/disbatch"], "/runs/old_contact.json", BEGUN);
      writeFileSync(file, old.replace(/^.*\n/, beginning));
      writePoolScript(file, text);
      expect(readFileSync(file, "utf8")).toBe(text);
    },
  );

  test.each([
    ["a file", (file: string) => writeFileSync(file, "#!/bin/sh\necho mine\n"), "prefix-in-use"],
    ["an empty file", (file: string) => writeFileSync(file, ""), "prefix-in-use"],
    ["a folder", (file: string) => mkdirSync(file), "prefix-in-use"],
  ])("spares %s of somebody else", (_what, make, code) => {
    const folder = scratchFolder();
    const file = path.join(folder, "run_dbUtil.sh");
    make(file);
    const error = userErrorOf(() => writePoolScript(file, text));
    expect(error).toMatchObject({ code, exitCode: 2, message: expect.stringContaining(file) });
    expect(readdirSync(folder)).toEqual(["run_dbUtil.sh"]);
    expect(statSync(file).isDirectory() || !readFileSync(file, "utf8").includes("pool")).toBe(true);
  });

  test("says why it is not possible", () => {
    const file = path.join(scratchFolder(), "no", "run_dbUtil.sh");
    expect(userErrorOf(() => writePoolScript(file, text))).toMatchObject({
      code: "prefix-unusable",
      message: expect.stringContaining("ENOENT"),
    });
  });
});
