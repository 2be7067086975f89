import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LOG_LEVELS } from "../../../../src/domain/log.ts";
import { formatLogRecord } from "../../../../src/faces/log/log-format.ts";

const TEXT_LINE = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d\.\d{3}) ([A-Z]+) (.*)\n$/;
/** What a terminal may act on, but for the end of the line. */
const ACTED_ON = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u;

const anyText = fc.string({ unit: "binary", maxLength: 60 });
const anyRecord = fc.record({
  level: fc.constantFrom(...LOG_LEVELS),
  time: fc.integer({ min: 0, max: 4_000_000_000_000 }).map((ms) => ms / 1000),
  text: anyText,
});

describe("formatLogRecord", () => {
  it("writes text with the time of this machine, to the millisecond", () => {
    const line = formatLogRecord({ level: "WARNING", time: 1_700_000_000.25, text: "odd" }, "text");
    const [, date, clock, level, text] = TEXT_LINE.exec(line) ?? [];
    expect([level, text]).toEqual(["WARNING", "odd"]);
    expect(new Date(`${date}T${clock}`).getTime()).toBe(1_700_000_000_250);
  });

  it("writes JSON with level, time and text in this order", () => {
    const line = formatLogRecord({ level: "INFO", time: 1_700_000_000.25, text: 'say "hi"' }, "json");
    expect(line).toBe('{"level":"INFO","time":"2023-11-14T22:13:20.250Z","msg":"say \\"hi\\""}\n');
  });

  it("shows in text what a terminal would act on", () => {
    const line = formatLogRecord({ level: "INFO", time: 0, text: "a\u001b[31m\nb\u009bc\u202ed\udcff" }, "text");
    expect(line).toMatch(/ INFO a\\e\[31m\\nb\\x9bc\\u202ed\\xff\n$/);
  });

  it("keeps any record on one line that no terminal acts on", () => {
    fc.assert(
      fc.property(anyRecord, fc.constantFrom("text" as const, "json" as const), (record, format) => {
        const line = formatLogRecord(record, format);
        expect(line.endsWith("\n")).toBe(true);
        expect(line.slice(0, -1)).not.toMatch(ACTED_ON);
      }),
    );
  });

  it("writes JSON that says the same again", () => {
    fc.assert(
      fc.property(anyRecord, (record) => {
        const { level, time, msg } = JSON.parse(formatLogRecord(record, "json"));
        expect({ level, time: Date.parse(time), text: msg }).toEqual({
          ...record,
          time: Math.trunc(record.time * 1000),
        });
      }),
    );
  });
});
