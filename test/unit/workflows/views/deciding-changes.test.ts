import { describe, expect, test } from "vitest";
import type { EdgeInput, Template } from "../../../../src/workflows/document/workflow.ts";
import { decidingChanges } from "../../../../src/workflows/views/deciding-changes.ts";
import { template } from "../../../support/workflow.ts";
import { listAxis, need, workflow } from "./pretended-workflow.ts";

const DAY = listAxis("day", "1", "2");

type Params = Readonly<Record<string, string>>;

function changes(before: Partial<Template>, after: Partial<Template>, params: readonly Params[] = []): unknown {
  const [was, is] = [template("a", before), template("a", after)];
  const [first = {}, second = {}] = params;
  return decidingChanges(
    [was, workflow([DAY], [was], { params: first })],
    [is, workflow([DAY], [is], { params: second })],
  );
}

function script(text: string, shell?: readonly string[]): Partial<Template> {
  return { action: { kind: "script", script: text, shell } };
}

function files(rest: Partial<NonNullable<Template["files"]>>): NonNullable<Template["files"]> {
  return { outputs: [], inputs: [], code: [], rule: "history", cacheEnv: [], isExternal: false, ...rest };
}

function handed(...inputs: readonly EdgeInput[]): Partial<Template> {
  return { alternatives: [[{ ...need("raw", "day"), inputs }]] };
}

describe("what decides about a task, and has changed,", () => {
  test("is nothing where only terms, places or what it may do differ", () => {
    const moved = { place: { file: "x.yaml", line: 9, column: 9 }, allowFailure: true };
    const later: Partial<Template> = {
      ...moved,
      files: files({ code: [["x.py"]], rule: "cache", cacheEnv: ["LANG"] }),
    };
    expect(changes({}, later)).toEqual([]);
    expect(changes({ include: [{ day: "9" }] }, {})).toEqual([]);
    expect(changes({ secrets: ["A", "B"] }, { secrets: ["B", "A"] })).toEqual([]);
  });

  test("is its command, its shell, its workdir", () => {
    expect(changes(script("a"), script("b"))).toEqual([{ part: "command", how: "changed" }]);
    expect(changes(script("a"), { action: { kind: "command", argv: [["a"]] } })).toEqual([
      { part: "command", how: "changed" },
    ]);
    expect(changes(script("a"), { ...script("a", ["perl", "-e"]), workdir: ["/x"] })).toEqual([
      { part: "shell", how: "changed" },
      { part: "workdir", how: "changed" },
    ]);
  });

  test("is a variable or a parameter, with its values", () => {
    expect(changes({ env: { A: ["1"], B: ["1"] } }, { env: { A: ["2-", { axis: "day" }], C: [""] } })).toEqual([
      { part: "env", name: "A", how: "changed", before: "1", after: "2-${day}" },
      { part: "env", name: "C", how: "new", before: undefined, after: "" },
      { part: "env", name: "B", how: "gone", before: "1", after: undefined },
    ]);
    const both = [
      { n: "3", other: "1" },
      { n: "4", other: "2" },
    ];
    expect(changes(script("head -$n"), script("head -$n"), both)).toEqual([
      { part: "param", name: "n", how: "changed", before: "3", after: "4" },
    ]);
  });

  test("is a file that it reads or makes, or what it needs", () => {
    const csv = { name: "csv", path: ["a/", { axis: "day" }], isFolder: false };
    expect(changes({}, { files: files({ outputs: [csv] }) })).toEqual([
      { part: "output", name: "csv", path: "a/${day}", how: "new" },
    ]);
    const raw = { name: "raw", output: "csv", isList: false };
    const other = { alternatives: [[need("raw", "day")]] };
    expect(changes(other, handed(raw))).toMatchObject([{ part: "input", name: "raw", how: "new" }, { part: "needs" }]);
    expect(changes({}, handed(raw))).toEqual([{ part: "input", name: "raw", path: "raw.csv", how: "new" }]);
    expect(changes(handed(raw), handed({ ...raw, output: "txt" }))).toEqual([
      { part: "input", name: "raw", path: "raw.txt", how: "changed" },
    ]);
    expect(changes({}, other)).toEqual([{ part: "needs", how: "changed" }]);
    const narrowed = { alternatives: [[{ ...need("raw"), values: [{ axis: "day", values: ["1"] }] }]] };
    const wider = { alternatives: [[{ ...need("raw"), values: [{ axis: "day", values: ["1", "2"] }] }]] };
    expect(changes(narrowed, wider)).toEqual([{ part: "needs", how: "changed" }]);
    const some = { alternatives: [[{ ...need("raw", "day"), when: [{ axis: "day", values: ["1"] }] }]] };
    expect(changes(other, some)).toEqual([{ part: "needs", how: "changed" }]);
    expect(changes({ axes: [0], condition: "always" }, { generates: { kind: "tasks" } })).toEqual([
      { part: "condition", how: "changed" },
      { part: "generates", how: "changed" },
      { part: "axes", how: "changed" },
    ]);
  });
});
