import { expect, test } from "vitest";
import { linesOf, readSession } from "../../docs/page/session.ts";

test("a session is commands, each with the output below it", () => {
  expect(readSession("$ a\none\n\n$ b\n$ c\n> two", 10, "x.md:9")).toEqual([
    { line: 10, command: "a", outputLine: 11, expected: ["one", ""] },
    { line: 13, command: "b", outputLine: 14, expected: [] },
    { line: 14, command: "c\ntwo", outputLine: 16, expected: [] },
  ]);
});

test("lines of a command and of its here-document are continued, also by blank ones", () => {
  expect(readSession("$ cat > Tasks <<END\n> a\n>\n> END\n> x", 1, "")).toEqual([
    { line: 1, command: "cat > Tasks <<END\na\n\nEND\nx", outputLine: 6, expected: [] },
  ]);
  expect(readSession("$ cat\nout\n> out, too", 1, "")).toEqual([
    { line: 1, command: "cat", outputLine: 2, expected: ["out", "> out, too"] },
  ]);
});

test("output before the first command is refused", () => {
  expect(() => readSession("out\n$ a", 1, "x.md:3")).toThrow("x.md:3: a session begins with a command");
});

test("what bash says of a program's lines is what it says to who has typed them", () => {
  const written = [
    "bash: line 7: nosuch: command not found",
    "bash: line 1: 16324 Killed                  sleep 5",
    "bash: line 3: 7 Segmentation fault      (core dumped) ./a",
    "last",
  ];
  expect(linesOf(`${written.join("\n")}\n`)).toEqual([
    "bash: nosuch: command not found",
    "Killed",
    "Segmentation fault",
    "last",
  ]);
  expect(linesOf("")).toEqual([]);
  expect(linesOf("\n\na")).toEqual(["", "", "a"]);
});
