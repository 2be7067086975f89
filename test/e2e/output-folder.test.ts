import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { artifacts } from "../support/artifacts.ts";
import { openWorkspace } from "../support/fixtures.ts";

const COUNT = 100;
/** Longer than an engine goes without a look at what room there is. */
const FILL = "head -c 4000000 /dev/zero > $TMPDIR/fill; sleep 0.1";

/** Runs the program where the folder of this name, which is TMPDIR, has two megabytes; needs root, or namespaces of users. */
const small = (folder: string): readonly string[] => [
  ...["unshare", "--map-root-user", "--mount", "/bin/bash", "-c"],
  ...[`mount -t tmpfs -o size=2m none ${folder} && export TMPDIR=${folder} && exec "$@"`, "bash"],
];

describe.each(artifacts)("the $name", (artifact) => {
  test("has tasks succeed that print something when the folder for that is full, keeps it in memory, and says so once", async () => {
    const workspace = openWorkspace();
    workspace.write("small/nothing", "");
    const printing = Array.from({ length: COUNT }, (_, i) => `echo out ${i}`);
    workspace.writeTasks(FILL, "#DISBATCH BARRIER", ...printing);
    const args = ["-s", "localhost:2", "-p", "run", "Tasks"];
    const run = workspace.run(artifact, args, { wrapper: small(workspace.path("small")) });
    expect(await run.exited).toEqual({ code: 0, signal: null });
    const lines = workspace.status().filter(({ flags }) => !flags.includes("B"));
    expect(lines.map(({ returnCode }) => returnCode)).toEqual(Array.from({ length: COUNT + 1 }, () => 0));
    expect(lines.filter(({ outBytes }) => outBytes >= 6)).toHaveLength(COUNT);
    expect(existsSync(workspace.path("small/fill"))).toBe(false);
    const warnings = run.stderr().match(/what tasks print cannot be kept in \S+: .*/g);
    expect(warnings).toEqual([
      expect.stringMatching(/it has hardly any space, or cannot be used; it is kept in \/dev\/shm/),
    ]);
  });

  test("says of tasks that failed while that folder became full that they may have failed of that", async () => {
    const workspace = openWorkspace();
    workspace.write("small/nothing", "");
    workspace.writeTasks("head -c 4000000 /dev/zero > $TMPDIR/fill; echo something");
    const run = workspace.run(artifact, ["-s", "localhost:1", "-p", "run", "Tasks"], {
      wrapper: small(workspace.path("small")),
    });
    expect(await run.exited).toEqual({ code: 0, signal: null });
    const [line] = workspace.status();
    expect(line?.returnCode).toBe(1);
    expect(line?.errSnippet).toContain("disbatch: no space was left in ");
    expect(run.stderr()).toContain("it may have failed of that");
  });

  test("has tasks succeed where that folder cannot be used at all, and keeps what they print in memory", async () => {
    const workspace = openWorkspace();
    workspace.writeTasks("echo something");
    const env = { TMPDIR: workspace.path("no/such/folder") };
    const run = workspace.run(artifact, ["-s", "localhost:1", "-p", "run", "Tasks"], { env });
    expect(await run.exited).toEqual({ code: 0, signal: null });
    expect(workspace.status()).toMatchObject([{ returnCode: 0, outBytes: 10 }]);
    expect(run.stderr()).toMatch(
      /cannot be kept in \S+: it has hardly any space, or cannot be used; it is kept in \/dev\/shm/,
    );
  });
});
