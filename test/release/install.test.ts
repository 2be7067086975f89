import { chmodSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { openTasks } from "../support/fixtures.ts";
import { Home } from "./home.ts";
import { OWN_TARGET, ROOT, SHARED_FILES, unpackForAll, VERSION } from "./release-files.ts";
import { LIST_DONE, runList } from "./task-list.ts";

const ARCHIVE = unpackForAll(OWN_TARGET);
const INSTALL = path.join(ARCHIVE, "install.sh");
const PATH = process.env["PATH"] ?? "";

describe("install.sh, for an ordinary user with an empty home", () => {
  test("installs what runs a task list by its name, where only the home is in PATH beside the system's programs", async () => {
    const home = new Home();
    const installed = await home.run([INSTALL]);
    expect(installed).toMatchObject({ code: 0, stderr: "" });
    const own = { PATH: `${home.folder}/.local/bin:${PATH}` };
    expect(await runList(home, ["disbatch"], own)).toEqual(LIST_DONE);
    expect((await home.run(["disBatch", "--version"], own)).stdout).toContain(`disbatch ${VERSION} (`);
    for (const file of SHARED_FILES) expect(statSync(`${home.folder}/.local/${file}`).size).toBeGreaterThan(0);
    expect(await home.run([INSTALL], { ...own, SHELL: "/bin/sh" })).toEqual({
      code: 0,
      stdout: `install.sh: disbatch ${VERSION} is installed in ${home.folder}/.local\n`,
      stderr: "",
    });
  });

  const SHELLS: readonly [string, readonly [string, ...string[]]][] = [
    ["bash", ["bash", "--posix"]],
    ["dash", ["dash"]],
    ["BusyBox's sh", ["busybox", "sh"]],
  ];
  test.each(SHELLS)("does so in %s, in a folder of any name, and prints lines that can be pasted", async (_, shell) => {
    const home = new Home();
    const prefix = `${home.folder}/it's  a "$HOME" \\b folder!`;
    const { code, stdout, stderr } = await home.run([...shell, INSTALL, prefix], { MANPATH: "/usr/share/man" });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const lines = stdout.split("\n").filter((line) => line.startsWith("  ") && !line.includes("source "));
    const script = `${lines.join("\n")}\nprintf '%s\\n' "$(command -v disbatch)" "$MANPATH"; disbatch --version`;
    const pasted = await home.run([shell[0] === "busybox" ? "bash" : shell[0], "-c", script], { MANPATH: "/man" });
    expect(pasted.stdout.split("\n")).toEqual([
      `${prefix}/bin/disbatch`,
      `${prefix}/share/man:/man`,
      expect.stringContaining(`disbatch ${VERSION} (`),
      "",
    ]);
  });

  test("leaves a run alone that goes on with the old file, also when it installs twice at a time", async () => {
    const home = new Home();
    const prefix = `${home.folder}/here`;
    expect((await home.run([INSTALL, prefix])).code).toBe(0);
    const before = statSync(`${prefix}/lib/disbatch/disbatch`).ino;
    const tasks = await openTasks();
    home.workspace.writeTasks(tasks.line("a"), "echo > b");
    const run = home.start([`${prefix}/bin/disbatch`, "-s", "localhost:1", "-p", "run", "Tasks"]);
    const task = await tasks.started("a");
    const installs = await Promise.all([home.run([INSTALL, prefix]), home.run([INSTALL, prefix])]);
    expect(installs.map(({ code, stderr }) => [code, stderr])).toEqual([
      [0, ""],
      [0, ""],
    ]);
    expect(statSync(`${prefix}/lib/disbatch/disbatch`).ino).not.toBe(before);
    await task.exit(0);
    expect(await run.exited).toEqual({ code: 0, signal: null });
    expect(home.workspace.status()).toHaveLength(2);
    const found = await home.run(["find", prefix, "-name", "*.??????"]);
    expect(found.stdout).toBe("");
  });

  test("installs nothing that is left when it is removed as the documentation says", async () => {
    const home = new Home();
    expect((await home.run([INSTALL])).code).toBe(0);
    const page = readFileSync(path.join(ROOT, "docs/how-to/install.md"), "utf8");
    const [, removal = "exit 1"] = /^```sh\n(cd .*?)^```$/ms.exec(page) ?? [];
    expect(await home.run(["bash", "-ec", removal])).toEqual({ code: 0, stdout: "", stderr: "" });
    expect((await home.run(["find", home.folder, "!", "-type", "d"])).stdout).toBe("");
  });

  test.each([
    [".", "in"],
    ["./-x", "in/-x"],
    ["..//.", ""],
    ["../link/..", "far"],
    ["../link", "far/away"],
    ["link", "in/link"],
    ["new/../other", "in/other"],
  ])("takes dots out of %s, and nothing else", async (prefix, folder) => {
    const home = new Home();
    expect((await home.run(["mkdir", "-p", "own/in/new", "own/far/away"])).code).toBe(0);
    expect((await home.run(["ln", "-s", "far/away", "own/link"])).code).toBe(0);
    expect((await home.run(["ln", "-s", "../far/away", "own/in/link"])).code).toBe(0);
    const { stdout, stderr } = await home.run(["sh", "-c", 'cd own/in && exec "$0" "$1"', INSTALL, prefix]);
    const installed = path.join(home.workspace.folder, "own", folder);
    expect(stderr).toBe("");
    expect(stdout).toContain(`is installed in ${installed}\n`);
    expect(stdout).toContain(`  export PATH=${installed}/bin:"$PATH"\n`);
    expect((await home.run([`${installed}/bin/disbatch`, "--version"])).stdout).toContain(`disbatch ${VERSION} (`);
  });

  test("can be called by a link, and be read by a shell in its folder", async () => {
    const home = new Home();
    expect((await home.run(["ln", "-s", INSTALL, "link"])).code).toBe(0);
    expect(await home.run(["./link", "a"])).toMatchObject({ code: 0, stderr: "" });
    const read = ["sh", "-c", 'cd "$0" && exec sh -s "$1" <install.sh', ARCHIVE, `${home.folder}/b`] as const;
    expect(await home.run(read)).toMatchObject({ code: 0, stderr: "" });
  });

  test.each(SHELLS)(
    "leaves no part of a file when it is interrupted just when it has made one, in %s",
    async (_, shell) => {
      const home = new Home();
      const { workspace } = home;
      // The signal of a terminal goes to all that runs there.
      workspace.write(
        "bin/mktemp",
        '#!/bin/sh\n/bin/mktemp "$@" >"$NAME"\nkill -TERM "$(cat "$PID")" $$\ncat "$NAME"\n',
      );
      chmodSync(workspace.path("bin/mktemp"), 0o755);
      const env = {
        NAME: workspace.path("name"),
        PID: workspace.path("pid"),
        PATH: `${workspace.path("bin")}:${PATH}`,
      };
      const start = ["sh", "-c", 'echo $$ >"$PID"; exec "$@"', "sh", ...shell, INSTALL, `${home.folder}/here`] as const;
      expect(await home.run(start, env)).toEqual({ code: 1, stdout: "", stderr: "" });
      expect(workspace.read("name")).toContain("/here/lib/disbatch/disbatch.");
      expect((await home.run(["find", home.folder, "!", "-type", "d"])).stdout).toBe("");
    },
  );

  test("says that another disbatch comes first in PATH", async () => {
    const home = new Home();
    expect((await home.run([INSTALL, "a"])).code).toBe(0);
    const own = `${home.workspace.folder}/a/bin`;
    const { stdout } = await home.run([INSTALL, `${home.folder}/b`], { PATH: `${own}:${home.folder}/b/bin:${PATH}` });
    expect(stdout).toContain(`another disbatch comes before it in PATH: ${own}/disbatch\n`);
  });
});
