import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { artifacts } from "../support/artifacts.ts";
import { openWorkspace } from "../support/fixtures.ts";

/** When the command of `make` ends with success nothing is free where its outputs belong. */
const DOCUMENT = `name: run
tasks:
  make:
    outputs: {a: data/a, b: b}
    run: printf new > "$OUT_a"; printf new > "$OUT_b"; [ -e mended ] || head -c 9000000 /dev/zero > filler; exit 0
  next:
    inputs: {a: make.a}
    outputs: {c: deep/folder/c}
    run: cat "$IN_a" > "$OUT_c"
`;

/** Runs the program twice in a folder of two megabytes, and keeps what stands there after each; needs root, or namespaces of users. */
const TWICE = `
mount -t tmpfs -o size=2m none small && cd small || exit 99
mkdir data; printf old > data/a; printf old > b; cp ../flow.yaml .
"$@"; first=$?
cp -a . ../first
rm filler; : > mended
"$@"; second=$?
cp -a . ../second
exit $((10 * first + second))
`;

describe.each(artifacts)("the $name", (artifact) => {
  test("leaves outputs as they were that a full disk keeps from being put in place, says so, and puts them there once there is room", async () => {
    const workspace = openWorkspace();
    workspace.write("flow.yaml", DOCUMENT);
    workspace.write("small/nothing", "");
    const run = workspace.run(artifact, ["run", "-s", "localhost:1", "-p", workspace.path("run"), "flow.yaml"], {
      wrapper: ["unshare", "--map-root-user", "--mount", "/bin/bash", "-c", TWICE, "bash"],
    });
    expect(await run.exited).toEqual({ code: 10, signal: null });
    const rows = workspace.status().map(({ command, returnCode, errSnippet }) => [command, returnCode, errSnippet]);
    expect(rows).toEqual([
      ["make", 65, expect.stringMatching(/cannot be put in place: no space left on device \(ENOSPC\)/)],
      ["make", 0, "''"],
      ["next", 0, "''"],
    ]);
    const standing = (when: string): string[] => ["data/a", "b"].map((name) => workspace.read(`${when}/${name}`));
    expect([standing("first"), standing("second")]).toEqual([
      ["old", "old"],
      ["new", "new"],
    ]);
    expect(workspace.read("second/deep/folder/c")).toBe("new");
    expect(["first", "second"].map((when) => existsSync(workspace.path(`${when}/.disbatch`)))).toEqual([false, false]);
  });
});
