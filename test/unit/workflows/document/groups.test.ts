import { expect, test } from "vitest";
import { mistakesIn, readText } from "../../../support/documents.ts";

const GROUP =
  "params: {n: 1, place: {type: choice, choices: [eu, us], default: eu}}\nenv: {V: 'n${n}'}\ntasks:\n" +
  "  first: {run: 'echo $n', matrix: {day: [1, 2]}}\n  second: {run: x, matrix: {day: [1, 2]}, needs: first}\n" +
  "  side: {run: x}\n  days: {run: x, generates: hour}\n  hours: {run: x, matrix: [hour]}\n";

/** Names, and what each needs. */
async function shown(text: string, files: Record<string, string>) {
  const { templates } = (await readText(text, { files, path: "d/flow.yaml" })).workflow;
  return templates.map(({ name, alternatives }) =>
    [name, ...alternatives.flat().map(({ parent }) => parent)].join(" "),
  );
}

test("a document that is used stands in its place, with its own parameters", async () => {
  const { templates, params, axes } = (
    await readText(
      "params: {m: us}\ntasks: {a: {run: x}, g: {use: g.yaml, with: {n: 5, place: '${m}'}}, z: {run: x}}",
      {
        files: { "d/g.yaml": GROUP },
        path: "d/flow.yaml",
      },
    )
  ).workflow;
  expect(templates.map(({ name }) => name)).toEqual(["a", "g/first", "g/second", "g/side", "g/days", "g/hours", "z"]);
  expect(params).toEqual({ m: "us" });
  expect(templates[1]?.env).toEqual({ n: ["5"], place: ["us"], V: ["n5"] });
  expect(templates[0]?.env).toEqual({});
  expect(templates[1]?.place).toEqual({ file: "d/g.yaml", line: 4, column: 3 });
  expect(axes.map((axis) => ("by" in axis ? axis.by : axis.name))).toEqual(["day", "g/days"]);
});

test("a need of a group is one of all its ends, and needs of a group are those of its roots", async () => {
  const text =
    "tasks: {a: {run: x}, g: {use: g.yaml, needs: a}, h: {use: g.yaml, needs: [g, g/first]}, b: {run: x, needs: [g/second, h]}, " +
    "c: {run: x, matrix: {hour: {generatedBy: g/days}}}}";
  expect(await shown(text, { "d/g.yaml": GROUP })).toEqual([
    "a",
    "g/first a",
    "g/second g/first",
    "g/side a",
    "g/days a",
    "g/hours",
    "h/first g/second g/side g/hours g/first",
    "h/second h/first",
    "h/side g/second g/side g/hours g/first",
    "h/days g/second g/side g/hours g/first",
    "h/hours",
    "b g/second h/second h/side h/hours",
    "c",
  ]);
});

test("a root of a group goes on to need other instances of itself", async () => {
  const group = "tasks: {step: {run: x, matrix: {day: [1, 2]}, needs: {task: step, match: {day: day - 1}}}}";
  const text = "tasks: {a: {run: x}, b: {run: x}, g: {use: g.yaml, needs: {any: [[a], [b]]}}}";
  const { templates } = (await readText(text, { files: { "d/g.yaml": group }, path: "d/flow.yaml" })).workflow;
  const alternatives = templates[2]?.alternatives.map((edges) => edges.map(({ parent }) => parent));
  expect(alternatives).toEqual([
    ["a", "g/step"],
    ["b", "g/step"],
  ]);
});

test("groups of groups are named through both, from where they are used", async () => {
  const files = { "d/e/outer.yaml": "tasks: {in: {use: ../g.yaml}, end: {run: x, needs: in/side}}", "d/g.yaml": GROUP };
  const text = "tasks: {o: {use: e/outer.yaml}, a: {run: x, needs: [o/in/first, o/end]}}";
  expect((await shown(text, files)).slice(-2)).toEqual(["o/end o/in/side", "a o/in/first o/end"]);
});

test("mistakes in a document that is used have its places, and mistakes in its use those of the use", async () => {
  const files = {
    "g.yaml": GROUP.replace("needs: first", "needs: frist"),
    "h.yaml": "params: {must: {type: int}}\ntasks: {x: {run: x}}",
  };
  const text =
    "tasks:\n  g: {use: g.yaml, with: {place: as, m: 1}}\n  h: {use: h.yaml}\n  gone: {use: gone.yaml}\n" +
    "  a: {run: x, needs: [g/nope, gone/any]}\n  b: {use: h.yaml, with: {must: 1}, cores: 2}";
  expect(await mistakesIn(text, { files })).toEqual([
    'flow.yaml:2:34: error: tasks.g.with.place: place must be one of eu, us, not "as"',
    'flow.yaml:2:41: error: tasks.g.with.m: unknown parameter "m" (there are n, place)',
    "flow.yaml:3:12: error: tasks.h.use: the parameter must has no value (write with: {must: ...})",
    "flow.yaml:4:15: error: tasks.gone.use: cannot read gone.yaml: it is not there",
    expect.stringMatching(/^flow\.yaml:5:23: error: tasks\.a\.needs\[0\]: unknown task "g\/nope"/),
    "flow.yaml:6:37: error: tasks.b.cores: does not go with use (write it into the document that is used)",
    'g.yaml:5:50: error: tasks.second.needs: unknown task "frist" (did you mean first?)',
  ]);
});

test("documents that use each other in a circle are told", async () => {
  const files = { "d/a.yaml": "tasks: {b: {use: b.yaml}}", "d/b.yaml": "tasks: {f: {use: ./a.yaml}}" };
  expect(await mistakesIn("tasks: {a: {use: d/a.yaml}, s: {use: ./flow.yaml}}", { files })).toEqual([
    "d/b.yaml:1:18: error: tasks.f.use: documents use each other in a circle: a.yaml uses b.yaml uses a.yaml",
    "flow.yaml:1:38: error: tasks.s.use: documents use each other in a circle: flow.yaml uses flow.yaml",
  ]);
});

test("documents that use ever more documents come to an end", async () => {
  const files = Object.fromEntries(
    Array.from({ length: 30 }, (_, i) => [`${i}.yaml`, `tasks: {a: {use: ${i + 1}.yaml}, b: {use: ${i + 1}.yaml}}`]),
  );
  const mistakes = await mistakesIn("tasks: {a: {use: 0.yaml}}", { files });
  expect(mistakes[0]).toMatch(/more than 1000 documents, or more than 20 of which one uses the other$/);
});
