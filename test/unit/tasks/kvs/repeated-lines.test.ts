import { describe, expect, test } from "vitest";
import { RepeatedLines } from "../../../../src/tasks/kvs/repeated-lines.ts";

describe("lines that a program gives again", () => {
  test("are no new ones, and what comes behind them is", () => {
    const lines = new RepeatedLines(["a", "b", "c"], "testing", "run_tasks.txt");
    expect(lines.withoutThose("a\n")).toBeUndefined();
    expect(lines.left).toBe(2);
    expect(lines.withoutThose("b\nc\nd\ne\n")).toBe("d\ne");
    expect(lines.withoutThose("a\n")).toBe("a\n");
  });

  test("are refused when one differs, with both and the file where the earlier ones stand", () => {
    const lines = new RepeatedLines(["a", "b"], "testing", "run_tasks.txt");
    expect(() => lines.withoutThose("a\nx\u001b")).toThrow(
      expect.objectContaining({
        code: "lines-differ",
        message: expect.stringMatching(/^testing: line 2 .*"x\?".*"b".*run_tasks\.txt/),
      }),
    );
  });
});
