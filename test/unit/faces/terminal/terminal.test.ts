import { describe, expect, it } from "vitest";

import { Terminal } from "../../../../src/faces/terminal/terminal.ts";
import { FakeOutput } from "./fakes.ts";

describe("Terminal", () => {
  it("redraws its line in place and erases what is left of a longer one", () => {
    const output = new FakeOutput(80);
    const terminal = new Terminal(output);
    terminal.showLine("10 done");
    terminal.showLine("9");
    expect(output.text).toBe("\r10 done\u001b[K\r9\u001b[K");
  });

  it("writes nothing when the line has not changed", () => {
    const output = new FakeOutput(80);
    const terminal = new Terminal(output);
    terminal.showLine("same");
    terminal.showLine("same");
    expect(output.writes).toHaveLength(1);
  });

  it("clears the line before a message and shows it again below, in one write", () => {
    const output = new FakeOutput(80);
    const terminal = new Terminal(output);
    terminal.showLine("1 done");
    output.take();
    terminal.message("disbatch: warning: careful");
    expect(output.writes).toEqual(["\r\u001b[Kdisbatch: warning: careful\n1 done"]);
  });

  it("prints a message without any control sequence when no line is shown", () => {
    const output = new FakeOutput();
    const terminal = new Terminal(output);
    terminal.message("hello");
    terminal.clearLine();
    expect(output.text).toBe("hello\n");
  });

  it("shows no line after it was cleared, not even with a message", () => {
    const output = new FakeOutput(80);
    const terminal = new Terminal(output);
    terminal.showLine("1 done");
    terminal.clearLine();
    output.take();
    terminal.message("end");
    expect(output.text).toBe("end\n");
  });

  it("reads the width each time, keeps room for ^C and the last column free, and takes 80 columns when none are known", () => {
    const output = new FakeOutput(40);
    const terminal = new Terminal(output);
    expect(terminal.width).toBe(37);
    output.columns = 200;
    expect(terminal.width).toBe(197);
    output.columns = 0;
    expect(terminal.width).toBe(77);
    output.columns = undefined;
    expect(terminal.width).toBe(77);
  });

  it("prints nothing of a message that a terminal would act on, and leaves its lines", () => {
    const output = new FakeOutput(80);
    new Terminal(output).message("Tasks\u001b[2J\r:1\n  b\u009b1m");
    expect(output.text).toBe("Tasks\\e[2J\\r:1\n  b\\x9b1m\n");
  });
});
