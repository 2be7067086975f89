import { expect, test } from "vitest";
import { formatDiagnostic, UserError } from "../../../../src/domain/errors.ts";
import type { ReadDocument } from "../../../../src/workflows/document/read-document.ts";
import { readText } from "../../../support/documents.ts";

const DOCUMENT =
  "params: {n: 3}\nenv: {V: '${n}'}\ndefaults: {cores: 2, shell: sh -c}\naxes: {day: [1, 2], unused: [a, b]}\ntasks:\n" +
  "  gen: {run: x, generates: tasks, matrix: [day]}\n  other: {run: x, matrix: [day]}\n  g: {use: group.yaml}\n";
const GROUP = "params: {k: 1}\ntasks: {make: {run: x, generates: tasks}, b: {run: x}}";

async function document(): Promise<ReadDocument> {
  return readText(DOCUMENT, { files: { "group.yaml": GROUP } });
}

/** Why what was printed is refused: all that is said. */
async function refused(text: string): Promise<readonly string[]> {
  const { parseTasks } = await document();
  try {
    parseTasks(text, "gen[day=1]");
  } catch (error) {
    if (error instanceof UserError && error.code === "generator-refused")
      return error.diagnostics.map(formatDiagnostic);
    throw error;
  }
  return [];
}

test.each([
  [
    "an object of tasks",
    '{"a": {"run": "x"},\n "b": {"command": ["y"], "needs": ["a", "other"], "matrix": ["day"]}}',
    [1, 2],
  ],
  [
    "tasks within an object",
    '{"tasks": {"a": {"run": "x"},\n\n "b": {"command": ["y"], "needs": ["a", "other"], "matrix": "day"}}}',
    [1, 3],
  ],
  [
    "one task a line",
    '\n{"name": "a", "run": "x"}\n\n{"command": ["y"], "name": "b", "needs": ["a", "other"], "matrix": ["day"]}\n',
    [2, 4],
  ],
])("a task prints tasks: %s", async (_, text, lines) => {
  const { parseTasks, workflow } = await document();
  const { templates } = parseTasks(text, "gen[day=1]");
  expect(templates.map(({ name, place, env, terms }) => [name, place.file, place.line, env, terms?.text])).toEqual([
    ["a", "output of gen[day=1]", lines[0], { V: ["3"] }, "cores=2"],
    ["b", "output of gen[day=1]", lines[1], { V: ["3"] }, "cores=2"],
  ]);
  expect(templates[0]?.action).toEqual({ kind: "script", script: "x", shell: ["sh", "-c"] });
  expect(templates[1]?.axes.map((axis) => workflow.axes[axis]?.name)).toEqual(["day"]);
  expect(templates[1]?.alternatives).toMatchObject([
    [
      { parent: "a", match: [] },
      { parent: "other", match: [{ axis: "day", childAxis: "day", from: 0, to: 0 }] },
    ],
  ]);
  expect(templates.every(({ fingerprint }) => /^[0-9a-f]{32}$/.test(fingerprint))).toBe(true);
});

test("a task called tasks is one", async () => {
  const { parseTasks } = await document();
  expect(parseTasks('{"tasks": {"run": "x"}}', "gen[day=1]").templates.map(({ name }) => name)).toEqual(["tasks"]);
});

test("no tasks are none", async () => {
  const { parseTasks } = await document();
  expect(parseTasks("{}", "gen[day=1]")).toEqual({ templates: [], edges: [] });
});

test("axes that only tasks to come can have are there", async () => {
  const { parseTasks, workflow } = await document();
  const [template] = parseTasks('{"a": {"run": "x", "matrix": ["unused"]}}', "gen[day=1]").templates;
  expect(template?.axes.map((axis) => workflow.axes[axis]?.name)).toEqual(["unused"]);
});

test("tasks bring axes of their own: lists, ranges, and combinations", async () => {
  const { parseTasks, workflow } = await document();
  const before = workflow.axes.length;
  const matrix = [{ i: { from: 1, to: "n" }, k: ["a", "b"], include: [{ i: 9, k: "c" }], exclude: [{ i: 2 }] }, "day"];
  const text = JSON.stringify({
    a: { run: "x", matrix: matrix.slice(0, 1) },
    b: { run: "x", matrix: { day: [7] }, needs: "a" },
  });
  const [a, b] = parseTasks(text, "gen[day=1]").templates;
  expect(a?.axes.map((axis) => workflow.axes[axis])).toMatchObject([
    { name: "i", kind: "range", from: 1, to: 3 },
    { name: "k", kind: "list", values: ["a", "b"] },
  ]);
  expect(a).toMatchObject({ include: [{ i: "9", k: "c" }], exclude: [{ i: "2" }] });
  expect(b?.axes.map((axis) => workflow.axes[axis])).toMatchObject([{ name: "day", values: ["7"] }]);
  expect(workflow.axes.length).toBe(before + 3);
});

test("what was printed before can be needed, and is not printed again by another", async () => {
  const { parseTasks } = await document();
  parseTasks('{"a": {"run": "x"}}', "gen[day=1]");
  expect(parseTasks('{"b": {"run": "x", "needs": "a"}}', "gen[day=2]").templates[0]?.alternatives).toMatchObject([
    [{ parent: "a" }],
  ]);
  expect(() => parseTasks('{"a": {"run": "x"}}', "gen[day=2]")).toThrow(/there is a task of this name already/);
});

test("another attempt of the same instance prints its tasks anew, also after one that was refused", async () => {
  const { parseTasks } = await document();
  parseTasks('{"a": {"run": "x"}, "b": {"run": "x"}}', "gen[day=1]");
  expect(() => parseTasks('{"a": {"run": "x"}, "c": {"rn": "x"}}', "gen[day=1]")).toThrow(/unknown word "rn"/);
  expect(parseTasks('{"a": {"run": "y"}}', "gen[day=1]").templates.map(({ name }) => name)).toEqual(["a"]);
});

test("the reason of the generator's failure is one line with the first mistake, and how many there are", async () => {
  const { parseTasks } = await document();
  const text = '{"name": "a", "run": "x", "needs": "a"}\n{"name": "b", "rn": "x"}\n{"name": "g", "run": "x"}';
  expect(() => parseTasks(text, "gen[day=1]")).toThrow(
    'it has printed tasks that cannot be taken: line 2: tasks.b.rn: unknown word "rn" (did you mean run?) (and 1 more mistake)',
  );
});

test("tasks of a group's generator are of the group", async () => {
  const { parseTasks } = await document();
  const { templates } = parseTasks('{"a": {"run": "echo $k", "needs": "b"}}', "g/make");
  expect(templates).toMatchObject([{ name: "g/a", env: { k: ["1"] }, alternatives: [[{ parent: "g/b" }]] }]);
});

test.each([
  ["nothing", "", ["1:1: error: nothing was printed (print {} for no tasks)"]],
  [
    "words",
    "hello world",
    [
      "1:1: error: not JSON: invalid symbol",
      "1:7: error: not JSON: invalid symbol",
      "1:12: error: not JSON: value expected",
    ],
  ],
  [
    "a list",
    '[{"name": "a", "run": "x"}]',
    ['1:1: error: no object of tasks by name (print one task a line, such as {"name": "a", "run": "..."})'],
  ],
  [
    "a task alone",
    '{"run": "x", "needs": "other"}',
    ['1:1: error: a task without a name (print one task a line, such as {"name": "a", "run": "..."})'],
  ],
  ["half an object", '{"a": {"run": "x"}', ["1:19: error: not JSON: close brace expected"]],
  [
    "half a line",
    '{"name": "a", "run": "x"}\n{"name": "b", "ru',
    ["2:15: error: not JSON: unexpected end of string", "2:18: error: not JSON: colon expected"],
  ],
  [
    "names that exist, and such that are none",
    '{"other": {"run": "x"}, "g": {"run": "x"}, "1": {"run": "x"}}',
    [
      "1:2: error: tasks.other: there is a task of this name already (print another name)",
      "1:25: error: tasks.g: there is a task of this name already (print another name)",
      expect.stringMatching(/^1:44: error: tasks.1: "1" is no name of a task/),
    ],
  ],
  [
    "one name on two lines, and a line without one",
    '{"name": "a", "run": "x"}\n{"name": "a", "run": "y"}\n{"run": "y"}\n{"name": "toString", "run": "y"}',
    [
      '2:10: error: name: the task "a" stands twice',
      '3:1: error: no object with a name (print one task a line, such as {"name": "a", "run": "..."})',
      '4:10: error: name: "toString" cannot be used as a name',
    ],
  ],
  [
    "what is no task",
    '{"name": "a", "run": "x", "needs": ["nowhere"]}\n{"name": "b", "rn": "x"}\n{"name": "c", "cores": "many", "run": "x"}',
    [
      expect.stringMatching(/^1:37: error: tasks\.a\.needs\[0\]: unknown task "nowhere"/),
      '2:15: error: tasks.b.rn: unknown word "rn" (did you mean run?)',
      expect.stringMatching(/^3:24: error: tasks\.c\.cores: cores cannot be "many"/),
    ],
  ],
  [
    "what only documents can do",
    '{"a": {"use": "x.yaml"}, "b": {"run": "x", "generates": "axis"}, "c": {"run": "x", "matrix": {"k": {"lines": "x"}}}, "d": {"run": "x", "matrix": [{"k": {"open": true}}]}}',
    [
      "1:2: error: tasks.a: a task that is printed cannot use a document (use it in the document)",
      "1:26: error: tasks.b: a task that is printed can generate tasks, and no axis (generate it in the document)",
      "1:66: error: tasks.c: a task that is printed gives the values of its axes as lists or ranges, and not those of k (print the values, or name an axis of the document)",
      "1:118: error: tasks.d: a task that is printed gives the values of its axes as lists or ranges, and not those of k (print the values, or name an axis of the document)",
    ],
  ],
])("what a task prints is refused whole: %s", async (_, text, mistakes) => {
  const said = await refused(text);
  expect(said.map((line) => line.replace("output of gen[day=1]:", ""))).toEqual(mistakes);
});

test("of a million lines that are no tasks the first hundred are told", async () => {
  const said = await refused(`{"name": "a", "run": "x"}\n${"{}\n".repeat(200_000)}`);
  expect(said).toHaveLength(101);
  expect(said.at(-1)).toMatch(/and 199900 more mistakes$/);
});

const NEEDS = `axes: {day: [1, 2]}
tasks:
  gen: {run: x, generates: tasks}
  all: {run: x, matrix: [day], needs: [{printedBy: gen}]}
  one: {run: x, needs: {any: [[all], [{task: a, printedBy: gen, match: []}]]}}
  shifted: {run: x, matrix: [day], needs: {task: b, printedBy: gen, match: {day: day - 1}}}
`;

test("tasks of a document need what a task prints, all of it or one task, by edges that come with it", async () => {
  const { parseTasks, workflow } = await readText(NEEDS);
  expect(workflow.templates.map(({ alternatives }) => alternatives)).toMatchObject([
    [[]],
    [[{ parent: "gen", match: [], printed: { task: undefined, match: undefined } }]],
    [[{ parent: "all" }], [{ parent: "gen", match: [], printed: { task: "a", match: [] } }]],
    [[{ parent: "gen", match: [], printed: { task: "b", match: { day: "day - 1" } } }]],
  ]);
  const { templates, edges } = parseTasks(
    '{"a": {"run": "x", "matrix": ["day"]}, "b": {"run": "x", "matrix": {"day": [1, 2]}}}',
    "gen",
  );
  expect(templates.map(({ printedBy }) => printedBy)).toEqual(["gen", "gen"]);
  const same = [{ axis: "day", childAxis: "day", from: 0, to: 0 }];
  expect(edges).toMatchObject([
    { child: "all", alternative: 0, edge: { parent: "a", match: same } },
    { child: "all", alternative: 0, edge: { parent: "b", match: same } },
    { child: "one", alternative: 1, edge: { parent: "a", match: [] } },
    { child: "shifted", alternative: 0, edge: { parent: "b", match: [{ axis: "day", from: -1, to: -1 }] } },
  ]);
});

test("tasks that were printed need what others print, before and after them", async () => {
  const { parseTasks } = await readText(
    "tasks: {one: {run: x, generates: tasks, matrix: {k: [1, 2]}}, two: {run: x, generates: tasks}}",
  );
  const childrenOf = (text: string, by: string): string[] =>
    parseTasks(text, by).edges.map(({ child, edge }) => `${child} needs ${edge.parent}`);
  expect(childrenOf('{"a": {"run": "x"}}', "one[k=1]")).toEqual([]);
  const text = '{"sum": {"run": "x", "needs": [{"printedBy": "one"}]}}';
  expect(childrenOf(text, "two")).toEqual(["sum needs a"]);
  expect(childrenOf('{"b": {"run": "x"}}', "one[k=2]")).toEqual(["sum needs b"]);
  expect(childrenOf(text, "two")).toEqual(["sum needs a", "sum needs b"]);
  expect(childrenOf('{"c": {"run": "x"}}', "one[k=2]")).toEqual(["sum needs c"]);
});

test("a task that does not fit what needs it is refused, with the reason", async () => {
  const { parseTasks } = await readText(NEEDS);
  expect(() => parseTasks('{"a": {"run": "x"},\n "b": {"run": "x"}}', "gen")).toThrow(
    /line 2: shifted cannot need b: tasks\.shifted\.needs\.day: unknown axis of the task that is needed "day"/,
  );
  expect(parseTasks('{"a": {"run": "x"}}', "gen").edges).toHaveLength(2);
});

test.each([
  ["an unknown task", "[{printedBy: gne}]", /needs\[0\]\.printedBy: unknown task "gne" \(did you mean gen\?\)/],
  ["one that prints no tasks", "{printedBy: b}", /the task "b" prints no tasks \(write generates: tasks there\)/],
  ["a name that is none", "{printedBy: gen, task: 1x}", /"1x" is no name of a task/],
  ["a task of the document", "{printedBy: gen, task: b}", /"b" is a task of the document, and none that gen prints/],
  ["an axis that it lacks", "{printedBy: gen, match: [day]}", /unknown axis of this task "day"/],
  ["a shift of an axis that it lacks", "{printedBy: gen, match: {day: day - 1}}", /unknown axis of this task "day"/],
  ["a word that there is not", "{printedBy: gen, tsk: x}", /unknown word "tsk" \(did you mean task\?\)/],
  ["the same twice", "[{printedBy: gen}, {printedBy: gen}]", /needs "gen" twice/],
])("a need of what is printed is refused: %s", async (_, needs, expected) => {
  const text = `tasks: {gen: {run: x, generates: tasks}, b: {run: x}, c: {run: x, needs: ${needs}}}`;
  const error = await readText(text).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  const said = error instanceof UserError ? error.diagnostics.map(formatDiagnostic).join("\n") : "";
  expect(said).toMatch(expected);
});

test("what is needed of what is printed belongs to the fingerprint; another task is not changed by it", async () => {
  const fingerprintWith = async (needs: string): Promise<string | undefined> => {
    const { workflow } = await readText(`tasks: {gen: {run: x, generates: tasks}, c: {run: x, needs: ${needs}}}`);
    return workflow.templates[1]?.fingerprint;
  };
  const all = await Promise.all(
    ["gen", "{printedBy: gen}", "{printedBy: gen, task: a}", "{printedBy: gen, match: []}"].map(fingerprintWith),
  );
  expect(new Set(all).size).toBe(4);
});

test("tasks that are printed have files: of one another and of the document", async () => {
  const text = "tasks:\n  gen: {run: x, generates: tasks}\n  raw: {run: x, outputs: {o: raw.csv}}\n";
  const { parseTasks } = await readText(text);
  const printed =
    '{"a": {"run": "x", "inputs": {"r": "raw.o"}, "outputs": {"p": "a.csv"}},\n "b": {"run": "x", "inputs": {"a": "a.p", "r": "raw.o"}}}';
  const { templates } = parseTasks(printed, "gen");
  expect(templates.map(({ name, alternatives, files }) => [name, alternatives, files?.outputs])).toMatchObject([
    ["a", [[{ parent: "raw", inputs: [{ name: "r", output: "o", isList: false }] }]], [{ name: "p", path: ["a.csv"] }]],
    [
      "b",
      [
        [
          { parent: "a", inputs: [{ name: "a", output: "p" }] },
          { parent: "raw", inputs: [{ name: "r", output: "o" }] },
        ],
      ],
      [],
    ],
  ]);
  expect(() => parseTasks('{"c": {"run": "x", "inputs": {"r": "raw.p"}}}', "gen")).toThrow('unknown output "raw.p"');
  expect(() => parseTasks('{"c": {"run": "x", "outputs": {"r": "../x"}}}', "gen")).toThrow(
    "leaves the folder of the run",
  );
});
