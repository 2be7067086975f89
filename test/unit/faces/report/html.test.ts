import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { reportHtml, reportPictures } from "../../../../src/faces/report/html/page.ts";
import { makeReport } from "../../../../src/faces/report/make-report.ts";
import { slotTimes } from "../../../../src/faces/report/time-use.ts";
import type { NextStep } from "../../../../src/faces/report/report.ts";
import type { StatusRecord } from "../../../../src/records/statusfile/record.ts";
import { opened, type WrittenRecords } from "../../records/outcomes/opened.ts";
import { anyRecord, statusFile } from "../../records/statusfile/records.ts";

/** Bytes that the file has at most, whatever the number of tasks. */
const MOST_BYTES = 600_000;

/** What somebody would see who looks at the page: its text without markup. */
function shown(html: string): string {
  return html.replaceAll(/<style>[\s\S]*?<\/style>/g, "").replaceAll(/<[^>]*>/g, " ");
}

function htmlOf(files: readonly WrittenRecords[], next: readonly NextStep[] = []): string {
  const outcomes = opened(...files);
  const times = slotTimes(outcomes.table, outcomes.files);
  const report = makeReport(outcomes, () => ({ name: "run", state: "ended", reason: "done", next }), undefined, times);
  return reportHtml(report, reportPictures(outcomes, times), { version: "9.9.9", now: 1_700_000_000 });
}

function task(id: number, more: Partial<StatusRecord> = {}): Partial<StatusRecord> {
  const start = 1_700_000_000 + Math.floor(id / 4);
  return { id, line: id + 1, node: `n${id % 4}`, start, finish: start + 0.5, command: "true", ...more };
}

describe("the report as a page", () => {
  test("tells the verdict, the command that goes on, and every picture with its table", () => {
    const tasks = Array.from({ length: 200 }, (_, id) =>
      task(id, id % 10 === 0 ? { returnCode: 1, error: { bytes: 9, snippet: `no file ${id}` } } : {}),
    );
    const command = "disbatch -r 'my run' -R Tasks";
    const html = htmlOf([{ status: statusFile(...tasks) }], [{ purpose: "to run the failed ones again", command }]);
    expect(html).toContain("to run the failed ones again:<code>disbatch -r &#39;my run&#39; -R Tasks</code>");
    const titles = [...html.matchAll(/<h[23]>([^<]*)/g)].map(([, title]) => title);
    expect(titles).toEqual([
      ...["Outcomes over time", "Slots over time", "Time and slots", "Slots without a task"],
      ...["Failures by kind and node", "Kinds by node", "Nodes against the fleet", "Durations", "Slowest 20 tasks"],
      "Made from",
    ]);
    expect(html.match(/role=img/g)).toHaveLength(5);
    expect(html.match(/as a table/g)).toHaveLength(3);
    expect(shown(html)).toContain("200 tasks done, 20 failed");
    expect(shown(html)).toContain("no file #");
  });

  test("shows the command that goes on whole, or says where it is", () => {
    const step = (command: string): string => htmlOf([], [{ purpose: "to go on", command }]);
    const long = `disbatch each ${"n".repeat(50_000)}`;
    expect(step(long)).toContain(`<code>${long}</code>`);
    expect(step(long.repeat(2))).not.toContain("nnn");
    expect(shown(step(long.repeat(2)))).toContain("to go on: the command is too long for this page");
  });

  test("has scales of whole numbers", () => {
    const scaleOf = (slots: number): string | undefined => {
      const tasks = Array.from({ length: slots }, (_, id) => task(id, { start: 1_700_000_000, finish: 1_700_000_060 }));
      return /<div class=scale[^>]*>(.*?)<\/div>/.exec(htmlOf([{ status: statusFile(...tasks) }]))?.[1];
    };
    expect(scaleOf(4)).toBe("<span>4</span><span>2</span><span>0</span>");
    expect(scaleOf(3)).toBe("<span>3</span><span></span><span>0</span>");
  });

  test("loads nothing and runs nothing", () => {
    const html = htmlOf([{ status: statusFile(task(0), task(1), task(2, { returnCode: 1 })) }]);
    expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"`);
    expect(html).not.toMatch(/<script|<link|<img|<iframe|\bsrc=|\bhref=|url\(|@import|\bon[a-z]+=/i);
  });

  test("shows what tasks have written, and does nothing that it says", () => {
    const hostile = `<script>alert(1)</script>"'&\u001b]0;title\u0007\u202Etxt.exe`;
    const bad = { node: `<b>"n'`, returnCode: 1, command: hostile, error: { bytes: 40, snippet: hostile } };
    const tasks = Array.from({ length: 12 }, (_, id) => task(id, id % 2 === 0 ? bad : {}));
    const html = htmlOf([{ status: statusFile(...tasks) }], [{ purpose: hostile, command: hostile }]);
    expect(html).not.toContain("<script");
    expect(html).not.toContain("<b>\"n'");
    expect(html).toContain("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;\\e]0;title\\x07\\u202etxt.exe");
    // oxlint-disable-next-line no-control-regex
    expect(html).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
  });

  test("is whole and small, whatever the records say", () => {
    fc.assert(
      fc.property(fc.array(anyRecord, { maxLength: 40 }), fc.boolean(), (records, isWorkflow) => {
        const html = htmlOf([{ status: statusFile(...records), isWorkflow }]);
        expect(Buffer.byteLength(html)).toBeLessThan(MOST_BYTES);
        expect(html).not.toMatch(/NaN|Infinity|undefined/);
        expect(html.endsWith("</body></html>\n")).toBe(true);
        // oxlint-disable-next-line no-control-regex
        expect(html).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
      }),
      { numRuns: 60 },
    );
  });

  test("stays below its size with 1,000 nodes, 256 kinds and the longest texts", () => {
    const tasks = Array.from({ length: 8000 }, (_, id) => {
      const text = `${"<&\"'>\u001b".repeat(6)}${String.fromCharCode(97 + (id % 26), 97 + (Math.floor(id / 26) % 26))}`;
      return task(id, {
        ...{ node: `${"<".repeat(50)}n${id % 1000}`, command: "<\u001b&>".repeat(2000), returnCode: 1 + (id % 200) },
        ...{ error: { bytes: 40, snippet: text }, finish: 1_700_003_000 + id },
      });
    });
    const html = htmlOf([{ status: statusFile(...tasks) }], [{ purpose: "to go on", command: "<".repeat(100_000) }]);
    expect(Buffer.byteLength(html)).toBeLessThan(MOST_BYTES);
    expect(shown(html)).toContain("and 800 more nodes");
  });

  test("of a run without a task says so", () => {
    const html = htmlOf([{ status: "" }]);
    expect(shown(html)).toContain("0 tasks done");
    expect(html).not.toContain("<svg");
  });
});
