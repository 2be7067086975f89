import { expect, test } from "vitest";
import { PlainText } from "../../../../src/faces/monitor/plain.ts";
import { NOW, PretendedRun } from "../../../support/pretended-run.ts";

// Times of day are shown as they are here.
process.env["TZ"] = "UTC";

const LOST = { state: "lost", since: NOW, why: "connection refused", hasDied: true } as const;

test("a kind of failure has the time of its first one", () => {
  const { view, link } = new PretendedRun();
  const lines = new PlainText("").lines(view, link, NOW);
  expect(lines[0]).toBe(
    "11:00:17 a new kind of failure: exit 137, Killed: out of memory allocating # bytes (task 17 on node03)",
  );
});

test("a driver that has died is told with the command that goes on, and nothing as if it lived", () => {
  const { view, link } = new PretendedRun();
  const text = new PlainText("disbatch --recover /home/you/run");
  text.lines(view, link, NOW);
  const lines = text.lines(view, LOST, NOW + 60);
  expect(lines).toEqual([
    "12:13:04 the driver has died",
    "12:13:04 to go on: disbatch --recover /home/you/run",
    "12:13:04 Tasks_042: last heard of after 1:12:04, 3,061 of 5,000 done, 61 failed in 4 kinds, 24 ran",
  ]);
  expect(text.lines(view, LOST, NOW + 120)).toEqual([]);
  expect(text.lines(view, { state: "live" }, NOW + 130)[0]).toContain("the run answers again");
});

test("records that tell of no task are told with the time of now", () => {
  const { view } = new PretendedRun();
  const lines = new PlainText("").lines(
    { ...view, phase: "ended", ended: 0, started: 0, kinds: [] },
    { state: "over" },
    NOW,
  );
  expect(lines.every((line) => line.startsWith("12:12:04"))).toBe(true);
});

test("of a workflow each task has a line whose instances have gone on", () => {
  const run = new PretendedRun();
  const text = new PlainText("");
  const fetch = { name: "fetch", counts: { done: 1, running: 2 }, isGrowing: true };
  const report = { name: "report", counts: { waiting: 1 }, isGrowing: false };
  run.become({ templates: { list: [fetch, report], more: 0 } });
  expect(text.lines(run.view, run.link, NOW).slice(-2)).toEqual([
    "12:12:04   fetch: 2 running, 1 done; more may come",
    "12:12:04   report: 1 waiting",
  ]);
  run.become({ now: NOW + 60, templates: { list: [{ ...fetch, counts: { done: 3 } }, report], more: 0 } });
  const later = text.lines(run.view, run.link, NOW + 60);
  expect(later.filter((line) => /fetch|report/.test(line))).toEqual(["12:13:04   fetch: 3 done; more may come"]);
});

test("of a workflow of very many tasks as many have a line as one reads", () => {
  const run = new PretendedRun();
  const list = Array.from({ length: 200 }, (_, i) => ({ name: `t${i}`, counts: { running: 1 }, isGrowing: false }));
  run.become({ templates: { list, more: 0 } });
  const lines = new PlainText("").lines(run.view, run.link, NOW);
  expect([lines.filter((line) => line.includes("1 running")).length, lines.at(-1)]).toEqual([
    20,
    "12:12:04   and 180 more tasks went on",
  ]);
});
