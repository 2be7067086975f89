import { openSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { exited } from "../../../../src/domain/ending.ts";
import type { RunEvent } from "../../../../src/domain/events.ts";
import type { LogLevel } from "../../../../src/domain/log.ts";
import { LogFile } from "../../../../src/faces/log/log-file.ts";
import { logLine } from "../../../../src/faces/log/log-lines.ts";
import { Log, RunLog } from "../../../../src/faces/log/log.ts";
import { scratchFolder } from "../../node/process/scratch.ts";
import {
  assigned,
  ended,
  finished,
  interrupted,
  joined,
  resultOf,
  runs,
  skipped,
  START,
  started,
  task,
} from "../terminal/events.ts";

const EVENTS: readonly RunEvent[] = [
  started(2),
  joined(0, 2),
  { type: "engine-ready", time: START, engine: 0 },
  assigned(0),
  finished(0, { ending: exited(3) }),
  { type: "warning", time: START + 0.25, message: "odd" },
  { type: "engine-lost", time: START, engine: 0, reason: "silent", crashed: true },
  ended(1),
];

describe("RunLog", () => {
  async function logged(logLevel: LogLevel, events: readonly RunEvent[] = EVENTS): Promise<string[]> {
    const file = join(scratchFolder(), "run_driver.log");
    const failures: Error[] = [];
    const to = new LogFile(openSync(file, "a"), (error) => failures.push(error));
    const log = new RunLog(new Log(to, { logLevel, logFormat: "json" }));
    for (const event of events) log.observe(event);
    await log.close();
    expect(failures).toEqual([]);
    return readFileSync(file, "utf8").split("\n").slice(0, -1);
  }

  it("writes one line for each event, with level, time and text in this order", async () => {
    expect(await logged("INFO")).toEqual([
      '{"level":"INFO","time":"2023-11-14T22:13:20.000Z","msg":"run job started: Tasks, 2 tasks"}',
      '{"level":"INFO","time":"2023-11-14T22:13:20.000Z","msg":"engine 0 joined: n0, pid 42, 2 slots, context SSH0"}',
      '{"level":"INFO","time":"2023-11-14T22:13:20.000Z","msg":"engine 0 ready"}',
      '{"level":"WARNING","time":"2023-11-14T22:13:20.250Z","msg":"odd"}',
      '{"level":"ERROR","time":"2023-11-14T22:13:20.000Z","msg":"engine 0 lost: silent"}',
      '{"level":"INFO","time":"2023-11-14T22:13:21.000Z","msg":"run ended: done"}',
    ]);
  });

  it("writes events of tasks at DEBUG only", async () => {
    const lines = await logged("DEBUG");
    expect(lines).toHaveLength(EVENTS.length);
    expect(lines[4]).toContain('"msg":"task 0 (line 1) finished: exit 3, n1 slot 0 pid 1000, 1.000 s"');
  });

  it("does not even look at a task when its level is not wanted", async () => {
    const untouchable: RunEvent = {
      type: "task-assigned",
      get time(): number {
        throw new Error("looked at");
      },
      task: task(0),
      attempt: 1,
      crashes: 0,
      engine: 0,
    };
    expect(await logged("INFO", [untouchable])).toEqual([]);
    await expect(logged("DEBUG", [untouchable])).rejects.toThrow("looked at");
  });

  it("leaves out what is less severe than the user wants", async () => {
    expect(await logged("WARNING")).toHaveLength(2);
    expect(await logged("CRITICAL")).toEqual([]);
  });

  it("has everything in the file when it is closed, however much there is", async () => {
    const events = Array.from({ length: 20_000 }, (_, id) => finished(id));
    const lines = await logged("DEBUG", events);
    expect(lines).toHaveLength(20_000);
    expect(lines.at(-1)).toContain("task 19999 ");
  });
});

describe("logLine", () => {
  const command = { kind: "per-engine", when: "stop", id: 1, line: 2, command: "true" } as const;
  const barrier = { kind: "barrier", id: 3, line: 4, check: true, text: "#DISBATCH BARRIER CHECK" } as const;

  it.each<[RunEvent, LogLevel, string]>([
    [started(), "INFO", "run job started: Tasks, number of tasks not known"],
    [{ type: "engine-left", time: START, engine: 1 }, "INFO", "engine 1 left"],
    [{ type: "run-recovered", time: START, host: "head", pid: 42 }, "INFO", "run recovered by process 42 on head"],
    [
      { type: "engine-silent", time: START, engine: 1, reason: "its connection is lost" },
      "WARNING",
      "engine 1 out of touch: its connection is lost",
    ],
    [{ type: "engine-back", time: START, engine: 1 }, "INFO", "engine 1 back"],
    [
      { type: "engine-restarting", time: START, node: "n7", label: "SSH0", restart: 2, delay: 5 },
      "INFO",
      "engine on n7 (context SSH0) is started again in 5 s, restart 2 there",
    ],
    [
      { type: "task-superseded", time: START, result: resultOf(4) },
      "WARNING",
      "task 4, attempt 1, too late: exit 0, n1 slot 0 pid 1004, 1.000 s",
    ],
    [{ type: "engine-failed", time: START, node: "n7", reason: "refused" }, "ERROR", "no engine on n7: refused"],
    [assigned(4), "DEBUG", "task 4 (line 5) assigned to engine 0, attempt 1"],
    [runs(4, { slot: 1 }), "DEBUG", "task 4 (line 5) runs on engine 0, slot 1, attempt 1"],
    [{ type: "task-returned", time: START, taskId: 4, engine: 0 }, "DEBUG", "task 4 returned by engine 0, not started"],
    [interrupted(4), "DEBUG", "task 4 (line 5) interrupted: SIGTERM, n1 slot 0 pid 1004, 1.000 s"],
    [skipped(4), "DEBUG", "task 4 (line 5) skipped: done in an earlier run"],
    [
      { type: "per-engine-finished", time: START, command, result: resultOf(1, { slot: -1, ending: exited(1) }) },
      "WARNING",
      "per-engine stop command 1 (line 2): exit 1, n1 slot -1 pid 1001, 1.000 s",
    ],
    [
      { type: "barrier-passed", time: START + 2, barrier, since: START, failed: true },
      "INFO",
      "check barrier 3 (line 4) failed after 2.000 s",
    ],
    [{ type: "run-draining", time: START, reason: "interrupted" }, "INFO", "draining: interrupted"],
    [{ type: "run-terminating", time: START, reason: "terminated" }, "INFO", "terminating: terminated"],
  ])("says of %o", (event, level, text) => {
    expect(logLine(event)).toEqual({ level, text });
  });
});
