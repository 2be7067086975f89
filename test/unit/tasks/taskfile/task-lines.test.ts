import { describe, expect, it } from "vitest";

import { encodeText } from "../../../../src/domain/bytes.ts";
import { BINARY_WINDOW, LONGEST_LINE } from "../../../../src/tasks/taskfile/line-reader.ts";
import { TaskFileParser } from "../../../../src/tasks/taskfile/parser.ts";
import { commandsOf, parse, problemsOf } from "./parse.ts";

const LONG_COMMENTS = `${"#".repeat(99)}\n`.repeat(Math.ceil(BINARY_WINDOW / 100));

describe("task lines", () => {
  it("are commands, numbered by the line they stand in", () => {
    expect(parse("echo a\n\n  echo b \n")).toEqual([
      { kind: "command", line: 1, command: "echo a" },
      { kind: "command", line: 3, command: "  echo b " },
    ]);
  });

  it("need no newline at the end of the file", () => {
    expect(commandsOf("a\nb")).toEqual(["a", "b"]);
  });

  it("do not include blank lines and comments, whatever white space they start with", () => {
    expect(commandsOf("\n   \n\t\f\v\n# x\n \t# y\n\v#DISBATCH nonsense\n#Disbatch REPEAT\n")).toEqual([]);
  });

  it("may start with white space of Unicode, which is not blank to bash", () => {
    expect(commandsOf("\u00a0\n\u2028#\n")).toEqual(["\u00a0", "\u2028#"]);
  });

  it("are not continued by a backslash", () => {
    expect(commandsOf("a \\\nb\n")).toEqual(["a \\", "b"]);
  });

  it("may end with CRLF", () => {
    expect(commandsOf("a\r\nb\r\n\r\n")).toEqual(["a", "b"]);
  });

  it("are split by a bare carriage return without counting a line", () => {
    expect(parse("a\rb\r\r#c\rd\ne")).toEqual([
      { kind: "command", line: 1, command: "a" },
      { kind: "command", line: 1, command: "b" },
      { kind: "command", line: 1, command: "d" },
      { kind: "command", line: 2, command: "e" },
    ]);
  });

  it("keep bytes that are not UTF-8", () => {
    const line = Buffer.from([0x65, 0xff, 0xc3, 0xa9, 0xc3]);
    const [command = ""] = commandsOf(Buffer.concat([line, Buffer.from("\nb\n")]));
    expect(encodeText(command)).toEqual(line);
  });

  it("keep a byte order mark that does not begin the file", () => {
    expect(commandsOf("a\n\ufeffecho a\n")).toEqual(["a", "\ufeffecho a"]);
  });

  it("are there as soon as their newline has arrived, and not before", () => {
    const parser = new TaskFileParser({ file: "tasks", lenient: false });
    expect(parser.push(Buffer.from("echo"))).toEqual([]);
    expect(parser.push(Buffer.from(" a\r"))).toEqual([]);
    expect(parser.push(Buffer.from("\necho b"))).toEqual([{ kind: "command", line: 1, command: "echo a" }]);
    expect(parser.end()).toEqual([{ kind: "command", line: 2, command: "echo b" }]);
  });
});

describe("a line that cannot be used", () => {
  it("is one with a NUL byte, and the lines around it are read", () => {
    const content = `${LONG_COMMENTS}a\nb\0\rc\0\nd\n`;
    expect(commandsOf(content)).toEqual(["a", "d"]);
    expect(problemsOf(content, true)).toMatchObject([
      { code: "nul-byte", severity: "error", place: { line: LONG_COMMENTS.length / 100 + 2, column: 2 } },
    ]);
  });

  it("makes the file a binary file when the NUL byte is near its start, and ends the reading", () => {
    const content = `a\nb\0\n${"\0\n".repeat(1000)}c\n`;
    expect(commandsOf(content)).toEqual(["a"]);
    expect(problemsOf(content, true)).toMatchObject([
      { code: "binary-file", severity: "error", place: { file: "tasks", line: 2, column: 2 } },
    ]);
    expect(problemsOf(content)[0]?.message).toBe("looks like a binary file (NUL byte)");
  });

  it("is one longer than 16 MiB, and one of just that length is not", () => {
    const longest = Buffer.alloc(LONGEST_LINE, "x");
    const content = Buffer.concat([longest, Buffer.from("\n"), longest, Buffer.from("x\nb\n")]);
    expect(commandsOf(content).map((command) => command.length)).toEqual([LONGEST_LINE, 1]);
    expect(problemsOf(content)).toMatchObject([{ code: "line-too-long", place: { line: 2, column: 1 } }]);
  });

  it("is told before its newline has come, once, when it is too long", () => {
    const parser = new TaskFileParser({ file: "tasks", lenient: true });
    const chunk = Buffer.alloc(LONGEST_LINE / 4, "x");
    const counts = Array.from({ length: 8 }, () => parser.push(chunk).length);
    expect(counts).toEqual([0, 0, 0, 0, 1, 0, 0, 0]);
    expect(parser.push(Buffer.from("\nb\n"))).toEqual([{ kind: "command", line: 2, command: "b" }]);
  });
});
