import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { printable } from "../../../../src/domain/printable.ts";
import { GIVEN_UP, TIMED_OUT, exited, signalled } from "../../../../src/domain/ending.ts";
import { formatClock } from "../../../../src/domain/clock-text.ts";
import { columnsOf, formatDuration, formatEnding, formatRate, shorten } from "../../../../src/faces/terminal/text.ts";

describe("printable", () => {
  it("leaves plain text alone, in any script", () => {
    expect(printable("echo 'größe' 数据 🚀")).toBe("echo 'größe' 数据 🚀");
  });

  it("shows what a terminal would act on", () => {
    expect(printable("a\tb\nc\r\u001b[31m\u0007\u009b\u202e")).toBe("a\\tb\\nc\\r\\e[31m\\x07\\x9b\\u202e");
  });

  it("shows a byte that is not valid UTF-8 as the byte it is", () => {
    expect(printable("caf\udce9")).toBe("caf\\xe9");
  });

  it("never lets a control character through", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(printable(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
      }),
    );
  });
});

describe("shorten", () => {
  it("leaves text alone that fits", () => {
    expect(shorten("sleep 10", 8)).toBe("sleep 10");
  });

  it("marks the cut with three dots", () => {
    expect(shorten("sleep 1000", 8)).toBe("sleep...");
  });

  it("counts wide characters as two columns", () => {
    expect(columnsOf("数据🚀")).toBe(6);
    expect(shorten("数据数据数据", 8)).toBe("数据...");
  });

  it("counts combining marks as none", () => {
    expect(columnsOf("e\u0301")).toBe(1);
  });

  it("never takes more columns than it may", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.nat(50), (text, columns) => {
        expect(columnsOf(shorten(text, columns))).toBeLessThanOrEqual(columns);
      }),
    );
  });
});

describe("numbers for people", () => {
  it.each([
    [0.0499, "0.05 s"],
    [0.9999, "1.0 s"],
    [12.44, "12.4 s"],
    [59.96, "1:00"],
    [3600 + 62, "1:01:02"],
    [86_400 + 7200 + 180, "1d 02:03"],
  ])("says %d seconds as %s", (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });

  it.each([
    [0, "0:00"],
    [7.4, "0:07"],
    [-1, "0:00"],
    [3599.6, "1:00:00"],
  ])("shows %d seconds on the clock as %s", (seconds, text) => {
    expect(formatClock(seconds)).toBe(text);
  });

  it.each([
    [21_234.5, "21235/s"],
    [80.64, "80.6/s"],
    [1, "1.0/s"],
    [0.2, "12.0/min"],
    [0.001, "3.6/h"],
  ])("says %d tasks per second as %s", (rate, text) => {
    expect(formatRate(rate)).toBe(text);
  });

  it.each([
    [exited(3), "exit 3"],
    [signalled(9), "SIGKILL"],
    [signalled(15), "SIGTERM"],
    [signalled(77), "signal 77"],
    [{ type: "not-started", errno: 2 } as const, "not started (ENOENT)"],
    [{ type: "not-started", errno: 200 } as const, "not started (error 200)"],
    [TIMED_OUT, "timed out"],
    [GIVEN_UP, "given up"],
  ])("says %j as %s", (ending, text) => {
    expect(formatEnding(ending)).toBe(text);
  });
});
