import path from "node:path";
import { Readable } from "node:stream";
import { expect, onTestFinished, test } from "vitest";
import type { RunEvent } from "../../../src/domain/events.ts";
import type { RunInquiries, TaskRow } from "../../../src/domain/watch.ts";
import { openPastRun } from "../../../src/records/past/past-run.ts";
import { openRun } from "../../../src/run/open-run.ts";
import type { Run } from "../../../src/run/run.ts";
import { DEFAULTS, type RunSettings } from "../../../src/run/settings.ts";
import { until, untilAnswered } from "../../support/until.ts";
import { bundle } from "../../unit/node/process/runtimes.ts";
import { scratchFolder } from "../../unit/node/process/scratch.ts";

const program = {
  command: [process.execPath, bundle(new URL("../../../bin/disbatch.ts", import.meta.url))],
  args: [],
  version: "1.2.3",
} as const;

/** A run of a stream of tasks, which ends when `input` does, and the types of its events. */
async function begun(
  input: Readable,
  settings: Partial<RunSettings> = {},
): Promise<{ readonly run: Run; readonly told: RunEvent["type"][] }> {
  const told: RunEvent["type"][] = [];
  const observe = ({ type }: RunEvent): void => void told.push(type);
  const prefix = path.join(scratchFolder(), "run");
  const options = { ...DEFAULTS, taskFile: "-", prefix, sshNode: ["localhost:2"], ...settings };
  const surroundings = {
    program,
    env: { PATH: process.env["PATH"] },
    observers: () => [{ name: "the test", observe }],
    say: () => undefined,
  };
  return { run: await openRun(options, { ...surroundings, input: () => input }), told };
}

function heard(told: readonly RunEvent["type"][], wanted: RunEvent["type"], times: number): Promise<void> {
  return until(
    () => told.filter((type) => type === wanted).length >= times,
    () => `${times} x ${wanted} among ${told.join(", ")}`,
  );
}

function stream(...tasks: readonly string[]): Readable {
  const input = new Readable({ read: () => undefined });
  input.push(tasks.map((task) => `${task}\n`).join(""));
  return input;
}

async function rowsOf(run: RunInquiries): Promise<readonly TaskRow[]> {
  return (await run.tasks({ limit: 500 })).rows;
}

/** What a row says of its task, but for where and when. */
function brief({ id, state, command, ending, error }: TaskRow): unknown {
  return { id, state, command, ending, wrote: error?.snippet };
}

test("a run is asked about its tasks while it goes on, and by its records when it is over", async () => {
  const { run, told } = await begun(stream("true", "echo no >&2; exit 3", "echo out; sleep 1000"));
  // That tasks run is told by and by, and only of those that still do.
  const rows = await untilAnswered(
    async () => {
      const found = await rowsOf(run.watch);
      return found.map(({ state }) => state).join() === "succeeded,failed,running" ? found : undefined;
    },
    () => `two tasks that have ended and one that runs, after ${told.join(", ")}`,
  );
  expect(rows.map(brief)).toEqual([
    { id: 0, state: "succeeded", command: "true", ending: { type: "exited", code: 0 }, wrote: "" },
    { id: 1, state: "failed", command: "echo no >&2; exit 3", ending: { type: "exited", code: 3 }, wrote: "no\n" },
    { id: 2, state: "running", command: "echo out; sleep 1000", ending: undefined, wrote: undefined },
  ]);
  expect((await run.watch.tasks({ limit: 5, text: "no >&2" })).rows.map(({ id }) => id)).toEqual([1]);
  expect((await run.watch.tasks({ limit: 5, text: "sleep" })).rows.map(({ id }) => id)).toEqual([2]);
  expect((await run.watch.tasks({ limit: 5, kind: 0 })).rows.map(({ id }) => id)).toEqual([1]);
  expect(await run.watch.slots()).toMatchObject([{ rank: 0, tasks: [{ taskId: 2, attempt: 1 }] }]);
  expect(run.watch.view().kinds).toMatchObject([{ id: 0, text: "no", count: 1, example: 1 }]);

  run.terminate("terminated");
  await run.outcome;
  const past = await openPastRun({ status: run.files.status, journal: run.files.journal, jobId: run.files.jobId });
  onTestFinished(() => past.close());
  expect((await rowsOf(past)).slice(0, 2)).toEqual(rows.slice(0, 2));
  expect(await past.task(2)).toMatchObject({
    row: { state: "interrupted", command: "echo out; sleep 1000" },
    attempts: [{ attempt: 1, end: "interrupted" }],
  });
  expect(past.view()).toMatchObject({ phase: "ended", reason: "terminated", tasks: { succeeded: 1, failed: 1 } });
});

test.each(["in the same status file", "in one of its own"])(
  "a run that resumes another, %s, knows its tasks",
  async (where) => {
    const { run: first } = await begun(Readable.from([Buffer.from("true\nfalse\necho three\n")]));
    expect((await first.outcome).counts).toMatchObject({ succeeded: 2, failed: 1 });
    await first.over;
    const own = path.join(scratchFolder(), "second");
    const prefix = where === "in one of its own" ? own : first.files.prefix;
    const input = stream("true", "false", "echo three", "sleep 1000");
    const { run: second, told } = await begun(input, { prefix, resumeFrom: [first.files.status] });
    await heard(told, "task-started", 1);
    const rows = await rowsOf(second.watch);
    const states = rows.map(({ id, state, command, line }) => ({ id, state, command, line }));
    expect(states).toEqual([
      { id: 0, state: "skipped", command: "true", line: 1 },
      { id: 1, state: "skipped", command: "false", line: 2 },
      { id: 2, state: "skipped", command: "echo three", line: 3 },
      { id: 3, state: "running", command: "sleep 1000", line: 4 },
    ]);
    expect((await second.watch.tasks({ limit: 5, text: "echo three" })).rows.map(({ id }) => id)).toEqual([2]);
    second.terminate("terminated");
    await second.outcome;
    const past = await openPastRun({ ...second.files });
    onTestFinished(() => past.close());
    expect((await rowsOf(past)).slice(0, 3)).toEqual(rows.slice(0, 3));
  },
);
