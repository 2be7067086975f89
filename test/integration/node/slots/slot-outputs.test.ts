import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { exited } from "../../../../src/domain/ending.ts";
import type { Assignment } from "../../../../src/domain/task.ts";
import { settleStage } from "../../../../src/files/outputs/settle.ts";
import { signal } from "../../../../src/node/process/process-table.ts";
import { until } from "../../../support/until.ts";
import { bundle, RUNTIMES } from "../../../unit/node/process/runtimes.ts";
import { SrunStep } from "./srun-step.ts";

const step = bundle(new URL("step-probe.ts", import.meta.url));
const STAGE = ".disbatch/abc";
const SLOTS = [0, 1];
/** Where all slots have the same, no other process than the engine's runs tasks. */
const SHARES = SLOTS.map((slot) => ({ env: { CUDA_VISIBLE_DEVICES: `${4 + slot}` } }));

/** A task that makes two files. */
function making(id: number, command: string): Assignment {
  const files = ["a", "b"].map((name) => ({ name, path: `made/${id}/${name}`, isFolder: false }));
  const setting = { env: {}, outputs: { stage: STAGE, files } };
  return { task: { kind: "task", id, line: id + 1, repeatIndex: -1, command, setting }, attempt: 1, crashes: 0 };
}

describe.each(RUNTIMES)("on %s", (_name, runtime) => {
  async function start(): Promise<{ here: SrunStep; at: (name: string) => string }> {
    const folder = mkdtempSync(path.join(tmpdir(), "disbatch-outputs-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const here = await SrunStep.start([runtime, step], SHARES, { terms: { cwd: folder } });
    return { here, at: (name) => path.join(folder, name) };
  }

  test("what tasks make in processes of their slots is put in place when they have succeeded, all of it or nothing", async () => {
    const { here, at } = await start();
    const write = 'echo "$DISBATCH_TASKID $PPID" | tee "$OUT_a" > "$OUT_b"';
    here.say({ type: "assign", assignments: [making(0, write), making(1, write)] });
    here.say({ type: "assign", assignments: [making(2, `${write}; false`), making(3, 'echo > "$OUT_a"')] });
    await until(
      () => here.results(false).length === 4,
      () => `four results, but there are: ${JSON.stringify(here.results(false))}`,
    );
    const results = here.results(false);
    expect(results.map(({ ending }) => ending)).toEqual([0, 0, 1, 65].map(exited));
    expect(results.map(({ made }) => made?.map((file) => file.path))).toEqual([
      ["made/0/a", "made/0/b"],
      ["made/1/a", "made/1/b"],
      undefined,
      undefined,
    ]);
    for (const { taskId, slot } of results.slice(0, 2)) {
      const made = `${taskId} ${here.process(slot).pid}\n`;
      expect(["a", "b"].map((name) => readFileSync(at(`made/${taskId}/${name}`), "utf8"))).toEqual([made, made]);
    }
    expect([existsSync(at("made/2")), existsSync(at("made/3"))]).toEqual([false, false]);
    here.say({ type: "dismiss" });
    expect(await here.allEnded()).toEqual(SLOTS.map(() => [0, null]));
    expect(existsSync(at(".disbatch"))).toBe(false);
  });

  test("nothing is put in place of tasks when a slot has lost its process and the engine with it", async () => {
    const { here, at } = await start();
    const write = 'echo x | tee "$OUT_a" > "$OUT_b"; sleep 600';
    here.say({ type: "assign", assignments: [making(0, write), making(1, write)] });
    await until(
      () => here.started.length === 2 && SLOTS.every((id) => existsSync(at(`${STAGE}/${id}.1/b/b`))),
      () => `two tasks that have made something, but there are: ${JSON.stringify(here.started)}`,
    );
    signal(here.process(1).pid, "SIGKILL");
    await here.process(0).ended;
    expect(here.results(false)).toEqual([]);
    expect(existsSync(at("made"))).toBe(false);
    await settleStage(at("."), STAGE, (message) => expect.unreachable(message));
    expect([existsSync(at("made")), existsSync(at(".disbatch"))]).toEqual([false, false]);
  });
});
