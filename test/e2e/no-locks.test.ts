import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { artifacts } from "../support/artifacts.ts";
import { openWorkspace } from "../support/fixtures.ts";
import type { Workspace } from "../support/workspace.ts";

/** Calls of the kernel that may lock a file, of a program and all that it starts, go to the file `calls`. */
const TRACED = ["strace", "-f", "-qq", "-e", "trace=flock,fcntl", "-o", "calls"] as const;

const DOCUMENT = `name: flow
tasks:
  list: {generates: i, run: seq 3}
  part: {matrix: [i], run: "[ -e mended ] || [ $i != 2 ]"}
  all: {needs: part, run: "true"}
`;

function locksIn(workspace: Workspace): string[] {
  const lines = workspace.read("calls").split("\n");
  return lines.filter((line) => /\bflock\(|\bF_(?:OFD_)?SETLKW?\b/.test(line));
}

test("locks are seen where there are some", () => {
  const workspace = openWorkspace();
  const [program, ...args] = TRACED;
  spawnSync(program, [...args, "flock", "file", "true"], { cwd: workspace.folder });
  expect(locksIn(workspace)).toHaveLength(1);
});

describe.each(artifacts)("the $name", (artifact) => {
  test("takes no lock of the file system, in a workflow's first run, a later one, and in what looks at them", async () => {
    const workspace = openWorkspace();
    workspace.write("flow.yaml", DOCUMENT);
    const traced = async (...args: readonly string[]): Promise<readonly [number | null, string[]]> => {
      const { code } = await workspace.run(artifact, args, { wrapper: TRACED }).exited;
      return [code, locksIn(workspace)];
    };
    expect(await traced("run", "-s", "localhost:2", "flow.yaml")).toEqual([1, []]);
    workspace.write("mended", "");
    expect(await traced("status", "flow")).toEqual([0, []]);
    expect(await traced("plan", "flow.yaml")).toEqual([0, []]);
    expect(await traced("mark", "undone", "flow", "part[i=1]")).toEqual([0, []]);
    expect(await traced("retry", "flow")).toEqual([0, []]);
  });
});
