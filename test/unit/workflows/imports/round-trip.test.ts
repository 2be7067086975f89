import * as fc from "fast-check";
import { expect, test } from "vitest";
import { readDocument } from "../../../../src/workflows/document/read-document.ts";
import type { Workflow } from "../../../../src/workflows/document/workflow.ts";
import { printYaml } from "../../../../src/workflows/imports/print-yaml.ts";
import { imported } from "../../../support/imports.ts";

const NAMES = ["pull", "calc-date", "sum.up", "1st", "report", "T"] as const;
const KEYS = ["DATE", "N", "A.B", "OUT", "PATH"] as const;
/** Texts in which everything stands that YAML, our places or Daggy's could take for something else. */
const word = fc.oneof(
  fc.constantFrom(
    "{{DATE}}",
    "${x}",
    "$",
    "$${",
    "a: b",
    "# c",
    "- d",
    "yes",
    "1.0",
    "0x1f",
    "null",
    "",
    " ",
    "'",
    '"',
  ),
  fc.string({ unit: "grapheme", maxLength: 8 }).filter((text) => !/[\0]|\p{Cs}/u.test(text)),
  fc.constantFrom(...KEYS).map((key) => `{{${key}}}`),
  fc.constant("two\nlines\n"),
);
const text = fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join(""));
const value = fc.stringMatching(/^[ -~]{1,8}$/);
const parameters = fc.record(
  Object.fromEntries(
    KEYS.map((key) => [key, fc.oneof(value, fc.uniqueArray(value, { minLength: 1, maxLength: 3 }))] as const),
  ),
);
const task = fc.record(
  {
    job: fc.record(
      {
        command: fc
          .array(text, { minLength: 1, maxLength: 3 })
          .map(([first = "", ...others]) => [`x${first}`, ...others]),
        environment: fc.dictionary(fc.constantFrom("DATE", "LEVEL", "N"), text),
        workDir: text.map((folder) => `/${folder}`),
        cores: fc.nat(4),
        memoryMB: fc.nat(4).map(String),
        timeout: fc.nat(4),
      },
      { requiredKeys: ["command"] },
    ),
    maxRetries: fc.nat(3),
    retryIntervalSeconds: fc.nat(3),
    isGenerator: fc.boolean(),
  },
  { requiredKeys: ["job"] },
);
/** Edges go from a task to one that stands behind it. */
const document = fc
  .record({
    parameters,
    tasks: fc.uniqueArray(fc.constantFrom(...NAMES), { minLength: 1 }),
    all: fc.array(task, { minLength: NAMES.length, maxLength: NAMES.length }),
    edges: fc.array(fc.tuple(fc.nat(NAMES.length), fc.nat(NAMES.length), fc.boolean())),
  })
  .map(({ parameters: block, tasks: names, all, edges }) => {
    const tasks = Object.fromEntries(
      names.map((name, i) => {
        const own = edges.filter(([a, b]) => a !== b && Math.max(a, b) < names.length);
        const parents = own.flatMap(([a, b, isParent]) =>
          isParent && Math.max(a, b) === i ? names[Math.min(a, b)] : [],
        );
        const children = own.flatMap(([a, b, isParent]) =>
          !isParent && Math.min(a, b) === i ? names[Math.max(a, b)] : [],
        );
        return [name, { ...all[i], parents, children }];
      }),
    );
    return { parameters: block, jobDefaults: { environment: ["LEVEL={{N}}"] }, allowUnknownPlaceholders: true, tasks };
  });

/** What a workflow means, without where it stands. */
function meaning(workflow: Workflow): unknown {
  return JSON.parse(JSON.stringify(workflow, (key, said: unknown) => (key === "place" ? undefined : said)));
}

test("a document that was imported, printed as YAML and read again means the same", async () => {
  await fc.assert(
    fc.asyncProperty(document, async (daggy) => {
      const made = await imported("daggy", JSON.stringify(daggy), "flow.json");
      const yaml = await printYaml(made);
      const read = await readDocument("flow.yaml", {}, { read: () => yaml });
      expect(meaning(read.workflow)).toEqual(meaning(made.workflow));
    }),
    { numRuns: 40 },
  );
});
