import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { exited } from "../../../../src/domain/ending.ts";
import type { RunEvent } from "../../../../src/domain/events.ts";
import { Examples } from "../../../../src/faces/notices/examples.ts";
import type { Occasion } from "../../../../src/faces/notices/mail-plan.ts";
import { type MailText, mailText } from "../../../../src/faces/notices/mail-text.ts";
import type { NotedRun } from "../../../../src/faces/notices/noted-run.ts";
import { assigned, ended, finished, joined, skipped, started } from "../terminal/events.ts";
import { notedRun } from "./noted-runs.ts";

function failing(id: number, code: number, error: string, command: string): RunEvent {
  return finished(id, { ending: exited(code), error: { bytes: error.length, snippet: error } }, command);
}

function mailOf(occasion: Occasion, events: readonly RunEvent[], changes: Partial<NotedRun> = {}): MailText {
  const run = notedRun(events, changes);
  const examples = new Examples(run.counts);
  for (const event of events) examples.observe(event);
  return mailText(run, occasion, examples);
}

const TWO_KINDS = [
  ...[started(10), joined(0, 2), assigned(0), assigned(1), assigned(2), assigned(3), assigned(4)],
  finished(0),
  failing(1, 2, "cannot open '/data/1.h5'\n", "./load 1"),
  failing(2, 2, "cannot open '/data/2.h5'\n", "./load 2"),
  failing(3, 1, "", "false"),
];

describe("a mail", () => {
  test("of a first failure says what failed, how far the run is, and where to look", () => {
    expect(mailOf("first-failure", TWO_KINDS)).toEqual({
      subject: "disbatch: run on login1: the first tasks have failed (3 in 2 kinds)",
      text: `The run run (tasks of Tasks) on login1 goes on.

  10 tasks in all
  1 succeeded
  3 failed
  1 running
  5 waiting
  1:40 since the run began

Failures, in 2 kinds:
  2 tasks: exit 2: cannot open #
      on n1, such as task 1 (line 2)
      ./load 1
  1 task: exit 1
      on n1, such as task 3 (line 4)
      false

status file: /home/you/run_status.txt
journal:     /home/you/run_journal.jsonl
log:         /home/you/run_driver.log

To see how far it is now: /home/you/run_dbUtil.sh --status
To see what a task has done: disbatch explain /home/you/run TASK
`,
    });
  });

  test("of the end says how it ended, and has the command that goes on", () => {
    const { subject, text } = mailOf("end", [...TWO_KINDS, ended(20, "no-engines")]);
    expect(subject).toBe("disbatch: run on login1: ended early, 4 of 10 tasks done, 3 failed in 2 kinds");
    expect(text).toContain("The run run (tasks of Tasks) on login1 ended early: no engine is left to run tasks.");
    expect(text).toContain("  20.0 s since the run began\n");
    expect(text).toContain("To run the failed ones again: cd /home/you && disbatch -r run_status.txt -R Tasks\n");
  });

  test("of an end without failures names no failures", () => {
    const events = [started(2), joined(0, 1), assigned(0), finished(0), skipped(1, 1), ended(3)];
    const { subject, text } = mailOf("end", events, { wayOn: () => undefined });
    expect(subject).toBe("disbatch: run on login1: ended, 2 of 2 tasks done");
    expect(text).toContain("  1 done in an earlier run (1 of them failed)\n");
    expect(text).not.toMatch(/Failures|explain|To run/);
  });

  test.each([
    ["new-kinds", "tasks fail in another way: 3 failed in 2 kinds"],
    ["progress", "4 of 10 tasks done, 3 failed in 2 kinds"],
  ] as const)("of %s has its own subject", (occasion, words) => {
    expect(mailOf(occasion, TWO_KINDS).subject).toBe(`disbatch: run on login1: ${words}`);
  });

  test("names the kinds that matter most, and counts the others", () => {
    const events = Array.from({ length: 30 }, (_, i) => failing(i, i + 1, "", "x"));
    const { text } = mailOf("end", [started(30), ...events, failing(30, 30, "", "y")]);
    expect(text.match(/^ {2}[0-9]+ tasks?: exit /gm)).toHaveLength(20);
    expect(text).toContain("  2 tasks: exit 30\n");
    expect(text).toContain("  and 10 more kinds\n");
  });

  test("has a subject of one line and no byte that a terminal acts on, whatever tasks and names hold", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), fc.string(), (error, name, command) => {
        const events = [started(1), failing(0, 1, `${error}\r\nBcc: x@y\u001b[31m`, `${command}\n\u202E`), ended(1)];
        const files = {
          ...notedRun().files,
          jobId: `${name}\r\nBcc: x@y`,
          prefix: `/a\n${name}`,
          status: `/a\n${name}_s`,
        };
        const { subject, text } = mailOf("end", events, { files, host: `h\r\n${name}`, taskFileName: `${name}\n` });
        expect(subject).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
        expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
        expect(subject.length).toBeLessThanOrEqual(150);
        expect(text).not.toMatch(/^Bcc/m);
      }),
    );
  });
});
