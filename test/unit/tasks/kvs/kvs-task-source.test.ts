import { describe, expect, test } from "vitest";
import type { StreamItem, Task } from "../../../../src/domain/task.ts";
import { Deliveries } from "../../../../src/tasks/kvs/deliveries.ts";
import { IdRanges } from "../../../../src/tasks/kvs/id-ranges.ts";
import { type FeedOptions, KvsTaskSource } from "../../../../src/tasks/kvs/kvs-task-source.ts";
import type { SignIn } from "../../../../src/tasks/kvs/sign-in.ts";
import { OpenList } from "../../../../src/tasks/sources/open-list.ts";
import { MemoryValues } from "../../../support/memory-values.ts";

const SIGN_IN = { name: "testing", doneTask: "testing done!", resultKey: "testing result", taskKey: "testing task" };

function signIn(values: MemoryValues): void {
  values.putText("task source name", SIGN_IN.name);
  values.putText("task source done task", SIGN_IN.doneTask);
  values.putText("task source result key", SIGN_IN.resultKey);
  values.putText("task source task key", SIGN_IN.taskKey);
}

/** A source that takes what programs put, and what it has said. */
function fedSource(options: Partial<FeedOptions> = {}, kept = "") {
  const values = new MemoryValues();
  const list = new OpenList({ name: "STREAM", lenient: false, onWarning: () => undefined });
  list.replay(Buffer.from(kept), false);
  const source = new KvsTaskSource(list);
  const signIns: SignIn[] = [];
  const warnings: string[] = [];
  const failures: Error[] = [];
  const deliveries = new Deliveries(new IdRanges(), () => undefined);
  const fed = source.feed(values, {
    signIn: undefined,
    onSignIn: (one) => void signIns.push(one),
    repeated: [],
    keptIn: "run_tasks.txt",
    deliveries,
    failed: (error) => void failures.push(error),
    lost: (reason) => void warnings.push(reason),
    warn: (message) => void warnings.push(message),
    ...options,
  });
  return { values, source, signIns, warnings, failures, deliveries, fed };
}

function commands(items: readonly StreamItem[]): string[] {
  return items.map((item) => (item.kind === "task" ? item.command : item.kind));
}

function outcomeOf({ id }: Task, code: number) {
  const leak = { bytes: 3, snippet: "é\udcff" };
  const where = { node: "here", engine: 0, slot: 0, pid: 4711 };
  return {
    ...where,
    taskId: id,
    attempt: 1,
    ending: { type: "exited", code } as const,
    start: 100.25,
    finish: 101.5,
    output: leak,
    error: { bytes: 0, snippet: "" },
  };
}

describe("a source of tasks that programs put on a key-value server", () => {
  test("hands out each line when it has come, several of one value too, until the line that means no more", async () => {
    const { values, source, signIns, fed } = fedSource();
    signIn(values);
    values.putText("testing task", "echo one");
    expect(commands(await source.next(10))).toEqual(["echo one"]);
    expect(signIns).toEqual([SIGN_IN]);
    const next = source.next(10);
    values.putText("testing task", "# nothing\n#DISBATCH PREFIX time \n");
    values.putText("testing task", "two\nthree\n#DISBATCH BARRIER\n");
    expect(commands(await next)).toEqual(["time two", "time three", "barrier"]);
    values.putText("testing task", "testing done!\n");
    await fed;
    expect(await source.next(10)).toEqual([]);
    expect([source.isEnded, source.total]).toEqual([true, 3]);
  });

  test("puts what came of tasks under their keys, also what came before the program had signed in", async () => {
    const { values, source, deliveries } = fedSource({}, "run one\n");
    const [one] = await source.next(1);
    if (one?.kind !== "task") throw new Error("no task");
    source.settled(one, outcomeOf(one, 3));
    signIn(values);
    const id = Buffer.from((await values.get("testing result done tasks")).bytes).toString();
    expect(id).toBe("0");
    const { encoding, bytes } = await values.get(`testing result ${id}`);
    expect(encoding).toBe("JSON");
    expect(Object.entries(JSON.parse(Buffer.from(bytes).toString()))).toEqual([
      ["Flags", "RO  "],
      ["TaskId", 0],
      ["TaskStreamIndex", 1],
      ["TaskRepIndex", -1],
      ["Host", "here"],
      ["PID", 4711],
      ["ReturnCode", 3],
      ["Elapsed", 1.25],
      ["Start", 100.25],
      ["End", 101.5],
      ["OutBytes", 3],
      ["OutData", "é\ufffd"],
      ["ErrBytes", 0],
      ["ErrData", ""],
      ["TaskCmd", "run one"],
    ]);
    expect([deliveries.has(0), deliveries.open]).toEqual([true, 0]);
    await source.close();
  });

  test("does not put again what has arrived already", async () => {
    const deliveries = new Deliveries(new IdRanges([[0, 0]]), () => undefined);
    const { values, source } = fedSource({ signIn: SIGN_IN, deliveries }, "one\ntwo\n");
    for (const item of await source.next(2)) if (item.kind === "task") source.settled(item, outcomeOf(item, 0));
    expect(values.texts("testing result done tasks")).toEqual(["1"]);
    await source.close();
  });

  test("tells of the place of a directive that means nothing, and takes nothing more", async () => {
    const { values, source, failures, fed } = fedSource();
    signIn(values);
    values.putText("testing task", "one");
    values.putText("testing task", "#DISBATCH BARIER");
    values.putText("testing task", "two");
    await fed;
    expect(commands(await source.next(10))).toEqual(["one"]);
    expect(failures).toEqual([
      expect.objectContaining({
        code: "task-file-refused",
        exitCode: 2,
        message: expect.stringContaining("testing:2:11: error: "),
      }),
    ]);
    expect(values.texts("testing task")).toEqual(["two"]);
    await source.close();
  });

  test("refuses Python pickles, and says what to put instead", async () => {
    const { values, failures, fed } = fedSource();
    signIn(values);
    values.put("testing task", { encoding: "PYPK", bytes: Buffer.from("\u0080\u0004") });
    await fed;
    expect(failures).toEqual([expect.objectContaining({ code: "value-is-pickle" })]);
  });

  test("takes no line twice that a program gives again which was started again", async () => {
    const { values, source, fed, warnings } = fedSource({ repeated: ["one", "two"] }, "one\ntwo\n");
    signIn(values);
    for (const line of ["one", "two\nthree"]) values.putText("testing task", line);
    values.putText("testing task", "testing done!");
    await fed;
    expect(commands(await source.next(10))).toEqual(["one", "two", "three"]);
    expect(await source.next(10)).toEqual([]);
    expect(warnings).toEqual([]);
  });

  test("runs what was kept when the program gives fewer lines again, and says so", async () => {
    const { values, source, fed, warnings } = fedSource({ repeated: ["one", "two"] }, "one\ntwo\n");
    signIn(values);
    values.putText("testing task", "testing done!");
    await fed;
    expect(commands(await source.next(10))).toEqual(["one", "two"]);
    expect(warnings).toEqual([expect.stringContaining("testing has ended before")]);
  });

  test("ends its waiting when it is closed, and when the server is gone", async () => {
    const waiting = fedSource();
    await waiting.source.close();
    await waiting.fed;
    expect(waiting.source.hasSignedIn).toBe(false);
    const left = fedSource();
    signIn(left.values);
    left.values.leave("connection refused");
    await left.fed;
    expect([left.source.isEnded, left.warnings]).toEqual([false, ["the server is gone"]]);
    await left.source.close();
  });
});

describe("what has arrived at a key-value server", () => {
  test("is known only when the server has answered", async () => {
    const values = new MemoryValues();
    const told: number[] = [];
    const deliveries = new Deliveries(new IdRanges(), () => void told.push(deliveries.open));
    let arrive = (): void => undefined;
    values.arrival = new Promise((resolve) => (arrive = resolve));
    deliveries.sent(values, 5);
    deliveries.sent(values, 6);
    expect([deliveries.has(5), deliveries.open]).toEqual([false, 2]);
    arrive();
    await new Promise((resolve) => setImmediate(resolve));
    expect([deliveries.has(5), deliveries.has(6), deliveries.open]).toEqual([true, true, 0]);
    expect(told).toEqual([1, 0]);
  });

  test("is not known any more when the server is gone", async () => {
    const values = new MemoryValues();
    values.arrival = Promise.reject(new Error("gone"));
    const deliveries = new Deliveries(new IdRanges(), () => undefined);
    deliveries.sent(values, 0);
    await new Promise((resolve) => setImmediate(resolve));
    deliveries.sent(values, 1);
    await new Promise((resolve) => setImmediate(resolve));
    expect([deliveries.has(0), deliveries.open]).toEqual([false, 2]);
  });
});
