import * as fc from "fast-check";
import { expect, test } from "vitest";
import { returnCodeOf } from "../../../src/records/statusfile/return-code.ts";
import { exited } from "../../../src/domain/ending.ts";
import { entryOf } from "../../../src/records/journal/schema.ts";
import { formatEvent } from "../../../src/records/journal/format.ts";
import { formatRecord } from "../../../src/records/statusfile/format.ts";
import { parseRecord } from "../../../src/records/statusfile/parse.ts";
import { recordOf } from "../../../src/records/statusfile/record-of.ts";
import { parseEngineMessage } from "../../../src/wire/messages.ts";

const TASK = { kind: "task", id: 3, line: 4, repeatIndex: -1, command: "true" } as const;
const DRIVER = { node: "head", pid: 42 };

const number = fc.oneof(
  { weight: 8, arbitrary: fc.nat() },
  { weight: 1, arbitrary: fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.double()) },
  { weight: 1, arbitrary: fc.constantFrom(-1, 1e13, 1e14, 999_999_999_999_999, 1e15, 1e21, 1e300) },
);
const name = fc.oneof(
  fc.stringMatching(/^[a-z0-9.-]{1,20}$/),
  fc.string({ unit: "binary" }),
  fc.constantFrom("\t", "\n"),
);
const ending = fc.oneof(
  number.map((code) => ({ type: "exited", code })),
  number.map((signal) => ({ type: "signalled", signal })),
  number.map((errno) => ({ type: "not-started", errno })),
  fc.constantFrom({ type: "timed-out" }, { type: "given-up" }, {}, null, 0),
);
const leak = fc.record({ bytes: number, snippet: fc.string({ unit: "binary" }) });
const plain = { taskId: 3, attempt: 1, node: "n", engine: 0, slot: 0, pid: 9, ending: exited(0), start: 1, finish: 2 };
const none = { bytes: 0, snippet: "" };

/** Right results with up to four things in them that may be lies. */
const anyResult = fc
  .record(
    {
      node: name,
      slot: number,
      pid: number,
      ending,
      start: number,
      finish: number,
      output: leak,
      error: leak,
    },
    { requiredKeys: [] },
  )
  .map((lies) => ({ ...plain, output: none, error: none, ...lies }));

test("whatever an engine reports, its records are refused with it or can be read again", () => {
  let taken = 0;
  fc.assert(
    fc.property(anyResult, (result) => {
      let message;
      try {
        message = parseEngineMessage(
          JSON.stringify({ type: "results", sequence: 1, results: [result], interrupted: false }),
        );
      } catch {
        return;
      }
      const [reported] = message.type === "results" ? message.results : [];
      if (reported === undefined) return;
      taken++;
      const event = { type: "task-finished", time: 5, task: TASK, result: reported } as const;
      const record = recordOf(event, DRIVER);
      const line = record === undefined ? "" : formatRecord(record);
      const { node, pid } = reported;
      const returnCode = returnCodeOf(reported.ending);
      expect(parseRecord(Buffer.from(line))).toMatchObject({ id: 3, node, pid, returnCode, command: "true" });
      expect(entryOf(JSON.parse(formatEvent(event)))).toMatchObject({ type: "task-finished", result: reported });
    }),
    { numRuns: 5000 },
  );
  expect(taken).toBeGreaterThan(100);
});
