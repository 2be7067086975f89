import * as fc from "fast-check";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import { mistakesIn, readText } from "../../../support/documents.ts";

/** Text that YAML has to quote, or that looks like something else. */
const text = fc.oneof(
  fc.constantFrom(
    "yes",
    "null",
    "~",
    "1.10",
    "01",
    "0x1f",
    "- a",
    "a: b",
    "# c",
    "'",
    '"',
    " x ",
    "a\nb\n",
    "${day}",
    "<<",
    "*a",
    "&a",
    "2031-01-01",
  ),
  fc.string({ unit: "grapheme-composite", minLength: 1, maxLength: 12 }).filter((one) => !/[\0\p{Cs}]/u.test(one)),
);
const script = text.map((one) => `echo ${one}`);
const literal = text.map((one) => one.replaceAll("${", () => "$${"));
const value = literal.filter((one) => !/\p{Cc}/u.test(one));
const axis = fc.oneof(
  fc.uniqueArray(fc.oneof(value, fc.integer({ min: -9, max: 9 })), { minLength: 1, maxLength: 4, selector: String }),
  fc.record({ from: fc.integer({ min: 0, max: 5 }), to: fc.integer({ min: 5, max: 9 }) }),
  fc.constant({ from: "2031-01-01", to: "2031-02-01", step: 7 }),
  fc.constant({ open: true, type: "int" }),
);
/** Names of files that YAML has to quote, and none of which is made by a task. */
const file = fc.constantFrom("x.py", "lib/", "- a", "a: b", "# c", "'", '"', " x ", "1.10", "no", "{file}", "ä/ö");
const NAMES = ["a", "b", "c-d", "e_f", "g"];

/** A document in which each task may need those before it. */
const documents = fc
  .record({
    name: fc.constantFrom("flow", "x.y"),
    env: fc.dictionary(fc.constantFrom("A", "PATH"), literal),
    axes: fc.record({ day: axis, k: axis }),
    tasks: fc.array(
      fc.record(
        {
          run: script,
          command: fc.array(literal, { minLength: 1, maxLength: 3 }),
          matrix: fc.subarray(["day", "k"]),
          env: fc.dictionary(fc.constantFrom("B", "C"), literal),
          if: fc.constantFrom("success", "failure", "always"),
          cores: fc.constantFrom(1, 2.5, "4"),
          memory: fc.constantFrom("1G", "512M"),
          allowFailure: fc.boolean(),
          needs: fc.subarray(["a", "b", "c-d"]),
          inputs: fc.subarray(["a", "b", "c-d"]),
          code: fc.array(file, { maxLength: 2 }),
          reuse: fc.constantFrom({ cache: true, cacheEnv: ["LC_ALL"] }, { doneWhen: "newer" }, { cache: false }),
        },
        { requiredKeys: ["run"] },
      ),
      { minLength: 1, maxLength: NAMES.length },
    ),
  })
  .map(({ tasks, ...document }) => {
    const named = tasks.map(({ run, command, needs = [], inputs = [], reuse, ...task }, i) => {
      const areEarlier = (names: readonly string[]): string[] => names.filter((name) => NAMES.indexOf(name) < i);
      const made = areEarlier(inputs).map((name, n) => [
        `i${n}`,
        n === 0 ? `${name}.o` : { from: `${name}.o`, match: [] },
      ]);
      const said = { needs: areEarlier(needs), inputs: { ...Object.fromEntries(made), f: { file: "f: /#" } } };
      const outputs = { o: `out/${NAMES[i]}/${(task.matrix ?? []).map((name) => `\${${name}}/`).join("")}` };
      return [
        NAMES[i] ?? "",
        { ...task, ...said, ...reuse, outputs, ...(command === undefined ? { run } : { command }) },
      ] as const;
    });
    return { ...document, tasks: Object.fromEntries(named) };
  });

/** What was read, without places. */
async function meaningOf(document: string): Promise<unknown> {
  const { workflow } = await readText(document);
  return JSON.parse(JSON.stringify(workflow, (name, inner: unknown) => (name === "place" ? undefined : inner)));
}

test("a document means the same in JSON, in one line or many, and in YAML of any form", async () => {
  await fc.assert(
    fc.asyncProperty(documents, async (document) => {
      const meaning = await meaningOf(JSON.stringify(document));
      expect(await meaningOf(JSON.stringify(document, undefined, 3))).toEqual(meaning);
      expect(await meaningOf(stringify(document))).toEqual(meaning);
      expect(await meaningOf(`# flow\n${stringify(document, { collectionStyle: "flow" })}`)).toEqual(meaning);
    }),
    { numRuns: 120 },
  );
});

test("what is put into a document that is not there is told at its place, wherever that is", async () => {
  await fc.assert(
    fc.asyncProperty(documents, fc.nat(), async (document, at) => {
      const names = Object.keys(document.tasks);
      const name = names[at % names.length] ?? "";
      const tasks = { ...document.tasks, [name]: { ...document.tasks[name], wrong: 1 } };
      const json = JSON.stringify({ ...document, tasks }, undefined, 1);
      const line = json.split("\n").findIndex((one) => one.includes('"wrong": 1')) + 1;
      const mistakes = await mistakesIn(json);
      expect(mistakes).toEqual([
        expect.stringMatching(`^flow\\.yaml:${line}:4: error: tasks\\.${name}\\.wrong: unknown word`),
      ]);
    }),
    { numRuns: 200 },
  );
});
