import * as fc from "fast-check";
import { expect, test } from "vitest";
import { frame } from "../../../../src/faces/monitor/frame.ts";
import { columnsOf } from "../../../../src/faces/terminal/text.ts";
import { lineColumns, textOf } from "../../../../src/faces/monitor/line.ts";
import { press } from "../../../../src/faces/monitor/press.ts";
import type { TaskRow } from "../../../../src/domain/watch.ts";
import { cellsOf, clean } from "../../../../src/faces/monitor/width.ts";
import { PretendedRun, taskOf, MIXED } from "../../../support/pretended-run.ts";
import { opened, pressed, typed } from "./opened.ts";

/** What a terminal would act on, or would show in another order than it is written. */
const ACTED_ON = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u;

/** Text as tasks may write it: anything, and often what terminals act on, wide characters and marks. */
const taskText = fc
  .array(
    fc.oneof(
      fc.string({ unit: "binary", maxLength: 10 }),
      fc.constantFrom(
        "\u001b[2J",
        "\u001b]0;title\u0007",
        "\u009b31m",
        "\u202e",
        "\u200f",
        "\ud800",
        "\udc80",
        "e\u0301\u0302",
        "名前",
        "한글",
        "👍🏽",
        "\t",
        "\n",
        "x".repeat(300),
      ),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(""));

const KEYS = [
  ...typed("123456qjkdugGeEClrx/:h? <>sny"),
  "enter",
  "escape",
  "tab",
  "pagedown",
  "pageup",
  "end",
  "backspace",
];

/** A run whose texts are these. */
class WritingRun extends PretendedRun {
  constructor(text: string) {
    super();
    const [engine, ...engines] = this.view.engines;
    const [kind, ...kinds] = this.view.kinds;
    if (engine === undefined || kind === undefined) throw new Error("nothing to write to");
    this.become({
      ...{ jobId: text, host: text, engines: [{ ...engine, node: text, context: text, reason: text }, ...engines] },
      kinds: [{ ...kind, text, node: text }, ...kinds],
      stalls: [{ why: "unreachable", nodes: [text, text], reason: text }],
    });
    const written = { bytes: text.length, snippet: text };
    const of = (row: TaskRow): TaskRow => ({ ...row, node: text, command: text, output: written, error: written });
    this.tasks = (query) =>
      Promise.resolve({ rows: Array.from({ length: query.limit }, (_, id) => of(taskOf(id, MIXED))) });
    this.task = (id) =>
      Promise.resolve({ row: of(taskOf(id, MIXED)), attempts: [{ attempt: 1, engine: 0, node: text, end: "lost" }] });
  }
}

test("whatever is shown on whatever terminal, lines fit and hold nothing that a terminal acts on", async () => {
  await fc.assert(
    fc.asyncProperty(
      taskText,
      fc.integer({ min: 20, max: 250 }),
      fc.integer({ min: 3, max: 80 }),
      fc.array(fc.constantFrom(...KEYS), { maxLength: 6 }),
      fc.boolean(),
      fc.boolean(),
      async (text, columns, rows, keys, hasEnded, isKept) => {
        const run = new WritingRun(text);
        if (hasEnded) run.become({ phase: "ended", reason: "stopped", ended: run.view.now }, { state: "over" });
        const state = await pressed(
          { ...opened(run), log: [text, text], commands: { rerun: text, recover: text, explain: text } },
          run,
          keys,
          [columns, rows],
          isKept ? { stdout: { bytes: text.length, text }, stderr: { bytes: text.length + 9, text } } : {},
        );
        const lines = frame(state, columns, rows);
        expect(lines.length).toBeLessThanOrEqual(rows);
        for (const line of lines) {
          expect(lineColumns(line)).toBeLessThanOrEqual(columns);
          expect(textOf(line)).not.toMatch(ACTED_ON);
        }
      },
    ),
    { numRuns: 300 },
  );
});

test("any keys one after another leave a screen that can be drawn", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...KEYS), { maxLength: 40 }), (keys) => {
      const state = keys.reduce((now, key) => press(now, key).state, opened());
      expect(frame(state, 80, 24)).toHaveLength(24);
    }),
  );
});

test("a text takes as many cells as columns", () => {
  fc.assert(
    fc.property(taskText, (text) => {
      const shown = clean(text, 500);
      expect(cellsOf(shown).reduce((sum, { columns }) => sum + columns, 0)).toBe(columnsOf(shown));
    }),
  );
});
