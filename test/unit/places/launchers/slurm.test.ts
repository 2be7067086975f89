import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { CallsFrom, EngineProcess, Invitation } from "../../../../src/domain/launcher.ts";
import { SlurmStarter } from "../../../../src/places/launchers/slurm.ts";
import { parseEngineSpec } from "../../../../src/wire/engine-spec.ts";
import { until } from "../../../support/until.ts";
import { scratchFolder } from "../../node/process/scratch.ts";
import { engineTerms } from "../../../support/engine-terms.ts";

const invitation: Invitation = {
  addresses: [{ host: "192.0.2.1", port: 4000 }],
  credentials: { authority: "the authority", certificate: "the certificate", key: "the secret key" },
};
const NODE = { node: "beta", slots: 4, coresPerSlot: 2, releasable: true };

interface Step {
  readonly folder: string;
  readonly engine: EngineProcess;
  readonly asked: readonly CallsFrom[];
  /** Nodes that have been given back, with the exit codes of what ran there. */
  readonly released: readonly (readonly [string, number])[];
  readonly starter: SlurmStarter;
  readonly read: (name: string) => string;
}

/** Starts an engine with a pretended srun, a shell script; `$dir` is a folder of the test's own. */
function start(srun: string | undefined, node = NODE): Step {
  const folder = scratchFolder();
  if (srun !== undefined) {
    writeFileSync(path.join(folder, "srun"), `#!/bin/sh\ndir=${folder}\n${srun}\n`);
    chmodSync(path.join(folder, "srun"), 0o755);
  }
  const released: (readonly [string, number])[] = [];
  const starter = new SlurmStarter({
    program: ["/opt/disbatch", "engine"],
    terms: engineTerms({ cwd: folder, prefix: path.join(folder, "run"), lease: 7 }),
    srun: ({ node: name }) => ({
      args: [`--nodelist=${name}`],
      env: { PATH: srun === undefined ? folder : `${folder}:${process.env["PATH"] ?? ""}` },
    }),
    callsFrom: (name) => (name === "alpha" ? "here" : "elsewhere"),
    release: (name, code) => released.push([name, code]),
    say: () => undefined,
  });
  const asked: CallsFrom[] = [];
  const engine = starter.start("J12", node, (from) => {
    asked.push(from);
    return Promise.resolve(invitation);
  });
  onTestFinished(async () => void (await engine.kill()));
  const read = (name: string): string => readFileSync(path.join(folder, name), "utf8");
  return { folder, engine, asked, released, starter, read };
}

test("a step is started on the node, in the folder of the tasks, and told on standard input what it is to do", async () => {
  const { folder, engine, read, asked } = start('echo "$@" > "$dir/args"; cat > "$dir/spec"');
  expect(await engine.ended).toEqual({ certain: true, code: 0 });
  expect(read("args")).toBe(`--nodelist=beta --chdir=${folder} /opt/disbatch engine\n`);
  expect(parseEngineSpec(read("spec"))).toEqual({
    ...{ invitation, engineId: engine.id, context: "J12", node: "beta", slots: 4, coresPerSlot: 2 },
    terms: engineTerms({ cwd: folder, prefix: path.join(folder, "run"), lease: 7 }),
    ...{ slotProcesses: true, sharedSignals: true },
  });
  expect(asked).toEqual(["elsewhere"]);
});

test("the node that the driver runs on calls from here", async () => {
  const { engine, asked } = start("cat > /dev/null", { ...NODE, node: "alpha" });
  await engine.ended;
  expect(asked).toEqual(["here"]);
});

test("no secret stands in the arguments or the environment of a step", async () => {
  const { engine, read } = start('cat /proc/$$/cmdline /proc/$$/environ > "$dir/public"; cat > /dev/null');
  await engine.ended;
  expect(read("public")).toContain("--nodelist");
  for (const secret of Object.values(invitation.credentials)) expect(read("public")).not.toContain(secret);
});

describe("the end of a step", () => {
  const LOG = "run_J12_beta_engine_wrap.log";

  test.each([
    [
      "echo 'disbatch: it cannot be'; echo 'srun: error: beta: task 0: Exited with exit code 3' >&2; exit 3",
      "disbatch: it cannot be",
    ],
    [
      "echo 'srun: error: Unable to create step for job 12: Memory required' >&2; exit 1",
      "Unable to create step for job 12: Memory required",
    ],
    [
      "echo 'slurmstepd: error: *** STEP 12.0 ON beta CANCELLED AT X ***'; echo 'srun: error: beta: task 0: Killed'; exit 137",
      "beta: task 0: Killed",
    ],
    ["exit 7", "srun ended with exit code 7"],
  ])("that went wrong gives the last words that say something: %s", async (script, words) => {
    const { engine, folder } = start(`cat > /dev/null; ${script}`);
    const { certain, reason } = await engine.ended;
    expect([certain, reason]).toEqual([true, `${words} (see ${folder}/${LOG})`]);
  });

  test("is not certain when Slurm has given the node up, whatever the exit code", async () => {
    const { engine } = start("cat > /dev/null; echo 'srun: error: Node failure on beta' >&2; exit 0");
    expect(await engine.ended).toEqual({ certain: false, reason: "Node failure on beta", code: 0 });
  });

  test("is not certain when it was srun that was killed", async () => {
    const { engine } = start("kill -9 $$");
    expect(await engine.ended).toEqual({ certain: false, reason: "srun ended with SIGKILL", code: 137 });
  });

  test("that never began gives why", async () => {
    const { engine } = start(undefined);
    expect(await engine.ended).toEqual({
      ...{ certain: true, reason: "srun cannot be started: there is no srun in PATH" },
    });
    expect(await engine.kill()).toBe(true);
  });
});

test("to kill a step is to tell srun, which has Slurm do it", async () => {
  const { engine, folder } = start(
    `trap 'echo "srun: forcing job termination" >&2; exit 137' TERM; : > "$dir/ready"; while :; do sleep 0.05; done`,
  );
  await until(
    () => existsSync(path.join(folder, "ready")),
    () => "srun has started",
  );
  expect(await engine.kill()).toBe(true);
  expect(await engine.ended).toMatchObject({ certain: true, code: 137 });
});

test("a node goes back when its step has ended, with the exit code of that", async () => {
  const { engine, released, starter, folder } = start(
    'cat > /dev/null; until [ -e "$dir/go" ]; do sleep 0.02; done; exit 5',
  );
  starter.over(engine, NODE);
  expect(released).toEqual([]);
  writeFileSync(path.join(folder, "go"), "");
  await engine.ended;
  await until(
    () => released.length > 0,
    () => "the node is given back",
  );
  expect(released).toEqual([["beta", 5]]);
});

test("an engine of an earlier driver is known by its connection alone", async () => {
  const { starter } = start("cat > /dev/null");
  const engine = starter.adopt("J12", NODE, { id: "its id", pid: process.pid });
  expect(await engine.ended).toMatchObject({ certain: false });
  expect(await engine.kill()).toBe(false);
});
