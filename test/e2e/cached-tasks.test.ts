import { existsSync, unlinkSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { artifacts } from "../support/artifacts.ts";
import { openWorkspace } from "../support/fixtures.ts";
import { until } from "../support/until.ts";
import type { Workspace } from "../support/workspace.ts";

/** What the first task makes is on record by the time the others end. */
const DOCUMENT = `name: run
tasks:
  word:
    matrix: {i: {from: 1, to: 3}}
    cache: true
    cacheEnv: [WORD]
    outputs: {text: "\${i}.word"}
    run: printf %s "$WORD" > "$OUT_text"; echo $i >> begun; until [ $i = 1 ] || [ -e go ]; do sleep 0.1; done
  copy:
    matrix: {i: {from: 1, to: 3}}
    cache: true
    code: [source]
    outputs: {text: "\${i}.copy"}
    run: cat source > "$OUT_text"; echo $i >> begun; until [ $i = 1 ] || [ -e go ]; do sleep 0.1; done
`;
const RUN = ["run", "-s", "localhost:4", "flow.yaml"];

function made(workspace: Workspace): Record<string, string> {
  const names = ["word", "copy"].flatMap((kind) => [1, 2, 3].map((i) => `${i}.${kind}`));
  return Object.fromEntries(names.map((name) => [name, workspace.read(name)]));
}

function all(word: string, copy: string): Record<string, string> {
  return Object.fromEntries([1, 2, 3].flatMap((i) => [[`${i}.word`, word] as const, [`${i}.copy`, copy] as const]));
}

describe.each(artifacts)("cached tasks of the $name", (artifact) => {
  test("run again when what --env gives them is another", async () => {
    const workspace = openWorkspace();
    workspace.write("flow.yaml", DOCUMENT);
    workspace.write("source", "a");
    workspace.write("go", "");
    for (const word of ["one", "two", "one"]) {
      expect((await workspace.run(artifact, [...RUN, "--env", `WORD=${word}`]).exited).code).toBe(0);
      expect(made(workspace)).toEqual(all(word, "a"));
    }
    expect(workspace.status().filter(({ command }) => command.startsWith("copy"))).toHaveLength(3);
  });

  test("are planned with --env, and are reused by a run that was taken up with what it had given them", async () => {
    const workspace = openWorkspace();
    workspace.write(
      "flow.yaml",
      `name: run
tasks:
  gate:
    run: touch begun; until [ -e go ]; do sleep 0.1; done
  word:
    needs: gate
    cache: true
    cacheEnv: [WORD]
    outputs: {text: word}
    run: printf %s "$WORD" > "$OUT_text"
`,
    );
    workspace.write("go", "");
    const env = ["--env", "WORD=one"];
    expect((await workspace.run(artifact, [...RUN, ...env]).exited).code).toBe(0);
    for (const [words, fate] of [
      [["plan", ...env, "flow.yaml"], "reused"],
      [["run", "--dry-run", ...env, "flow.yaml"], "reused"],
      [["plan", "--env", "WORD=two", "flow.yaml"], "env WORD changed"],
    ] as const) {
      const plan = workspace.run(artifact, words);
      expect((await plan.exited).code).toBe(0);
      expect(plan.stdout()).toContain(fate);
    }
    unlinkSync(workspace.path("go"));
    unlinkSync(workspace.path("begun"));
    const killed = workspace.run(artifact, [...RUN, ...env, "--force", "gate"]);
    await until(
      () => existsSync(workspace.path("begun")),
      () => killed.stderr(),
    );
    killed.signal("SIGKILL");
    await killed.exited;
    const recovered = workspace.run(artifact, ["recover", "run"]);
    workspace.write("go", "");
    expect((await recovered.exited).code).toBe(0);
    expect(workspace.status().map(({ command, flags }) => `${flags.trim()} ${command}`)).toEqual([
      ...[" gate", " word", " gate", "S word"],
    ]);
  });

  test("have no record that is wrong when their run was taken up after what they are made from had changed", async () => {
    const workspace = openWorkspace();
    workspace.write("flow.yaml", DOCUMENT);
    workspace.write("source", "a");
    workspace.write("begun", "");
    const killed = workspace.run(artifact, RUN, { env: { WORD: "one" } });
    await until(
      () => workspace.read("begun").split("\n").length > 6 && workspace.status().length === 2,
      () => `six tasks, two of which have ended: ${killed.stderr()}`,
    );
    killed.signal("SIGKILL");
    await killed.exited;
    // Perhaps the driver was killed before it had written anything there.
    workspace.write("run_cache.jsonl", "");
    workspace.write("source", "b");
    const recovered = workspace.run(artifact, ["recover", "run"], { env: { WORD: "two" } });
    workspace.write("go", "");
    expect((await recovered.exited).code).toBe(0);
    expect((await workspace.run(artifact, RUN, { env: { WORD: "two" } }).exited).code).toBe(0);
    expect(made(workspace)).toEqual(all("two", "b"));
    const rows = workspace.status().length;
    const last = workspace.run(artifact, RUN, { env: { WORD: "two" } });
    expect((await last.exited).code).toBe(0);
    expect(last.stderr()).toContain("nothing to do: run: 6 instances reused");
    expect(workspace.status()).toHaveLength(rows);
  });
});
