import { chmodSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { artifacts } from "../support/artifacts.ts";
import { openWorkspace } from "../support/fixtures.ts";
import { filesBelow } from "../support/folder-contents.ts";

const ARGS = ["-s", "localhost:1", "-p", "run", "Tasks"];
const DONE = { code: 0, signal: null };
/** What is there only while a run goes on. */
const PASSING = ["run_contact.json", "run_recovery.json", "run_run.lock"];
/** Permissions bind root, too. */
const BOUND = ["setpriv", "--inh-caps=-all", "--bounding-set=-dac_override,-dac_read_search"];
const WRAPPER = process.getuid?.() === 0 ? BOUND : [];

describe.each(artifacts)("a run of the $name whose files cannot be removed at its end", (artifact) => {
  test.each([
    ["since the folder has become read-only", ["chmod a-w ."]],
    ["since something else has their names", PASSING.map((name) => `rm ${name}; mkdir ${name}`)],
  ])("has succeeded, %s, and names each of them", async (_why, lines) => {
    const workspace = openWorkspace();
    workspace.writeTasks(...lines, "true");
    const run = workspace.run(artifact, ARGS, { wrapper: WRAPPER });
    expect(await run.exited).toEqual(DONE);
    chmodSync(workspace.folder, 0o755);
    for (const name of PASSING) expect(run.stderr()).toMatch(new RegExp(`warning: cannot remove \\S*/${name}: `));
    expect(run.stderr()).toContain(`disbatch: ${lines.length + 1} tasks done`);
    expect(run.stderr()).not.toMatch(/internal error|was killed/);
    expect(workspace.status().map(({ returnCode }) => returnCode)).toEqual([...lines, "true"].map(() => 0));
  });

  test("has them removed by --recover, which says that it has ended", async () => {
    const workspace = openWorkspace();
    workspace.writeTasks("chmod a-w .");
    const run = workspace.run(artifact, ARGS, { wrapper: WRAPPER });
    expect(await run.exited).toEqual(DONE);
    chmodSync(workspace.folder, 0o755);
    const recovered = workspace.run(artifact, ["--recover", "run"], { wrapper: WRAPPER });
    expect(await recovered.exited).toEqual({ code: 2, signal: null });
    expect(recovered.stderr()).toContain("has ended (done)");
    expect(filesBelow(workspace.folder)).not.toContain("run_recovery.json");
  });
});
