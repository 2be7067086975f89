import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeBytes, encodeText } from "../../../../src/domain/bytes.ts";
import { TaskFileParser } from "../../../../src/tasks/taskfile/parser.ts";
import { quoteValue } from "../../../../src/tasks/templates/quote.ts";
import { argumentsIn } from "./arguments-in.ts";
import { commandsOf, listOf } from "./list-of.ts";

/** Bytes that shells, lines and task files make something of, and some that are no UTF-8. */
const ODD = [
  "a",
  " ",
  "'",
  '"',
  "\\",
  "$",
  "`",
  "#",
  "~",
  "*",
  "=",
  "\n",
  "\r",
  "\t",
  "é",
  "🙂",
  "\uDCFF",
  "\u200B",
  "#DISBATCH ",
  "{",
  "!",
];
const value = fc
  .array(fc.constantFrom(...ODD), { maxLength: 8 })
  .map((parts) => decodeBytes(encodeText(parts.join(""))));

describe("a value", () => {
  test("reaches the command as it is, whatever bytes it has", () => {
    const values = [...fc.sample(value, { numRuns: 2000, seed: 5 }), "-n", "%s", "2", "a=b", "~", "~root", "", "if"];
    const lines = commandsOf([String.raw`printf '%s\0' {}`, ":::", ...values]);
    expect(argumentsIn(lines)).toEqual(values);
  });

  test("is no descriptor before a redirection", () => {
    expect(commandsOf(["echo {x}>{#}", "x=2"])).toEqual(["echo '2'>1"]);
    expect(commandsOf(["echo {#}<f {=x}>f", "x=2"])).toEqual(["echo '1'<f 2>f"]);
  });

  test("makes no directive and no words of disbatch at the end of a line", () => {
    const [line = ""] = commandsOf(["echo {}", ":::", "a #DISBATCH cores=4"]);
    expect(line).toBe("echo 'a #''DISBATCH cores=4'");
    const [other = ""] = commandsOf(["echo {}", ":::", "\t#DISBATCH cores=4"]);
    expect(other).not.toContain("#DISBATCH");
    expect(
      argumentsIn([line.replace("echo", String.raw`printf '%s\0'`), other.replace("echo", String.raw`printf '%s\0'`)]),
    ).toEqual(["a #DISBATCH cores=4", "\t#DISBATCH cores=4"]);
  });
});

/** One axis of the model: a name, and its values. */
const axes = fc
  .array(fc.array(value, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 })
  .map((lists) => lists.map((values, i) => ({ name: `axis${i}`, values })));

describe("the list of a template", () => {
  test("is what nested loops make", () => {
    fc.assert(
      fc.property(axes, fc.boolean(), (given, isRaw) => {
        const safe = given.map(({ name, values }) => ({ name, values: isRaw ? values.map(oneLine) : values }));
        let rows: string[][] = [[]];
        for (const { values } of safe) rows = rows.flatMap((row) => values.map((one) => [...row, one]));
        const files = Object.fromEntries(safe.map(({ name, values }) => [name, csvOf(name, values)]));
        const places = safe.map(({ name }) => `{${isRaw ? "=" : ""}${name}}`).join("|");
        const lines = commandsOf([`c ${places}|{#}`], { csv: safe.map(({ name }) => name), files });
        const shown = (one: string): string => (isRaw ? one : quoteValue(one, false));
        expect(lines).toEqual(rows.map((row, i) => `c ${row.map(shown).join("|")}|${i + 1}`));
        expect(listOf([`c ${places}`], { csv: safe.map(({ name }) => name), files }).total).toBe(rows.length);
      }),
    );
  });

  test("is one task a line, whatever the values", () => {
    const template = fc.constantFrom("{a} {b}", "x {a.} {b//}", "{=n} {a}", "{=n}{b}");
    fc.assert(
      fc.property(template, fc.array(value, { minLength: 1, maxLength: 5 }), (command, values) => {
        const files = { a: csvOf("a", values), b: csvOf("b", values) };
        const beside = { csv: ["a", "b"], files };
        const lines = commandsOf([command, "n=1..2"], beside);
        const parser = new TaskFileParser({ file: "f", lenient: false });
        const entries = [...parser.push(encodeText(`${lines.join("\n")}\n`)), ...parser.end()];
        expect(entries).toEqual(lines.map((line, i) => ({ kind: "command", line: i + 1, command: line })));
        expect(lines).toHaveLength(listOf([command, "n=1..2"], beside).total);
      }),
    );
  });
});

function oneLine(text: string): string {
  return text.replaceAll(/[\n\r]/g, "");
}

function csvOf(name: string, values: readonly string[]): string {
  return [name, ...values.map((one) => `"${one.replaceAll('"', '""')}"`)].map((line) => `${line}\n`).join("");
}
