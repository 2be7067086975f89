import { describe, expect, it, test } from "vitest";
import { UserError } from "../../../../src/domain/errors.ts";
import type { TimelineDocument } from "../../../../src/records/pictures/documents.ts";
import type { TaskList } from "../../../../src/web/api/answers.ts";
import { appOf, ask, busyRun, problemOf, TestRun } from "./web-runs.ts";
import { joined, START, started } from "../../faces/terminal/events.ts";

const OUTPUT = "/api/v1/runs/Tasks-1/tasks/1/output";
const JSON_TYPE = { "Content-Type": "application/json" };

describe("output of a task", () => {
  it.each([
    [undefined, 200, "0123456789", null],
    ["bytes=2-4", 206, "234", "bytes 2-4/10"],
    ["bytes=-3", 206, "789", "bytes 7-9/10"],
    ["bytes=8-", 206, "89", "bytes 8-9/10"],
    ["bytes=0-1,4-5", 200, "0123456789", null],
  ])("is given as %s asks", async (range, status, text, contentRange) => {
    const headers = range === undefined ? {} : { Range: range };
    const answer = await ask(appOf([busyRun()]), `${OUTPUT}/stdout`, { headers });
    expect([answer.status, await answer.text(), answer.headers.get("Content-Range")]).toEqual([
      status,
      text,
      contentRange,
    ]);
    expect(answer.headers.get("Content-Length")).toBe(String(text.length));
    expect(answer.headers.get("X-Content-Type-Options")).toBe("nosniff");
  });

  it("of which the beginning is not kept is counted from what is", async () => {
    const answer = await ask(appOf([busyRun()]), `${OUTPUT}/stderr`, { headers: { Range: "bytes=0-3" } });
    expect([await answer.text(), answer.headers.get("Disbatch-Missing")]).toEqual(["abc\n", "1000"]);
  });

  it("that is long is read once, and says which attempt it is of", async () => {
    const run = busyRun();
    let reads = 0;
    const { output } = run;
    run.output = (...asked) => {
      reads++;
      return output(...asked);
    };
    const answer = await ask(appOf([run]), `${OUTPUT}/stderr`);
    expect((await answer.arrayBuffer()).byteLength).toBe(600 * 1024);
    expect([reads, answer.headers.get("Disbatch-Attempt")]).toEqual([1, "1"]);
  });

  it("that is not there any more as a whole is refused, not cut", async () => {
    const run = busyRun();
    const { output } = run;
    run.output = async (...asked) => {
      const part = await output(...asked);
      return part === undefined ? undefined : { kept: part.kept, bytes: part.bytes.subarray(1) };
    };
    const answer = await ask(appOf([run]), `${OUTPUT}/stderr`);
    expect(await problemOf(answer)).toEqual({ status: 404, code: "output-unreadable" });
  });

  it("is refused where nothing of it is kept", async () => {
    const app = appOf([busyRun()]);
    const beyond = await ask(app, `${OUTPUT}/stdout`, { headers: { Range: "bytes=10-" } });
    expect([beyond.headers.get("Content-Range"), await problemOf(beyond)]).toEqual([
      "bytes */10",
      { status: 416, code: "range-not-kept" },
    ]);
    const other = await ask(app, "/api/v1/runs/Tasks-1/tasks/2/output/stdout");
    expect(await problemOf(other)).toEqual({ status: 404, code: "output-unknown" });
  });
});

describe("pictures of a run", () => {
  it("go on with the time while tasks run, though nothing is written", async () => {
    const run = busyRun();
    const { pictured } = run;
    let until = START + 100;
    run.pictured = async () => ({ ...(await pictured()), until });
    const app = appOf([run]);
    const get = async (rest: string): Promise<string> => (await ask(app, `/api/v1/runs/Tasks-1/${rest}`)).text();
    const timeline = async (): Promise<TimelineDocument> => JSON.parse(await get("timeline?px=10"));
    expect((await timeline()).to).toBe(START + 100);
    const slots = await get("series?metric=slots");
    until += 60;
    expect((await timeline()).to).toBe(START + 160);
    expect(await get("series?metric=slots")).not.toBe(slots);
  });
});

test("who makes a report hears that its caller has gone", async () => {
  const run = busyRun();
  const heard: AbortSignal[] = [];
  run.report = (_, signal) => {
    heard.push(signal);
    return new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(new Error("gone"))));
  };
  const caller = new AbortController();
  const answer = ask(appOf([run]), "/api/v1/runs/Tasks-1/report", { signal: caller.signal });
  caller.abort();
  await answer;
  expect(heard.map(({ aborted }) => aborted)).toEqual([true]);
});

describe("pages of tasks", () => {
  it("come one after the other, filtered before they are cut, with the total of all", async () => {
    const app = appOf([busyRun()]);
    const ids: number[] = [];
    let cursor: string | undefined;
    do {
      const more = cursor === undefined ? "" : `&cursor=${cursor}`;
      const list: TaskList = JSON.parse(
        await (await ask(app, `/api/v1/runs/Tasks-1/tasks?state=succeeded,failed&limit=3${more}`)).text(),
      );
      expect([list.total, list.truncated]).toEqual([10, true]);
      ids.push(...list.tasks.map(({ id }) => id));
      ({ cursor } = list);
    } while (cursor !== undefined);
    expect(ids).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it.each([["nonsense"], ["WyJpZCIsMCw5OSwyMDBd."], ["WzFd"]])("are refused with the cursor %s", async (cursor) => {
    const answer = await ask(appOf([busyRun()]), `/api/v1/runs/Tasks-1/tasks?sort=newest&cursor=${cursor}`);
    expect(await problemOf(answer)).toEqual({ status: 400, code: "cursor-unknown" });
  });
});

describe("stops", () => {
  const stop = (run: TestRun, init: RequestInit, control = true): Promise<Response> =>
    ask(appOf([run], { control }), "/api/v1/runs/Tasks-1/stops", { method: "POST", headers: JSON_TYPE, ...init });

  it.each([
    ["not JSON", { body: "what=run" }, 400, "body-invalid"],
    ["nothing", {}, 400, "body-invalid"],
    ["what there is not", { body: '{"what":"world"}' }, 400, "body-invalid"],
    ["more than is asked for", { body: '{"what":"run","force":true}' }, 400, "body-invalid"],
    ["a task that can be none", { body: '{"what":"task","id":-1}' }, 400, "body-invalid"],
    [
      "a form",
      { body: "what=run", headers: { "Content-Type": "application/x-www-form-urlencoded" } },
      415,
      "body-of-other-type",
    ],
    ["text", { body: '{"what":"run"}', headers: { "Content-Type": "text/plain" } }, 415, "body-of-other-type"],
    ["very much", { body: `{"what":"run"${" ".repeat(70_000)}}` }, 413, "body-too-long"],
  ])("are refused where they say %s", async (_, init, status, code) => {
    const run = busyRun();
    expect([await problemOf(await stop(run, init)), run.stops]).toEqual([{ status, code }, []]);
  });

  it.each([
    ["", "it has to be an object of JSON"],
    ["null", "it has to be an object of JSON"],
    ['{"what":"task"}', "id is missing"],
    ['{"what":"task","id":"1"}', "id has to be a number"],
    ['{"what":"task","id":1.5}', "id has to be a whole number"],
    ['{"what":"run","force":true}', "force is nothing that can be said here"],
  ])("say which rule a body breaks: %s", async (body, rule) => {
    const answer = await stop(busyRun(), { body });
    expect(await answer.json()).toMatchObject({ detail: `the body is not what is asked for here: ${rule}` });
  });

  it("are refused by a server that only shows runs", async () => {
    const run = busyRun();
    const answer = await stop(run, { body: '{"what":"run"}' }, false);
    expect([await problemOf(answer), run.stops]).toEqual([{ status: 403, code: "control-off" }, []]);
  });

  it.each([
    [new UserError("run-ended", "the run has ended"), { status: 409, code: "run-ended" }],
    [new UserError("connection-lost", "nobody answers"), { status: 503, code: "connection-lost" }],
    [new TypeError("a bug"), { status: 500, code: "internal-error" }],
  ])("say why the run has refused: %s", async (refusal, problem) => {
    const run = busyRun();
    run.refusal = refusal;
    const answer = await stop(run, { body: '{"what":"run"}' });
    expect((await answer.clone().text()).includes("    at ")).toBe(false);
    expect(await problemOf(answer)).toEqual(problem);
  });
});

describe("what else may be wrong", () => {
  it.each([
    ["/api/v1/runs/Tasks-1/series", "parameter-invalid"],
    ["/api/v1/runs/Tasks-1/series?metric=outcomes&from=5&to=4", "parameter-invalid"],
    ["/api/v1/runs/Tasks-1/series?metric=outcomes&points=2001", "parameter-invalid"],
    ["/api/v1/runs/Tasks-1/timeline?px=0", "parameter-invalid"],
    ["/api/v1/runs/Tasks-1/timeline/task?at=1&engine=0", "parameter-invalid"],
    ["/api/v1/runs/Tasks-1/tasks?limit=501", "parameter-invalid"],
    ["/api/v1/runs/Tasks-1/graph", "no-graph"],
    ["/api/v1/runs/%00", "run-unknown"],
    ["/api/v1/runs/..%2f..%2fetc", "run-unknown"],
    ["/api/v1/runs/%zz", "run-unknown"],
    ["/api/v1/runs/__proto__", "run-unknown"],
  ])("%s is refused as %s", async (path, code) => {
    expect((await problemOf(await ask(appOf([busyRun()]), path))).code).toBe(code);
  });

  it("a run in which nothing has happened has all its answers", async () => {
    const run = new TestRun();
    run.tell(started(), joined(0, 1));
    const app = appOf([run]);
    for (const rest of ["", "/tasks", "/failures", "/histograms", "/timeline", "/series?metric=slots", "/engines"]) {
      const { status } = await ask(app, `/api/v1/runs/Tasks-1${rest}`);
      expect([rest, status]).toEqual([rest, 200]);
    }
  });

  it("bugs are told of, and what somebody asks in vain is not", async () => {
    const [one, bugs] = [busyRun(), [] as unknown[]];
    const bug = new TypeError("a bug");
    one.pictured = () => Promise.reject(bug);
    one.report = () => Promise.reject(new UserError("no-status-file", "it is none"));
    const app = appOf([one], { failed: (error) => bugs.push(error) });
    for (const rest of ["/report", "/tasks/999", "/nowhere", "/timeline?px=0"]) {
      expect((await ask(app, `/api/v1/runs/Tasks-1${rest}`)).status).not.toBe(500);
    }
    expect(bugs).toEqual([]);
    expect((await ask(app, "/api/v1/runs/Tasks-1/timeline")).status).toBe(500);
    expect(bugs).toEqual([bug]);
    await ask(app, "/api/v1/runs/Tasks-1/timeline", { signal: AbortSignal.abort() });
    expect(bugs).toEqual([bug]);
  });

  it("readers of events are told of as they come and go, by themselves or at the end", async () => {
    const run = busyRun();
    const heard: string[] = [];
    const app = appOf([run], { readers: { came: () => heard.push("came"), went: () => heard.push("went") } });
    const open = (): Promise<Response> => ask(app, "/api/v1/runs/Tasks-1/events");
    const [one, other] = [await open(), await open()];
    await ask(app, "/api/v1/runs/Tasks-1/events", { method: "HEAD" });
    expect(heard).toEqual(["came", "came"]);
    await one.body?.cancel();
    expect(heard).toEqual(["came", "came", "went"]);
    run.link = { state: "over" };
    run.changed();
    await other.text();
    expect(heard).toEqual(["came", "came", "went", "went"]);
  });

  it("the 65th reader of events is told when to come back", async () => {
    const [one, other] = [busyRun("one"), busyRun("other")];
    const app = appOf([one, other]);
    const open = (at: number): Promise<Response> => ask(app, `/api/v1/runs/${at % 2 === 0 ? "one" : "other"}/events`);
    const readers = await Promise.all(Array.from({ length: 64 }, (_, at) => open(at)));
    expect((await ask(app, "/api/v1/runs/one/events", { method: "HEAD" })).status).toBe(200);
    const refused = await open(0);
    expect([refused.headers.get("Retry-After"), await problemOf(refused)]).toEqual([
      "10",
      { status: 503, code: "too-many-readers" },
    ]);
    await readers[0]?.body?.cancel();
    const next = await open(0);
    expect(next.status).toBe(200);
    for (const { body } of [...readers.slice(1), next]) await body?.cancel();
  });
});

it("a run whose records cannot be read tells where it stands all the same", async () => {
  const run = busyRun();
  run.pictured = () => Promise.reject(new Error("no such file"));
  const answer = await ask(appOf([run]), `/api/v1/runs/${run.id}`);
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({ view: { tasks: { succeeded: 7 } }, reconstructed: false });
});
