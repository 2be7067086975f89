import { describe, expect, test } from "vitest";
import type { Template } from "../../../../src/workflows/document/workflow.ts";
import { documentChanges } from "../../../../src/workflows/views/template-changes.ts";
import { template } from "../../../support/workflow.ts";
import { listAxis, need, workflow } from "./pretended-workflow.ts";

const DAY = listAxis("day", "1", "2");

function changesOf(before: Partial<Template>, after: Partial<Template>): unknown {
  const one = workflow([DAY], [template("a", before)]);
  const other = workflow([DAY], [template("a", after)]);
  return documentChanges(one, other).changed[0]?.changes;
}

function script(text: string, shell?: readonly string[]): Template["action"] {
  return { kind: "script", script: text, shell };
}

describe("changes of a document", () => {
  test("are none where only places differ", () => {
    const moved = template("a", { place: { file: "other.yaml", line: 9, column: 3 } });
    const changes = documentChanges(workflow([DAY], [template("a")]), workflow([DAY], [moved]));
    expect(changes).toEqual({ added: [], removed: [], changed: [], params: [] });
  });

  test("are tasks that came and went", () => {
    const changes = documentChanges(
      workflow([], [template("a"), template("b")]),
      workflow([], [template("b"), template("c")]),
    );
    expect([changes.added, changes.removed, changes.changed]).toEqual([["c"], ["a"], []]);
  });

  test("are told by what of a task is another", () => {
    expect(changesOf({ action: script("a") }, { action: script("b") })).toEqual([{ what: "script" }]);
    expect(changesOf({ action: script("a") }, { action: script("a", ["python3", "-c"]) })).toEqual([{ what: "shell" }]);
    expect(changesOf({ action: script("a") }, { action: { kind: "command", argv: [["a"]] } })).toEqual([
      { what: "command" },
    ]);
    expect(changesOf({ env: { A: ["1"], B: ["1"] } }, { env: { B: ["2"], C: ["1"] } })).toEqual([
      { what: "env", name: "B" },
      { what: "env", name: "C" },
      { what: "env", name: "A" },
    ]);
    expect(changesOf({ axes: [0] }, {})).toEqual([{ what: "axes" }]);
    expect(changesOf({ alternatives: [[need("x", "day")]] }, { alternatives: [[need("x")]] })).toEqual([
      { what: "needs" },
    ]);
    expect(changesOf({ condition: "always" }, { allowFailure: true, secrets: ["T"], workdir: ["/x"] })).toEqual([
      { what: "workdir" },
      { what: "secrets" },
      { what: "if" },
      { what: "allowFailure" },
    ]);
    expect(changesOf({ generates: { kind: "tasks" } }, { generates: { kind: "axis", axis: "day" } })).toEqual([
      { what: "generates" },
    ]);
  });

  test("name a parameter where the texts of a task have it as a word", () => {
    const tasks = [
      template("a", { action: script("echo $n ${nn}") }),
      template("b", { action: script("echo $n_x $xn") }),
    ];
    const changes = documentChanges(
      workflow([], tasks, { params: { n: "7", gone: "x" } }),
      workflow([], tasks, { params: { n: "30" } }),
    );
    expect(changes.params).toEqual([
      { name: "n", before: "7", after: "30" },
      { name: "gone", before: "x", after: undefined },
    ]);
    expect(changes.changed).toEqual([{ name: "a", changes: [{ what: "param", name: "n" }] }]);
  });
});
