import { appendFileSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { archiveOf, digestOf, textsIn } from "../../../../src/workflows/history/archive.ts";
import { HistoryFile } from "../../../../src/workflows/history/history-file.ts";
import { type History, readHistory } from "../../../../src/workflows/history/history.ts";
import type { HistoryRecord, RunRecord } from "../../../../src/workflows/history/record.ts";
import { userErrorOf } from "../../../support/user-error.ts";
import { scratchFile } from "../../records/ledger/scratch.ts";

const archive = archiveOf("/home/x/weather.yaml", new Map([["/home/x/weather.yaml", "name: weather\n"]]));
const document: HistoryRecord = { type: "document", digest: digestOf(archive), archive };

function run(number: number): RunRecord {
  const which = { run: number, time: 5, document: digestOf(archive), file: "/home/x/weather.yaml", folder: "/home/x" };
  const wanted = { params: { n: "3" }, goals: [], from: [], only: false, isPart: false, maxInstances: 10 };
  return { type: "run", ...which, ...wanted, firstId: 0, idsEnd: 4, statusFrom: 0 };
}

async function written(path: string, records: readonly HistoryRecord[]): Promise<void> {
  const file = HistoryFile.open(path);
  for (const record of records) file.append(record);
  await file.close();
}

function read(path: string): History {
  const history = readHistory(path, ({ message }) => expect.unreachable(message));
  if (history === undefined) throw new Error("there is no such file");
  return history;
}

test("what is written comes back: runs with what their generators made, and marks behind the run that they follow", async () => {
  const path = scratchFile("w_workflow.jsonl");
  const values: HistoryRecord = { type: "values", by: "days", attempt: 1, values: ["a", "b\u2028"], offset: 9 };
  const tasks: HistoryRecord = { type: "tasks", by: "more", attempt: 2, text: '{"x": {"run": "true"}}\n' };
  const mark: HistoryRecord = { type: "mark", time: 7, done: true, instances: ["fetch[day=1]"] };
  await written(path, [document, run(1), values, tasks, mark]);
  await written(path, [run(2)]);
  const { runs, documents } = read(path);
  expect(runs.map(({ run: number }) => number)).toEqual([1, 2]);
  expect(runs[0]).toEqual({ ...run(1), growth: [values, tasks], marks: [mark] });
  expect(runs[1]).toEqual({ ...run(2), growth: [], marks: [] });
  expect(documents.get(digestOf(archive))).toEqual(archive);
});

test("no line is long, whatever a document or a generator holds, and all of it comes back", async () => {
  const path = scratchFile("w_workflow.jsonl");
  const noise = Array.from({ length: 60_000 }, (_, i) => String(Math.sin(i))).join("\n");
  const large = archiveOf("/home/x/weather.yaml", new Map([["/home/x/weather.yaml", noise]]));
  const record = { ...run(1), document: digestOf(large) };
  const tasks: HistoryRecord = { type: "tasks", by: "more", attempt: 1, text: noise };
  await written(path, [{ type: "document", digest: digestOf(large), archive: large }, record, tasks]);
  const lines = readFileSync(path, "utf8").split("\n");
  expect(lines.length).toBeGreaterThan(8);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(66_000);
  const { runs, documents } = read(path);
  expect(documents.get(digestOf(large))).toEqual(large);
  expect(runs[0]?.growth).toEqual([tasks]);
});

test("a torn end counts for nothing, and whoever goes on drops it", async () => {
  const path = scratchFile("w_workflow.jsonl");
  await written(path, [document, run(1)]);
  const whole = readFileSync(path, "utf8");
  for (const cut of [1, 5, 40]) {
    writeFileSync(path, `${whole}${JSON.stringify(run(2)).slice(0, -cut)}`);
    expect(read(path).runs).toHaveLength(1);
    await written(path, [run(2)]);
    expect(read(path).runs.map(({ run: number }) => number)).toEqual([1, 2]);
  }
});

test("a record whose last parts are missing counts for nothing", async () => {
  const path = scratchFile("w_workflow.jsonl");
  const text = Array.from({ length: 60_000 }, (_, i) => String(Math.cos(i))).join("\n");
  await written(path, [document, run(1), { type: "tasks", by: "more", attempt: 1, text }]);
  const lines = readFileSync(path, "utf8").split("\n");
  writeFileSync(path, `${lines.slice(0, 5).join("\n")}\n`);
  await written(path, [run(2)]);
  expect(read(path).runs.map(({ growth }) => growth)).toEqual([[], []]);
});

test("lines of something else are told once, and the rest counts", async () => {
  const path = scratchFile("w_workflow.jsonl");
  await written(path, [document, run(1)]);
  appendFileSync(path, "nonsense\n{}\n");
  await written(path, [run(2)]);
  const warnings: string[] = [];
  const history = readHistory(path, ({ code, place }) => void warnings.push(`${code} ${place.line}`));
  expect(warnings).toEqual(["foreign-history-line 4"]);
  expect(history?.runs).toHaveLength(2);
});

test("another file, or one of a later version, is refused; where there is none there is no history", () => {
  const path = scratchFile("w_workflow.jsonl");
  const never = (): void => expect.unreachable();
  expect(readHistory(path, never)).toBeUndefined();
  writeFileSync(path, "something\n");
  expect(userErrorOf(() => readHistory(path, never)).code).toBe("history-unreadable");
  writeFileSync(path, '{"format":"disbatch-workflow","version":2}\n');
  expect(userErrorOf(() => readHistory(path, never)).message).toContain("later version");
});

test("a folder that was moved has the same archive, and its texts are found where it is now", () => {
  const texts = new Map([
    ["/home/x/weather.yaml", "name: weather\n"],
    ["/home/x/lib/clean.yaml", "tasks: {}\n"],
    ["/etc/sites.txt", "a\n"],
  ]);
  const moved = new Map([...texts].map(([path, text]) => [path.replace("/home/x", "/srv/y"), text]));
  const here = archiveOf("/home/x/weather.yaml", texts);
  expect(digestOf(archiveOf("/srv/y/weather.yaml", moved))).toBe(digestOf(here));
  expect(textsIn(here, "/srv/y")).toEqual(moved);
  expect(digestOf(archiveOf("/home/x/weather.yaml", new Map([["/home/x/weather.yaml", ""]])))).not.toBe(digestOf(here));
});

test("nobody else can read the file: the document may be one that they may not read", async () => {
  const path = scratchFile("w_workflow.jsonl");
  await written(path, [document, run(1)]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});
