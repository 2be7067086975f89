import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { inflateSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { returnCodeOf } from "../../../../src/records/statusfile/return-code.ts";
import { WINDOW_MS } from "../../../../src/node/engine/signalled-ends.ts";
import { signal } from "../../../../src/node/process/process-table.ts";
import { childrenOf } from "../../../support/child-processes.ts";
import { openTasks } from "../../../support/fixtures.ts";
import { bootSeconds } from "../../../../src/node/process/boot-clock.ts";
import { PATIENCE, until } from "../../../support/until.ts";
import { living } from "../../../unit/node/process/children.ts";
import { bundle, RUNTIMES } from "../../../unit/node/process/runtimes.ts";
import { SrunStep, type StepChange, type TaskShare } from "./srun-step.ts";

const script = bundle(new URL("step-probe.ts", import.meta.url));

/** Every slot has a device of its own. */
const DEVICES: readonly TaskShare[] = ["4", "5", "6"].map((device) => ({ env: { CUDA_VISIBLE_DEVICES: device } }));
const EQUAL: readonly TaskShare[] = [{}, {}, {}];

/** Long enough for a busy machine to answer signs of life in time, and short enough for tests that wait for its end. Seconds. */
const LEASE = 3;

describe.each(RUNTIMES)("on %s", (_name, runtime) => {
  const start = (shares: readonly TaskShare[], more: StepChange = {}): Promise<SrunStep> =>
    SrunStep.start([runtime, script], shares, more);

  test("tasks have the share of their slot's process, and all else that tasks have", async () => {
    const tasks = await openTasks();
    const cpu = (slot: number): string => String(slot % availableParallelism());
    const step = await start(DEVICES.map((share, slot) => ({ ...share, cpus: cpu(slot) })));
    step.assign(["a", "b", "c"].map((name) => tasks.line(name)));
    const started = await Promise.all(["a", "b", "c"].map((name) => tasks.started(name)));
    for (const [i, task] of started.entries()) {
      const cpus = "$(sed -n 's/^Cpus_allowed_list:\\s*//p' /proc/self/status)";
      await task.run(`echo $CUDA_VISIBLE_DEVICES ${cpus} $PPID $SLURM_PROCID $PWD; echo ${i} >&2`);
      await task.exit(i);
    }
    await until(
      () => step.results(false).length === 3,
      () => "all results",
    );
    const seen = step.results(false).map(({ slot, output, ending }) => [slot, output.snippet, returnCodeOf(ending)]);
    const slotOf = (i: number): number => Number(seen[i]?.[0]);
    expect(seen.map(([slot]) => Number(slot)).toSorted((a, b) => a - b)).toEqual([0, 1, 2]);
    for (const [i, entry] of seen.entries()) {
      const slot = slotOf(i);
      const { pid } = step.process(slot);
      expect(entry).toEqual([slot, `${4 + slot} ${cpu(slot)} ${pid} ${100 + slot} /\n`, i]);
      expect(started[i]?.variables).toMatchObject({
        ...{ DISBATCH_CYLINDER_RANK: String(slot), DISBATCH_ENGINE_RANK: "7", DISBATCH_JOBID: "run" },
        ...{ DISBATCH_TASKID: String(i), DISBATCH_STREAM_INDEX: String(i + 1), DISBATCH_ATTEMPT: "1" },
        ...{ DISBATCH_CORES_PER_TASK: "1", DISBATCH_ENGINE_ID: step.spec.engineId },
      });
    }
    for (const result of step.results(false)) {
      expect(result).toMatchObject({ node: "n1", engine: 7, attempt: 1, pid: started[result.taskId]?.pid });
      expect(result.error).toEqual({ bytes: 2, snippet: `${result.taskId}\n` });
      expect(result.finish).toBeGreaterThan(result.start);
    }
    step.say({ type: "dismiss" });
    expect(await step.allEnded()).toEqual([0, 1, 2].map(() => [0, null]));
    expect([0, 1, 2].map((slot) => step.process(slot).errors()).filter((text) => text.includes("rror"))).toEqual([]);
  });

  test("slots one after the other run many tasks, each of which is reported once", async () => {
    const step = await start(DEVICES);
    step.assign(Array.from({ length: 300 }, (_, i) => `exit ${i % 3}`));
    await until(
      () => step.results(false).length >= 300,
      () => `300 results, not ${step.results(false).length}`,
      3 * PATIENCE,
    );
    expect(step.results(false).map(({ taskId, ending }) => [taskId, returnCodeOf(ending)])).toEqual(
      Array.from({ length: 300 }, (_, i) => [i, i % 3]),
    );
    step.say({ type: "dismiss" });
    expect(await step.allEnded()).toEqual([0, 1, 2].map(() => [0, null]));
  });

  test("what tasks of all slots print is kept, to the byte, and followed while they run", async () => {
    const tasks = await openTasks();
    const step = await start(DEVICES, { terms: { output: { keep: "failed", limit: 1024 } } });
    step.assign(["a", "b", "c"].map((name) => tasks.line(name)));
    const started = await Promise.all(["a", "b", "c"].map((name) => tasks.started(name)));
    for (const [i, task] of started.entries()) await task.run(`printf 'out ${i} \\377'; echo err ${i} >&2`);
    step.say({ type: "follow-output", on: true, ids: undefined });
    const blocks = (live: boolean): string[] =>
      step.heard.flatMap((message) => {
        if (message.type !== "output" || message.live !== live) return [];
        const bytes = inflateSync(Buffer.from(message.data, "base64")).toString("latin1");
        const places = message.pieces.map(({ length }, n) =>
          message.pieces.slice(0, n).reduce((sum, p) => sum + p.length, length),
        );
        return message.pieces.map(
          ({ taskId, stream, length }, n) => `${taskId} ${stream} ${bytes.slice((places[n] ?? 0) - length, places[n])}`,
        );
      });
    const all = [0, 1, 2].flatMap((i) => [`${i} stdout out ${i} \u00ff`, `${i} stderr err ${i}\n`]).toSorted();
    await until(
      () => blocks(true).length >= 6,
      () => `six pieces that are followed, not ${blocks(true).length}`,
    );
    expect(blocks(true).toSorted()).toEqual(all);
    for (const task of started) await task.exit(1);
    await until(
      () => blocks(false).length >= 6,
      () => `six pieces that are kept, not ${blocks(false).length}`,
    );
    expect(blocks(false).toSorted()).toEqual(all);
    for (let number = 1; number <= step.heard.length; number++) step.say({ type: "output-taken", number });
    step.say({ type: "dismiss" });
    expect(await step.allEnded()).toEqual([0, 1, 2].map(() => [0, null]));
  });

  test("what tasks of all slots print that are heard is brought while they run, and whole when they have ended", async () => {
    const tasks = await openTasks();
    const step = await start(DEVICES);
    const task = (name: string, id: number) => {
      return { kind: "task", id, line: id + 1, repeatIndex: -1, command: tasks.line(name) } as const;
    };
    const setting = { env: { OWN: "mine" }, isHeard: true };
    step.say({
      type: "assign",
      assignments: ["a", "b", "c"].map((name, id) => ({ task: { ...task(name, id), setting }, attempt: 1 })),
    });
    const started = await Promise.all(["a", "b", "c"].map((name) => tasks.started(name)));
    const heard = (id: number): string =>
      step.heard
        .flatMap((message) => (message.type === "printed" && message.taskId === id ? message.data : []))
        .map((data) => Buffer.from(data, "base64").toString("latin1"))
        .join("");
    for (const [i, one] of started.entries()) await one.run(`printf "$OWN $CUDA_VISIBLE_DEVICES ${i}|"`);
    for (const id of [0, 1, 2]) {
      await until(
        () => /^mine [456] \d\|$/.test(heard(id)),
        () => `what task ${id} has printed, not ${heard(id)}`,
      );
    }
    for (const one of started) await one.run("head -c 100000 /dev/zero").then(() => one.exit(0));
    const ends = (): number =>
      step.heard.filter((message) => message.type === "printed" && message.end === "well").length;
    await until(
      () => ends() === 3,
      () => `the ends of what three have printed, not ${ends()}`,
    );
    expect([0, 1, 2].map((id) => heard(id).length)).toEqual([100_009, 100_009, 100_009]);
    expect(step.results(false)).toEqual([]);
    for (const taskId of [0, 1, 2]) {
      step.say({ type: "printed-taken", taskId, attempt: 1, received: 100_009, safe: 100_009, closed: true });
    }
    await until(
      () => step.results(false).length === 3,
      () => "three results",
    );
    step.say({ type: "dismiss" });
    expect(await step.allEnded()).toEqual([0, 1, 2].map(() => [0, null]));
  });

  test("a task that needs several slots has the processors of all of them, and the others wait", async () => {
    const tasks = await openTasks();
    const cpu = (slot: number): string => String(slot % availableParallelism());
    const step = await start([0, 1].map((slot) => ({ cpus: cpu(slot), env: { SCRATCH: `/${slot}` } })));
    step.assign([tasks.line("large")], 0, "cores=2");
    step.assign([tasks.line("small")], 1);
    const large = await tasks.started("large");
    await large.run("echo $PPID $DISBATCH_CORES_PER_TASK $(sed -n 's/^Cpus_allowed_list:\\s*//p' /proc/self/status)");
    expect(tasks.hasStarted("small")).toBe(false);
    await large.exit(0);
    await (await tasks.started("small")).exit(0);
    await until(
      () => step.results(false).length === 2,
      () => "both results",
    );
    const all = availableParallelism() > 1 ? "0-1" : "0";
    const [first] = step.results(false);
    expect(first?.output.snippet).toBe(`${step.process(first?.slot ?? -1).pid} 2 ${all}\n`);
    step.say({ type: "dismiss" });
    await step.allEnded();
  });

  test("tasks that need less than a slot run beside each other in its process, and end or are stopped each for itself", async () => {
    const tasks = await openTasks();
    const step = await start([0, 1].map((slot) => ({ env: { SCRATCH: `/${slot}` } })));
    const names = ["a", "b", "c", "d"];
    step.assign(
      names.map((name) => tasks.line(name)),
      0,
      "cores=0.5",
    );
    const running = await Promise.all(names.map((name) => tasks.started(name)));
    const ranks = running.map(({ variables }) => Number(variables["DISBATCH_CYLINDER_RANK"]));
    expect(ranks.toSorted((one, other) => one - other)).toEqual([0, 1, 2, 3]);
    for (const task of running) await task.run("echo $PPID $SCRATCH");
    step.say({ type: "stop-task", taskId: 3, attempt: 1, grace: 10 });
    await running[3]?.ended;
    for (const task of running.slice(0, 3)) await task.exit(0);
    await until(
      () => step.results(false).length === 4,
      () => "all results",
    );
    const said = step.results(false).map(({ output }) => output.snippet);
    expect(said).toEqual([0, 0, 1, 1].map((slot) => `${step.process(slot).pid} /${slot}\n`));
    expect(step.results(false).map(({ ending }) => returnCodeOf(ending))).toEqual([0, 0, 0, -15]);
    expect(step.results(false).map(({ slot }) => slot)).toEqual(ranks);
    step.say({ type: "dismiss" });
    await step.allEnded();
  });

  test("tasks are ended at their limits in whichever process they run", async () => {
    const tasks = await openTasks();
    const step = await start(DEVICES);
    step.assign(
      ["a", "b"].map((name) => tasks.line(name)),
      0,
      "timeout=6",
    );
    step.assign([tasks.line("c")], 2, "memory=60M");
    const [a, , c] = await Promise.all(["a", "b", "c"].map((name) => tasks.started(name)));
    await a?.run("(setsid sleep 1000 3>&- &)");
    await c?.run("(x=$(head -c 67108864 /dev/zero | tr '\\0' x); exec 3>&-; sleep 1000; :) &");
    await until(
      () => step.results(false).length === 3,
      () => "all results",
    );
    expect(step.results(false).map(({ ending }) => returnCodeOf(ending))).toEqual([124, 124, 137]);
    expect(
      step
        .results(false)
        .map(({ slot }) => slot)
        .toSorted((one, other) => one - other),
    ).toEqual([0, 1, 2]);
    expect(step.results(false)[2]?.usage?.peak).toBeGreaterThan(60_000_000);
    step.say({ type: "dismiss" });
    await step.allEnded();
  });

  test("slot processes whose share is the engine's own are let go", async () => {
    const step = await start(EQUAL);
    expect(await Promise.all([1, 2].map((slot) => step.process(slot).ended))).toEqual([0, 1].map(() => [0, null]));
    step.assign(["echo $PPID", "echo $PPID", "echo $PPID", "echo $PPID"]);
    await until(
      () => step.results(false).length === 4,
      () => "all results",
    );
    expect(new Set(step.results(false).map(({ output }) => output.snippet))).toEqual(
      new Set([`${step.process(0).pid}\n`]),
    );
    step.say({ type: "dismiss" });
    expect(await step.process(0).ended).toEqual([0, null]);
  });

  test("values that Slurm has not dealt out are dealt out over the slots, also to their processes", async () => {
    const tasks = await openTasks();
    const shares = DEVICES.map(({ env }) => ({ env: { ...env, SCRATCH: "/a,/b,/c" } }));
    const step = await start(shares, {
      coresPerSlot: 3,
      terms: { resources: ["SCRATCH", "CUDA_VISIBLE_DEVICES"], threadEnv: true },
    });
    step.assign(["a", "b", "c"].map((name) => tasks.line(name)));
    for (const name of ["a", "b", "c"]) {
      const task = await tasks.started(name);
      await task.run("echo $DISBATCH_CYLINDER_RANK $SCRATCH $CUDA_VISIBLE_DEVICES $OMP_NUM_THREADS");
    }
    step.say({ type: "terminate", grace: 10 });
    await step.allEnded();
    expect(
      step
        .results(true)
        .map(({ output }) => output.snippet)
        .toSorted(),
    ).toEqual(["0 /a 4 3\n", "1 /b 5 3\n", "2 /c 6 3\n"]);
  });

  test("that a task runs is said of all slots, with its start there", async () => {
    const tasks = await openTasks();
    const step = await start(DEVICES);
    step.assign(["a", "b", "c"].map((name) => tasks.line(name)));
    const running = await Promise.all(["a", "b", "c"].map((name) => tasks.started(name)));
    await until(
      () => step.started.length === 3,
      () => `three tasks that run, and not ${JSON.stringify(step.started)}`,
    );
    for (const task of running) await task.exit(0);
    await until(
      () => step.results(false).length === 3,
      () => "all results",
    );
    expect(step.started.toSorted((one, other) => one.taskId - other.taskId)).toEqual(
      step.results(false).map(({ taskId, attempt, slot, start: begun }) => ({ taskId, attempt, slot, start: begun })),
    );
  });

  test("a slot process that dies takes its engine with it, and all tasks, of which no outcome is told", async () => {
    const step = await start(DEVICES);
    step.assign(["exec sleep 1000", "exec env -i sleep 1000", "exec env -i sleep 1000", "echo never"]);
    const pids = await tasksOf(step, 3);
    signal(step.process(2).pid, "SIGKILL");
    expect(await step.process(0).ended).toEqual([3, null]);
    expect(step.process(0).errors()).toContain("the process of slot 2 has died");
    expect(await step.process(1).ended).toEqual([0, null]);
    // What was killed is gone when the system has got to it.
    await until(
      () => living(pids).length === 0,
      () => `the end of ${living(pids).join(" ")}`,
    );
    expect(step.heard.map(({ type }) => type)).toEqual(["hello", "ready"]);
  });

  test("an engine that is killed leaves no slot process and no task, also of those that have cleared their environment", async () => {
    const step = await start(DEVICES);
    step.assign(["exec sleep 1000", "exec env -i sleep 1000", "trap '' TERM; exec env -i sleep 1000"]);
    const pids = await tasksOf(step, 3);
    signal(step.process(0).pid, "SIGKILL");
    await step.allEnded();
    await until(
      () => living(pids).length === 0,
      () => `the end of ${living(pids).join(" ")}`,
    );
    expect(step.results(false)).toEqual([]);
  });

  test("slot processes leave it to their engine what signals mean", async () => {
    const tasks = await openTasks();
    const step = await start(DEVICES);
    step.assign(["a", "b", "c"].map((name) => tasks.line(name)));
    const started = await Promise.all(["a", "b", "c"].map((name) => tasks.started(name)));
    for (const slot of [1, 2])
      for (const name of ["SIGTERM", "SIGUSR1", "SIGINT", "SIGHUP"] as const) signal(step.process(slot).pid, name);
    signal(step.process(0).pid, "SIGTERM");
    await step.next("draining");
    await Promise.all(started.map((task) => task.exit(0)));
    expect(await step.allEnded()).toEqual([0, 1, 2].map(() => [0, null]));
    expect(step.results(false).map(({ ending }) => returnCodeOf(ending))).toEqual([0, 0, 0]);
  });

  test("a signal to every process of the step, as Slurm sends it, interrupts what does not end well", async () => {
    const tasks = await openTasks();
    const step = await start(DEVICES, { sharedSignals: true });
    step.assign(["a", "b", "c"].map((name) => tasks.line(name)));
    const started = await Promise.all(["a", "b", "c"].map((name) => tasks.started(name)));
    const [a, , c] = started;
    await c?.run("trap 'echo heard' USR1");
    // The engine hears of ends and of its own signal together, however late this process gets to send that.
    signal(step.process(0).pid, "SIGSTOP");
    for (const { pid } of started) signal(pid, "SIGUSR1");
    await a?.ended;
    for (const slot of [2, 1, 0]) signal(step.process(slot).pid, "SIGUSR1");
    signal(step.process(0).pid, "SIGCONT");
    await until(
      () => step.heard.some(({ type }) => type === "draining"),
      () => "the engine's word that it drains",
    );
    await new Promise((resolve) => setTimeout(resolve, WINDOW_MS + 50));
    await c?.exit(0);
    expect(await step.allEnded()).toEqual([0, 1, 2].map(() => [0, null]));
    expect(step.results(true).map(({ taskId, ending }) => [taskId, returnCodeOf(ending)])).toEqual([
      [0, -10],
      [1, -10],
    ]);
    expect(step.results(false).map(({ taskId, ending }) => [taskId, returnCodeOf(ending)])).toEqual([[2, 0]]);
  });

  test("a slot process that was frozen hears how long its task may run before it ends it", async () => {
    const tasks = await openTasks();
    const step = await start(DEVICES, { terms: { lease: LEASE } });
    step.assign(["a", "b", "c"].map((name) => tasks.line(name)));
    const started = await Promise.all(["a", "b", "c"].map((name) => tasks.started(name)));
    const frozen = [1, 2].map((slot) => step.process(slot).pid);
    for (const pid of frozen) signal(pid, "SIGSTOP");
    const thaw = bootSeconds() + LEASE + 3;
    await until(
      () => bootSeconds() > thaw,
      () => "the thaw",
    );
    for (const pid of frozen) signal(pid, "SIGCONT");
    const looked = bootSeconds() + 1.2;
    await until(
      () => bootSeconds() > looked,
      () => "two looks",
    );
    await Promise.all(started.map((task) => task.exit(4)));
    await until(
      () => step.results(false).length === 3,
      () => "three results",
    );
    expect(step.results(false).map(({ ending }) => returnCodeOf(ending))).toEqual([4, 4, 4]);
    step.say({ type: "dismiss" });
    expect(await step.allEnded()).toEqual([0, 1, 2].map(() => [0, null]));
  });

  test("what runs in slot processes is ended with the lease, and reported as that", async () => {
    const step = await start(DEVICES, { terms: { lease: LEASE } });
    step.assign(["exec sleep 1000", "exec sleep 1000", "exec env -i sleep 1000"]);
    const pids = await tasksOf(step, 3);
    step.fallSilent();
    expect(await step.allEnded()).toEqual([0, 1, 2].map(() => [0, null]));
    // What was killed is gone when the system has got to it.
    await until(
      () => living(pids).length === 0,
      () => `the end of ${living(pids).join(" ")}`,
    );
    expect(step.results(false)).toEqual([]);
  });
});

/** Waits until so many tasks sleep. @returns their processes. */
async function tasksOf(step: SrunStep, count: number): Promise<number[]> {
  let pids: number[] = [];
  await until(
    () => {
      const parents = [0, 1, 2].map((slot) => step.process(slot).pid);
      pids = parents.flatMap((parent) => childrenOf(parent)).filter((pid) => isSleep(pid));
      return pids.length >= count;
    },
    () => `${count} tasks, not ${pids.length}`,
  );
  return pids;
}

function isSleep(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8") === "sleep\n";
  } catch {
    return false;
  }
}
