import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { exited } from "../../../src/domain/ending.ts";
import type { RunEvent } from "../../../src/domain/events.ts";
import type { TaskResult } from "../../../src/domain/result.ts";
import type { Task, TaskSetting } from "../../../src/domain/task.ts";
import { parseRecord } from "../../../src/records/statusfile/parse.ts";
import { beginRunOf, OwnSource, taskOf } from "./source-run.ts";

/** Runs tasks to their ends. @returns what came of each, by its id. */
async function runAll(...tasks: readonly Task[]) {
  const { run, events, folder } = await beginRunOf(new OwnSource(tasks));
  await run.outcome;
  return { results: resultsIn(events), folder, files: run.files };
}

function resultsIn(events: readonly RunEvent[]): ReadonlyMap<number, TaskResult> {
  return new Map(
    events.flatMap((event) => (event.type === "task-finished" ? [[event.task.id, event.result] as const] : [])),
  );
}

function withSetting(id: number, command: string, setting: Partial<TaskSetting>): Task {
  return taskOf(id, command, { setting: { env: {}, ...setting } });
}

describe("a task with a setting of its own", () => {
  test("has its variables, which count more than those of the run, and not beyond its end", async () => {
    const show = 'printf %s "$DISBATCH_JOBID|$GREETING|$DISBATCH_TASKID"';
    const { results } = await runAll(
      withSetting(0, show, { env: { GREETING: "it's me\n", DISBATCH_JOBID: "mine", DISBATCH_TASKID: "17" } }),
      taskOf(1, 'printf %s "${GREETING-none}"'),
    );
    // By its id a task's processes are found.
    expect(results.get(0)?.output.snippet).toBe("mine|it's me\n|0");
    expect(results.get(1)?.output.snippet).toBe("none");
  });

  test("works in its folder, by a path from that of the run, or an absolute one", async () => {
    const { results, folder } = await runAll(
      withSetting(0, "mkdir -p down/here; pwd", { workdir: "." }),
      withSetting(1, "pwd", { workdir: "/usr" }),
    );
    expect([results.get(0), results.get(1)].map((result) => result?.output.snippet)).toEqual([`${folder}\n`, "/usr\n"]);
  });

  test("is not started where its folder is missing, which it is told by its name", async () => {
    const { results, folder } = await runAll(
      withSetting(0, "pwd", { workdir: "no/such" }),
      withSetting(1, "", { workdir: "gone", argv: ["./here"] }),
    );
    for (const [id, name] of [
      [0, "no/such"],
      [1, "gone"],
    ] as const) {
      expect(results.get(id)).toMatchObject({
        ending: { type: "not-started", errno: 2 },
        error: { snippet: `disbatch: cannot start the task: the working directory ${folder}/${name} is missing` },
      });
    }
  });

  test("is a program that no shell reads the words of", async () => {
    const { results } = await runAll(
      withSetting(0, "for people", { argv: ["printf", "%s|", "$HOME", "a  b", "*", "", "it's"] }),
      withSetting(1, "for people", { argv: ["/bin/sh", "-c", "echo $0; exit 3"] }),
    );
    expect(results.get(0)).toMatchObject({ ending: exited(0), output: { snippet: "$HOME|a  b|*||it's|" } });
    expect(results.get(1)).toMatchObject({ ending: exited(3), output: { snippet: "/bin/sh\n" } });
  });

  test("finds its program by its own PATH and in its own folder, and exits as a shell would where it cannot", async () => {
    const { folder } = await runAll(taskOf(0, "true"));
    const bin = path.join(folder, "bin");
    mkdirSync(bin);
    for (const [name, mode] of [
      ["mine", 0o755],
      ["text", 0o644],
    ] as const) {
      writeFileSync(path.join(bin, name), "#!/bin/sh\necho mine\n");
      chmodSync(path.join(bin, name), mode);
    }
    const { results } = await runAll(
      withSetting(0, "", { argv: ["mine"], env: { PATH: bin } }),
      withSetting(1, "", { argv: ["./mine"], workdir: bin }),
      withSetting(2, "", { argv: ["no-such"] }),
      withSetting(3, "", { argv: ["./text"], workdir: bin }),
      withSetting(4, "", { argv: ["/usr/bin"] }),
    );
    expect([0, 1].map((id) => results.get(id)?.output.snippet)).toEqual(["mine\n", "mine\n"]);
    expect([2, 3, 4].map((id) => [results.get(id)?.ending, results.get(id)?.error.snippet])).toEqual([
      [exited(127), "disbatch: no-such: not found in PATH\n"],
      [exited(126), "disbatch: ./text: not executable\n"],
      [exited(127), "disbatch: /usr/bin: it is a folder\n"],
    ]);
  });

  test("is known by its name in the records, which have nothing else of it", async () => {
    const secret = "hush-9f2c";
    const setting = { env: { TOKEN: secret }, argv: ["sh", "-c", "echo done; exit 1", secret] };
    const task = taskOf(0, "echo the script", { name: "fetch[day=2031-01-03]", setting });
    const { run, folder } = await beginRunOf(new OwnSource([task]), { output: "all", loglevel: "DEBUG" });
    await run.outcome;
    const record = parseRecord(Buffer.from(readFileSync(run.files.status, "latin1").trimEnd()));
    expect(record).toMatchObject({ command: "fetch[day=2031-01-03]", returnCode: 1, line: 1 });
    expect(readFileSync(run.files.journal, "utf8")).toContain('"cmd":"fetch[day=2031-01-03]"');
    for (const name of readdirSync(folder)) {
      const text = readFileSync(path.join(folder, name), "latin1");
      expect([name, text.includes(secret), text.includes("the script")]).toEqual([name, false, false]);
    }
  });

  test("may have a script of several lines", async () => {
    const { results } = await runAll(withSetting(0, "x=1\nif true; then\n  echo $x\nfi\n", {}));
    expect(results.get(0)?.output.snippet).toBe("1\n");
  });
});
