import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { decodeBytes } from "../../../src/domain/bytes.ts";
import { UserError } from "../../../src/domain/errors.ts";
import { readText } from "../../support/documents.ts";
import { fuzz } from "./fuzz.ts";

const EXAMPLES = path.resolve(import.meta.dirname, "../../../exampleWorkflows");

const GROUP = "params: {k: 1}\ntasks: {make: {run: x, generates: tasks}, b: {run: x, matrix: {v: {lines: values}}}}";
const JSON_DOCUMENT = {
  name: "json",
  params: { n: 3, from: { type: "date", default: "2031-01-01" } },
  axes: { day: { from: "from", to: "from + 6" }, client: { open: true } },
  tasks: {
    fetch: { run: "x", matrix: ["day"], retries: { max: 2, on: [1, "timeout"] } },
    model: { command: ["m", "${client}"], matrix: ["client", { r: ["a", "b"], exclude: [{ r: "a" }] }] },
    all: { run: "y", needs: { any: [["fetch"], [{ task: "model", match: [] }]] }, if: "always" },
    group: { use: "group.yaml", with: { k: 2 }, needs: "all" },
  },
};
const inputs = [
  ...readdirSync(EXAMPLES).flatMap((name) => (name.endsWith(".yaml") ? [readFileSync(path.join(EXAMPLES, name))] : [])),
  Buffer.from(JSON.stringify(JSON_DOCUMENT)),
  Buffer.from(JSON.stringify(JSON_DOCUMENT, undefined, 2)),
];
const words = [
  ...[
    "needs: ",
    "matrix: ",
    "match: ",
    "generates: ",
    "use: ",
    "group.yaml",
    "values",
    "<<: ",
    "&a ",
    "*a",
    "!!set ",
    "? ",
    "- ",
  ],
  ...[
    "{",
    "}",
    "[",
    "]",
    ",",
    ": ",
    "'",
    '"',
    "|\n",
    ">\n",
    "---\n",
    "\n...\n",
    "%YAML 1.1\n",
    "# ",
    "\t",
    "\r\n",
    "null",
    "~",
  ],
  ...[
    "__proto__",
    "constructor",
    "include",
    "exclude",
    "from + 6",
    "day - 1",
    "${n}",
    "${",
    "$${",
    "true",
    "2031-02-30",
  ],
];

/** How it ends: read, refused as it should be, or else the error. @throws whatever is no refusal. */
async function endOf(work: () => unknown, isRight: (error: UserError) => boolean): Promise<string> {
  try {
    await work();
    return "read";
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return isRight(error) ? "refused" : `${error.code}: ${error.message}`;
  }
}

/** Places are in the document, and mistakes are single lines. */
function isSound({ code, diagnostics }: UserError, lineCount: number): boolean {
  if (code !== "bad-document") return code === "bad-param";
  return diagnostics.every(
    ({ place, message }) => place.line >= 1 && place.line <= lineCount && place.column >= 1 && !message.includes("\n"),
  );
}

test("whatever a document has become, it is read, or refused with places in it", async () => {
  const files = { "group.yaml": GROUP, values: "a\nb\n" };
  await fuzz({ inputs, words, rounds: 500 }, async (input) => {
    const text = decodeBytes(input);
    const lineCount = text.split(/\r\n|\r|\n/).length;
    expect(["read", "refused"]).toContain(
      await endOf(
        () => readText(text, { files }),
        (error) => isSound(error, lineCount),
      ),
    );
  });
});

test("whatever a task has printed, it is taken or refused", async () => {
  const { parseTasks } = await readText(
    "axes: {day: [1]}\ntasks: {gen: {run: x, generates: tasks}, other: {run: x, matrix: [day]}}",
  );
  const printed = [
    '{"a": {"run": "x", "needs": ["b"]}, "b": {"command": ["x"], "matrix": ["day"]}}',
    '{"tasks": {"a": {"run": "x", "cores": 2}}}',
    '{"name": "a", "run": "x"}\n{"name": "b", "run": "x", "needs": {"task": "a", "match": []}}\n',
  ];
  await fuzz({ inputs: printed.map((text) => Buffer.from(text)), words, rounds: 1000 }, async (input) => {
    const isRight = ({ code, message }: UserError): boolean => code === "generator-refused" && !message.includes("\n");
    expect(["read", "refused"]).toContain(await endOf(() => parseTasks(decodeBytes(input), "gen"), isRight));
  });
});
