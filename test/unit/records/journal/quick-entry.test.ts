import * as fc from "fast-check";
import { expect, test } from "vitest";
import { formatEvent } from "../../../../src/records/journal/format.ts";
import { quickEntry } from "../../../../src/records/journal/quick-entry.ts";
import { entryOf } from "../../../../src/records/journal/schema.ts";
import { anyHistory } from "../recovery/history.ts";

/** The types of lines that are read quickly. */
const QUICK = /^\{"e":"task-(?:assigned|started|finished)"/;

function quick(line: string | Buffer): unknown {
  const bytes = Buffer.from(`before\n${line.toString("latin1")}\nbehind`, "latin1");
  return quickEntry(bytes, 7, bytes.length - 7);
}

/** What the line is as JSON. */
function slow(line: Buffer): unknown {
  try {
    return entryOf(JSON.parse(line.toString("utf8")));
  } catch {
    return undefined;
  }
}

const utf8 = (text: string): Buffer => Buffer.from(text);

test("lines of the usual types are read as JSON would be, and others are left to it", () => {
  fc.assert(
    fc.property(anyHistory, ({ events }) => {
      for (const line of events.map(formatEvent)) {
        const isQuick = QUICK.test(line) && !line.includes('"died"');
        expect(quick(utf8(line))).toEqual(isQuick ? slow(utf8(line)) : undefined);
      }
    }),
    { numRuns: 30 },
  );
});

const anyNumber = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer({ min: 0, max: 2 ** 53 }).map((n) => n / 10_000_000),
);

test("texts and numbers are those that JSON has, whatever they are", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.string(), anyNumber, fc.integer(), (cmd, node, time, id) => {
      const assigned = { e: "task-assigned", t: time, id, line: 1, rep: -1, try: 1, eng: 0, cmd };
      const result = { id, try: 1, node, eng: 0, slot: 1, pid: 7, code: id, start: time, end: 5 };
      const used = { cpu: time, mem: id };
      const finished = { e: "task-finished", t: 1.5, ...result, ...used, out: [4, cmd], err: [2, node] };
      for (const entry of [assigned, finished]) {
        const line = utf8(JSON.stringify(entry));
        expect(quick(line) ?? slow(line)).toEqual(slow(line));
      }
      const usual = utf8(JSON.stringify({ ...assigned, t: (time % 1e14) + (time < 0 ? -1 : 1) }));
      expect(quick(usual)).toEqual(slow(usual));
    }),
  );
});

const WHOLE =
  '{"e":"task-finished","t":2.5,"id":1,"try":1,"node":"a","eng":0,"slot":0,"pid":7,"code":0,"start":1,"end":2.25,"cpu":1.5,"mem":4096}';

test("a line that is damaged is never taken for another than JSON has it", () => {
  expect(quick(WHOLE)).toEqual(slow(utf8(WHOLE)));
  const line = utf8(WHOLE);
  const change = fc.tuple(
    fc.nat(line.length - 1),
    fc.nat(1),
    fc.constantFrom(...Buffer.from('0-.,"\\e{}\n\t\xff1', "latin1")),
  );
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), fc.nat(line.length), (changes, cut) => {
      const damaged = [...line.subarray(0, cut === 0 ? line.length : cut)];
      for (const [at, removed, byte] of changes) damaged.splice(at, removed, byte);
      const bytes = Buffer.from(damaged);
      expect(quick(bytes) ?? slow(bytes)).toEqual(slow(bytes));
    }),
    { numRuns: 3000 },
  );
});

test.each([
  WHOLE.replace('"id":1', '"id":01'),
  WHOLE.replace('"id":1', '"id":-'),
  WHOLE.replace('"id":1', '"id":1.0'),
  WHOLE.replace('"id":1', '"id":1234567890123456'),
  WHOLE.replace("2.5", "2."),
  WHOLE.replace("2.5", "1e3"),
  WHOLE.replace('"a"', '"\\t"'),
  WHOLE.slice(0, -1),
  `${WHOLE} `,
])("%s is left to JSON", (line) => {
  expect(quick(line)).toBeUndefined();
});
