import { expect, test } from "vitest";
import { withTables } from "../../../../src/cli/manual/document-tables.ts";
import { publishedSchema } from "../../../../src/workflows/document/published-schema.ts";
import { TERMS } from "../../../../src/workflows/document/term-schema.ts";
import { textOf } from "../../../support/pages.ts";

const SCHEMA = {
  properties: {
    tasks: { additionalProperties: { $ref: "#/$defs/task" }, description: "Tasks, by name." },
    name: { description: "A | name." },
  },
  required: ["tasks"],
  $defs: {
    task: {
      properties: {
        run: { description: "A script. ${name} is left alone." },
        cores: { description: "Cores." },
        needs: { anyOf: [{}, { properties: { task: { description: "A task." } } }], description: "Tasks before." },
      },
    },
  },
};

/** What the page makes of one table. */
function table(what: string): string[] {
  const page = `before\n<!-- words of ${what} -->\nold\n<!-- end of words -->\nafter\n`;
  const made = withTables(page, SCHEMA, ["cores"]);
  expect(made).toMatch(/^before\n<!-- words of .* -->\n\n[^]*\n\n<!-- end of words -->\nafter\n$/);
  return made.split("\n").filter((line) => line.startsWith("| `"));
}

test("tables have the words of a part of the document, in their order, and terms in a table of their own", () => {
  expect(table("the document")).toEqual([
    "| `tasks` | Tasks, by name. It has to be there. |",
    String.raw`| ${"`name`"} | A \| name |`,
  ]);
  expect(table("tasks.*")).toEqual(["| `run` | A script. `${name}` is left alone |", "| `needs` | Tasks before |"]);
  expect(table("terms")).toEqual(["| `cores` | Cores |"]);
  expect(table("tasks.*.needs")).toEqual(["| `task` | A task |"]);
});

test("a path that leads to no words is a mistake", () => {
  expect(() => table("tasks.*.name")).toThrow("the schema of documents has no words of tasks.*.name");
});

test("the page on documents is as it would be made", () => {
  const page = textOf("docs/reference/workflows.md");
  expect(withTables(page, JSON.parse(publishedSchema()), Object.keys(TERMS))).toBe(page);
});
