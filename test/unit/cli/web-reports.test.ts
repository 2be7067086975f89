import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { WebReports } from "../../../src/cli/web-reports.ts";
import { until } from "../../support/until.ts";
import { scratchFolder } from "../node/process/scratch.ts";

const ANYBODY = new AbortController().signal;
const ABORTED = { status: "rejected", reason: expect.objectContaining({ name: "AbortError" }) };

/** Reports that are not made before somebody lets them: each writes its number of process first. */
function slowReports() {
  const folder = scratchFolder();
  const [begun, gate] = [join(folder, "begun"), join(folder, "gate")];
  execFileSync("mkfifo", [gate]);
  const script = 'echo $$ >> "$1"; exec cat "$2"';
  const command = ["/bin/sh", "-c", script, "disbatch", begun, gate] as const;
  const reports = new WebReports({ command, args: [], version: "1" }, "/work/run");
  onTestFinished(() => reports.close());
  const pids = (): string[] => (existsSync(begun) ? (readFileSync(begun, "utf8").match(/\d+(?=\n)/g) ?? []) : []);
  return {
    reports,
    pids,
    begins: () =>
      until(
        () => pids().length > 0,
        () => "a report that has begun",
      ),
  };
}

function isThere(pid: string | undefined): boolean {
  return existsSync(`/proc/${pid}`);
}

test("a report is ended when nobody waits for it any more, and one that waits for its turn is not begun", async () => {
  const { reports, pids, begins } = slowReports();
  const [one, two] = [new AbortController(), new AbortController()];
  const asked = Promise.allSettled([reports.report("json", one.signal), reports.report("json", two.signal)]);
  await begins();
  two.abort();
  one.abort();
  expect(await asked).toEqual([ABORTED, ABORTED]);
  await until(
    () => !isThere(pids()[0]),
    () => "the end of its process",
  );
  expect(pids().length).toBe(1);
});

test("reports are ended when the run is closed", async () => {
  const { reports, pids, begins } = slowReports();
  const asked = Promise.allSettled([reports.report("json", ANYBODY)]);
  await begins();
  await reports.close();
  expect(await asked).toEqual([ABORTED]);
  await until(
    () => !isThere(pids()[0]),
    () => "the end of its process",
  );
});

test("a report that cannot be made says why, and the next one is made all the same", async () => {
  const script = 'case $5 in json) echo "disbatch: it is torn" >&2; exit 3;; *) echo "$5";; esac';
  const command = ["/bin/sh", "-c", script, "disbatch", "x", "y"] as const;
  const reports = new WebReports({ command, args: [], version: "1" }, "/work/run");
  expect(await Promise.allSettled([reports.report("json", ANYBODY), reports.report("text", ANYBODY)])).toEqual([
    { status: "rejected", reason: expect.objectContaining({ code: "report-failed", message: "disbatch: it is torn" }) },
    { status: "fulfilled", value: "text\n" },
  ]);
});
