import { expect, test } from "vitest";
import { fingerprintOf } from "../../../../src/workflows/document/fingerprint.ts";
import { template } from "../../../support/workflow.ts";

/** Whether another value of the parameter makes another task of one with this script. */
function counts(script: string, name: string): boolean {
  const task = template("task", { action: { kind: "script", script, shell: undefined } });
  const [one, other] = ["1", "2"].map((value) => fingerprintOf(task, [], new Map([[name, value]])));
  return one !== other;
}

test("a parameter counts that a script has among its words, however it is written", () => {
  for (const script of ["echo $n", "echo ${n}", "((i < n))", "x\nseq $n\n", 'os.environ["n"]'])
    expect([script, counts(script, "n")]).toEqual([script, true]);
});

test("neither the ends of lines, nor escapes, nor parts of words are parameters", () => {
  for (const script of ["first\nsecond\n", String.raw`printf "%s\n" x`, "seq 3 name_n"])
    expect([script, counts(script, "n")]).toEqual([script, false]);
});
