import { execFileSync, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isSameCommand, parseCommand } from "../../../../src/records/statusfile/command.ts";
import { formatRecord } from "../../../../src/records/statusfile/format.ts";
import { parseRecord } from "../../../../src/records/statusfile/parse.ts";
import { HEADER_LINE } from "../../../../src/records/statusfile/record.ts";
import { scratchFile } from "../ledger/scratch.ts";
import { anyCommand, anyRecord, record } from "./records.ts";

/** A line's columns, the way disBatch 3 cuts it. */
function columnsOf(line: string): string[] {
  const columns = line.split("\t");
  return [...columns.slice(0, 14), columns.slice(14).join("\t")];
}

describe("formatting", () => {
  test("a task's line has fifteen columns", () => {
    const changes = { id: 12, line: 34, repeatIndex: 5, command: "echo hi" };
    expect(formatRecord(record(changes))).toBe(
      "    \t12\t34\t5\tn1\t4711\t0\t1.250\t1700000000.250\t1700000001.500\t0\t''\t0\t''\techo hi",
    );
  });

  test("the flags tell failure, leaks and kind", () => {
    const output = { bytes: 1, snippet: "o" };
    const error = { bytes: 2, snippet: "e\n" };
    const flags = (changes: Parameters<typeof record>[0]): string => formatRecord(record(changes)).split("\t")[0] ?? "";
    expect(flags({ returnCode: -9, output, error })).toBe("ROE ");
    expect(flags({ kind: "per-engine", output })).toBe(" O P");
    expect(flags({ kind: "skipped", error })).toBe("  ES");
    expect(flags({ kind: "superseded", returnCode: 1 })).toBe("R  Z");
    expect(flags({ kind: "barrier" })).toBe("B    ");
    expect(flags({ kind: "check-barrier", returnCode: 1 })).toBe("C    ");
  });

  test("leaks are shown as Python shows a text", () => {
    const line = formatRecord(record({ output: { bytes: 9, snippet: "it's\ta\n\ufffd" } }));
    expect(columnsOf(line).slice(10, 14)).toEqual(["9", '"it\'s\\ta\\n\ufffd"', "0", "''"]);
  });

  test("a command may have tabs; one that is not UTF-8 or has line breaks is shown as Python shows bytes", () => {
    const shown = (command: string): string | undefined => columnsOf(formatRecord(record({ command })))[14];
    expect(shown("a\tb é")).toBe("a\tb é");
    expect(shown("a \udcff é")).toBe("b'a \\xff \\xc3\\xa9'");
    expect(shown("a\nb\rc")).toBe("b'a\\nb\\rc'");
  });

  test("the header names the columns", () => {
    expect(columnsOf(HEADER_LINE)).toEqual([
      ..."ROE[ PSZ]|TaskID|LineNum|RepeatIndex|Node|PID|ReturnCode|Elapsed|Start|Finish".split("|"),
      ..."BytesOfLeakedOutput|OutputSnippet|BytesOfLeakedError|ErrorSnippet|Command".split("|"),
    ]);
  });
});

describe("parsing", () => {
  test("reading a formatted record gives it back", () => {
    const barriers = new Set(["barrier", "check-barrier"]);
    fc.assert(
      fc.property(anyRecord, (given) => {
        const line = formatRecord(given);
        expect(line).not.toContain("\n");
        expect(parseRecord(Buffer.from(line))).toEqual(given);
        expect(columnsOf(line)).toHaveLength(15);
        expect(line[0] === "R").toBe(given.returnCode !== 0 && !barriers.has(given.kind));
      }),
    );
  });

  test.each([
    ["nothing", ""],
    ["the header", HEADER_LINE],
    ["a column too few", "    \t0\t1\t-1\tn\t1\t0\t0.000\t1.000\t1.000\t0\t''\t0\t''"],
    ["an unknown kind", "   X\t0\t1\t-1\tn\t1\t0\t0.000\t1.000\t1.000\t0\t''\t0\t''\tc"],
    ["misplaced flags", "O   \t0\t1\t-1\tn\t1\t0\t0.000\t1.000\t1.000\t0\t''\t0\t''\tc"],
    ["a short barrier", "B   \t0\t1\t-1\tn\t1\t0\t0.000\t1.000\t1.000\t0\t''\t0\t''\tc"],
    ["a negative id", "    \t-1\t1\t-1\tn\t1\t0\t0.000\t1.000\t1.000\t0\t''\t0\t''\tc"],
    ["an id that is no number", "    \tx\t1\t-1\tn\t1\t0\t0.000\t1.000\t1.000\t0\t''\t0\t''\tc"],
    ["an empty code", "    \t0\t1\t-1\tn\t1\t\t0.000\t1.000\t1.000\t0\t''\t0\t''\tc"],
    ["a time without a fraction", "    \t0\t1\t-1\tn\t1\t0\t0\t1.000\t1.000\t0\t''\t0\t''\tc"],
    ["a snippet without quotes", "    \t0\t1\t-1\tn\t1\t0\t0.000\t1.000\t1.000\t0\tx\t0\t''\tc"],
    ["a snippet of one quote", "    \t0\t1\t-1\tn\t1\t0\t0.000\t1.000\t1.000\t0\t'\t0\t''\tc"],
    ["a number too long to be exact", "    \t1234567890123456\t1\t-1\tn\t1\t0\t0.000\t1.000\t1.000\t0\t''\t0\t''\tc"],
  ])("a line with %s is no record", (_what, line) => {
    expect(parseRecord(Buffer.from(line))).toBeUndefined();
  });

  test("no text, however mangled, makes reading fail", () => {
    fc.assert(
      fc.property(
        anyRecord,
        fc.nat(300),
        fc.nat(3),
        fc.constantFrom("", "\t", "'", "\\", "x"),
        (given, at, cut, put) => {
          const line = formatRecord(given);
          const parsed = parseRecord(Buffer.from(line.slice(0, at) + put + line.slice(at + cut)));
          expect(parsed === undefined || Number.isSafeInteger(parsed.id)).toBe(true);
        },
      ),
    );
  });

  test("a snippet that is no Python literal counts as it stands", () => {
    const line = "    \t0\t1\t-1\tn\t1\t0\t0.000\t1.000\t1.000\t3\t'\\x'\t0\t''\tc";
    expect(parseRecord(Buffer.from(line))).toMatchObject({ output: { bytes: 3, snippet: "'\\x'" } });
  });
});

describe("commands", () => {
  test("any command is the same after it was written and read", () => {
    fc.assert(
      fc.property(anyCommand, (command) => {
        const read = parseRecord(Buffer.from(formatRecord(record({ command }))))?.command ?? "none";
        expect(isSameCommand(read, command)).toBe(true);
      }),
    );
  });

  test("a text that looks like Python's bytes is the same as itself, and not as what it looks like", () => {
    for (const command of ["b'abc'", 'b"abc"', "b'\\xff'", 'b"\\xff"', "b'a\\nb'", "b'", "b'a' b'c'"]) {
      expect(isSameCommand(parseCommand(command), command)).toBe(true);
    }
    expect(isSameCommand(parseCommand("b'abc'"), "abc")).toBe(false);
  });

  test("bytes that disBatch 3 has shown in its own quotes are the same command", () => {
    expect(isSameCommand(parseCommand(`b"it's \\xff"`), "it's \udcff")).toBe(true);
  });
});

/** Reads a status file the way disBatch 3 does. */
const READER = `
import ast, json, sys
rows = []
for line in open(sys.argv[1], encoding='utf-8'):
    f = line[:-1].split('\\t', 14)
    kind = f[0][3] if f[0][3] in 'PSZ' else f[0][0] if f[0][0] not in ' R' else 'N'
    command = f[14]
    if command.startswith("b'"):
        command = 'bytes ' + ast.literal_eval(command).hex()
    rows.append([kind, int(f[1]), int(f[2]), int(f[3]), f[4], int(f[5]), int(f[6]), float(f[8]), float(f[9]),
                 int(f[10]), ast.literal_eval(f[11]), int(f[12]), ast.literal_eval(f[13]), command])
json.dump(rows, sys.stdout)
`;

test("the way disBatch 3 reads a status file gives the facts that were written", () => {
  const records = [
    record({ id: 0, command: "echo\ttab é" }),
    record({ id: 1, kind: "skipped", returnCode: 3, output: { bytes: 4, snippet: "it's\n" } }),
    record({ id: 2, kind: "check-barrier", command: "#DISBATCH BARRIER CHECK k" }),
    record({
      id: 3,
      repeatIndex: 8,
      pid: -1,
      returnCode: -100,
      error: { bytes: 90, snippet: "\u{1f600}\x00\ufffd\u2028" },
    }),
    record({ id: 4, kind: "per-engine", command: "\udcff x" }),
    record({ id: 5, kind: "superseded", command: "late" }),
  ];
  const letters = ["N", "S", "C", "N", "P", "Z"];
  const facts = records.map((r, i) => [
    letters[i],
    r.id,
    r.line,
    r.repeatIndex,
    r.node,
    r.pid,
    r.returnCode,
    r.start,
    r.finish,
    r.output.bytes,
    r.output.snippet,
    r.error.bytes,
    r.error.snippet,
    r.id === 4 ? "bytes ff2078" : r.command,
  ]);
  const ours = records.map((r, i) => {
    const read = parseRecord(Buffer.from(formatRecord(r)));
    expect(read).toEqual(r);
    const [flags = "", ...rest] = columnsOf(formatRecord(r));
    const kind = "PSZ".includes(flags[3] ?? "") ? flags[3] : " R".includes(flags[0] ?? "") ? "N" : flags[0];
    expect(kind).toBe(letters[i]);
    return rest.length;
  });
  expect(ours).toEqual(records.map(() => 14));
  if (spawnSync("python3", ["--version"]).status !== 0) return;
  const file = scratchFile("status.txt");
  writeFileSync(file, records.map((r) => `${formatRecord(r)}\n`).join(""));
  const rows: unknown = JSON.parse(execFileSync("python3", ["-c", READER, file], { encoding: "utf8" }));
  expect(rows).toEqual(facts);
});
