import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { termsOfFields } from "../../../../src/domain/terms/fields.ts";
import { Graph } from "../../../../src/workflows/graph/graph.ts";
import { mistakesIn, readText } from "../../../support/documents.ts";

/** The workflow of a document. */
async function workflowOf(text: string, around?: Parameters<typeof readText>[1]) {
  return (await readText(text, around)).workflow;
}

/** What the templates of a document need: each alternative as names, with what the axes are matched by. */
async function needsOf(text: string, around?: Parameters<typeof readText>[1]) {
  const { templates } = await workflowOf(text, around);
  const words = templates.map(({ name, alternatives }) => [
    name,
    alternatives.map((edges) =>
      edges
        .map(({ parent, match }) => {
          const axes = match.map(({ axis, childAxis, from, to }) => `${axis}=${childAxis}${from}..${to}`);
          return axes.length === 0 ? parent : `${parent}[${axes.join(",")}]`;
        })
        .join(" "),
    ),
  ]);
  return Object.fromEntries(words) as unknown;
}

test("a document says tasks, in order, each with its place", async () => {
  const { name, templates } = await workflowOf(
    "# first\ntasks:\n  b: {run: x}\n\n  a:\n    run: |\n      y\n      z\n",
  );
  expect(name).toBe("flow");
  expect(templates.map((template) => [template.name, template.place.line, template.action])).toEqual([
    ["b", 3, { kind: "script", script: "x", shell: undefined }],
    ["a", 5, { kind: "script", script: "y\nz\n", shell: undefined }],
  ]);
});

test("the same document in JSON is the same workflow", async () => {
  const document = {
    name: "both",
    params: { n: 3, from: { type: "date", default: "2031-01-01" } },
    tasks: {
      days: { run: "x", generates: { axis: "day", type: "date" } },
      clean: {
        command: ["c", "${day}", "${n}"],
        matrix: ["day", { k: [1, 2], r: { from: 1, to: "n" } }],
        needs: "days",
      },
    },
  };
  const yaml =
    "name: both\nparams: {n: 3, from: {type: date, default: 2031-01-01}}\ntasks:\n  days: {run: x, generates: {axis: day, type: date}}\n" +
    "  clean:\n    command: [c, '${day}', '${n}']\n    matrix:\n    - day\n    - k: [1, 2]\n      r: {from: 1, to: n}\n    needs: days\n";
  const [one, other] = [await workflowOf(JSON.stringify(document)), await workflowOf(yaml)];
  const withoutPlaces = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value, (key, inner: unknown) => (key === "place" ? undefined : inner)));
  expect(withoutPlaces(one)).toEqual(withoutPlaces(other));
});

test("parameters are what is given, what is usual, and of their types", async () => {
  const text =
    "params: {n: 7, x: 1.50, b: true, s: text, d: {type: date, default: 2031-01-01}, c: {choices: [a, 1], default: a}, need: {type: int}}\n" +
    "tasks: {a: {run: x}}";
  const { params, given } = await workflowOf(text, { params: { need: "+4", c: "1", s: "" } });
  expect(params).toEqual({ n: "7", x: "1.50", b: "true", s: "", d: "2031-01-01", c: "1", need: "4" });
  expect(given).toEqual({ need: "+4", c: "1", s: "" });
});

test("parameters that are given wrongly are all told, and those that miss", async () => {
  const text =
    "params: {day: {type: date}, n: 3, m: {type: int}}\ntasks: {a: {run: x, matrix: {k: {from: day, to: day + 3}}}}";
  expect(await mistakesIn(text, { params: { n: "x", nn: "3" } })).toEqual([
    'bad-param: flow.yaml: the parameter day has no value (give --param day=VALUE); n must be a whole number, not "x"; ' +
      'the parameter m has no value (give --param m=VALUE); unknown parameter "nn" (did you mean n?)',
  ]);
});

test.each([
  ["[1, 2, 3]", { kind: "list", type: "int", values: ["1", "2", "3"] }],
  ["[a, 2, true]", { kind: "list", type: "string", values: ["a", "2", "true"] }],
  ["[01, 02, 3.10]", { kind: "list", type: "string", values: ["01", "02", "3.10"] }],
  ["[2031-01-01, 2031-01-03]", { kind: "list", type: "date", values: ["2031-01-01", "2031-01-03"] }],
  ["{from: 1, to: 9, step: 2}", { kind: "range", type: "int", from: 1, to: 9, step: 2 }],
  ["{from: n, to: n - 6, step: -1}", { kind: "range", type: "int", from: 7, to: 1, step: -1 }],
  ["{from: day, to: day + 6}", { kind: "range", type: "date", from: 22280, to: 22286, step: 1 }],
  ["{from: 2031-01-01, to: 2031-01-01}", { kind: "range", type: "date", from: 22280, to: 22280, step: 1 }],
  ["{lines: list}", { kind: "list", type: "string", values: ["x", "y z"] }],
  ["{lines: '${dir}/days'}", { kind: "list", type: "date", values: ["2031-01-01", "2031-01-02"] }],
  ["{open: true}", { kind: "open", type: "string" }],
  ["{open: true, type: int}", { kind: "open", type: "int" }],
])("an axis may be %s", async (said, axis) => {
  const params = "params: {n: 7, day: {type: date, default: 2031-01-01}, dir: lists}";
  const files = { list: "x\r\n\ny z\nx", "lists/days": "2031-01-01\n2031-01-02\n" };
  const [inTask, shared] = [
    await workflowOf(`${params}\ntasks: {a: {run: x, matrix: {k: ${said}}}}`, { files }),
    await workflowOf(
      `${params}\naxes: {k: ${said}, other: [1]}\ntasks: {a: {run: x, matrix: k}, b: {run: x, matrix: [k]}}`,
      { files },
    ),
  ];
  expect(inTask.axes).toMatchObject([{ name: "k", ...axis }]);
  expect(shared.axes).toMatchObject([{ name: "k", ...axis }]);
  expect(shared.templates.map(({ axes }) => axes)).toEqual([[0], [0]]);
});

test("templates that say the same of an axis share it, and others of the name are others", async () => {
  const { axes, templates } = await workflowOf(
    "tasks: {a: {run: x, matrix: {k: [1, 2]}}, b: {run: x, matrix: {k: [1, 2]}}, c: {run: x, matrix: {k: [1]}}}",
  );
  expect(axes.map(({ name }) => name)).toEqual(["k", "k"]);
  expect(templates.map((template) => template.axes)).toEqual([[0], [0], [1]]);
});

test("combinations are put in and left out", async () => {
  const { templates } = await workflowOf(
    "tasks: {a: {run: x, matrix: {n: [1, 2], c: [x], include: [{n: 3, c: z}], exclude: [{n: 1}, {n: 2, c: x}]}}}",
  );
  expect(templates[0]).toMatchObject({ include: [{ n: "3", c: "z" }], exclude: [{ n: "1" }, { n: "2", c: "x" }] });
});

test("combinations that stand alone are the axes and the instances", async () => {
  const workflow = await workflowOf(
    "tasks: {a: {run: x, matrix: {include: [{n: 1, c: x}, {n: 2, c: x}]}}, b: {run: x, matrix: [{include: [{d: 2031-01-01}]}]}}",
  );
  expect(workflow.axes).toMatchObject([
    { name: "n", kind: "list", values: [], type: "int" },
    { name: "c", kind: "list", values: [], type: "string" },
    { name: "d", kind: "list", values: [], type: "date" },
  ]);
  expect(workflow.templates).toMatchObject([
    {
      axes: [0, 1],
      include: [
        { n: "1", c: "x" },
        { n: "2", c: "x" },
      ],
    },
    { axes: [2], include: [{ d: "2031-01-01" }] },
  ]);
  const graph = Graph.of(workflow, {});
  const names = [0, 1].flatMap((index) => graph.nameOf(0, index));
  expect([graph.total, names]).toEqual([3, ["a[n=1,c=x]", "a[n=2,c=x]"]]);
});

test("combinations that stand alone name the same axes, and good names", async () => {
  const text = "tasks: {a: {run: x, matrix: {include: [{n: 1, PATH: x}, {n: 1}, {m: 1, n: 1, PATH: x}]}}}";
  expect(await mistakesIn(text)).toEqual([
    'flow.yaml:1:47: error: tasks.a.matrix.include[0].PATH: "PATH" means something else to shells and programs (choose another name)',
    "flow.yaml:1:57: error: tasks.a.matrix.include[1]: what is included needs a value for PATH, too",
    'flow.yaml:1:66: error: tasks.a.matrix.include[2].m: unknown axis of this task "m" (there are n, PATH)',
  ]);
});

test("a generated axis has the type that its generator says, by its name or by the generator's", async () => {
  const { axes } = await workflowOf(
    "tasks: {a: {run: x, generates: day}, b: {run: x, generates: {axis: tasks, type: int}}, c: {run: x, matrix: [day, tasks]}, " +
      "d: {run: x, matrix: {day: {generatedBy: a}}}}",
  );
  expect(axes).toMatchObject([
    { name: "day", kind: "generated", by: "a", type: "string" },
    { name: "tasks", kind: "generated", by: "b", type: "int" },
  ]);
});

test("texts have places for axes, and values of parameters", async () => {
  const { templates } = await workflowOf(
    "params: {n: 3, none: ''}\nenv: {A: '${n}', B: doc, C: 1}\ndefaults: {env: {B: usual}, workdir: d}\n" +
      "tasks: {a: {command: [x, '', '$${n}', 'p${k}s${n}${none}', 7], matrix: {k: [1]}, env: {B: '${k}', D: '$${'}, workdir: '/${k}'}, b: {run: '${n}'}}",
  );
  expect(templates[0]?.action).toEqual({
    kind: "command",
    argv: [["x"], [], ["${n}"], ["p", { axis: "k" }, "s3"], ["7"]],
  });
  expect(templates[0]?.env).toEqual({ A: ["3"], B: [{ axis: "k" }], C: ["1"], D: ["${"] });
  expect(templates[0]?.workdir).toEqual(["/", { axis: "k" }]);
  expect(templates[1]).toMatchObject({ env: { A: ["3"], B: ["usual"], C: ["1"] }, workdir: ["d"] });
  expect(templates[1]?.action).toMatchObject({ script: "${n}" });
});

test("a shell is words, in a list or not, and the nearer one counts", async () => {
  const { templates } = await workflowOf(
    "defaults: {shell: python3 -c}\ntasks: {a: {run: x}, b: {run: x, shell: [perl, -e]}, c: {command: [x]}}",
  );
  expect(templates.map(({ action }) => ("shell" in action ? action.shell : action.kind))).toEqual([
    ["python3", "-c"],
    ["perl", "-e"],
    "command",
  ]);
});

test("terms are those of the run, of the document and of the task, word by word", async () => {
  const ofRun = termsOfFields({ cores: 1, memory: "1G", timeout: "1h" }, () => true);
  const terms = ofRun.kind === "terms" ? ofRun.terms : undefined;
  const { templates } = await workflowOf(
    "defaults: {memory: 2G, retries: {max: 3, delay: 5}}\ntasks: {a: {run: x, cores: 4, context: gpu, retries: 1}, b: {run: x}}",
    { terms },
  );
  expect(templates.map((template) => template.terms?.text)).toEqual([
    "cores=4 memory=2G timeout=3600 retries=1 retry-delay=5 context=gpu",
    "cores=1 memory=2G timeout=3600 retries=3 retry-delay=5",
  ]);
});

test("resources have to be offered, when somebody says which are", async () => {
  const text = "tasks: {a: {run: x, resources: {licence: 2}}}";
  expect(await mistakesIn(text)).toEqual([]);
  expect(await mistakesIn(text, { isResource: () => false })).toEqual([
    'flow.yaml:1:42: error: tasks.a.resources.licence: unknown resource "licence" (neither the run nor its engines offer it)',
  ]);
});

test("what tasks need: one, several, alternatives", async () => {
  const text =
    "tasks: {a: {run: x}, b: {run: x, needs: a}, c: {run: x, needs: [a, b]}, d: {run: x, needs: {task: c}}, " +
    "e: {run: x, needs: {any: [a, [b, {task: c}]]}, if: always, allowFailure: true}, f: {run: x, needs: []}}";
  expect(await needsOf(text)).toEqual({ a: [""], b: ["a"], c: ["a b"], d: ["c"], e: ["a", "b c"], f: [""] });
  const { templates } = await workflowOf(text);
  expect(templates.map(({ condition, allowFailure }) => `${condition} ${allowFailure}`)).toEqual([
    ...Array<string>(4).fill("success false"),
    "always true",
    "success false",
  ]);
});

test("instances are joined on all axes that both have, unless somebody says otherwise", async () => {
  const text =
    "axes: {day: {from: 1, to: 9}, region: [eu, us], date: {from: 1, to: 9}}\ntasks:\n" +
    "  p: {run: x, matrix: [day, region]}\n" +
    "  join: {run: x, matrix: [region, day], needs: p}\n" +
    "  some: {run: x, matrix: [day], needs: p}\n" +
    "  none: {run: x, matrix: [day], needs: {task: p, match: []}}\n" +
    "  region: {run: x, matrix: [day, region], needs: {task: p, match: [region]}}\n" +
    "  shift: {run: x, matrix: [day, region], needs: {task: p, match: {day: day - 1}}}\n" +
    "  window: {run: x, matrix: [day, region], needs: {task: p, match: {day: {from: day-6, to: day}}}}\n" +
    "  other: {run: x, matrix: [day, date, region], needs: {task: p, match: {day: date}}}\n" +
    "  self: {run: x, matrix: [day], needs: {task: self, match: {day: day - 1}}}\n";
  expect(await needsOf(text)).toEqual({
    p: [""],
    join: ["p[day=day0..0,region=region0..0]"],
    some: ["p[day=day0..0]"],
    none: ["p"],
    region: ["p[region=region0..0]"],
    shift: ["p[day=day-1..-1,region=region0..0]"],
    window: ["p[day=day-6..0,region=region0..0]"],
    other: ["p[day=date0..0,region=region0..0]"],
    self: ["self[day=day-1..-1]"],
  });
});

test("anchors and merges save writing", async () => {
  const { templates } = await workflowOf(
    "tasks:\n  a: &a {run: x, cores: 2, needs: &n [b]}\n  b: {run: x}\n  c: {<<: *a, run: y}\n  d: {<<: [{cores: 3}, *a]}\n",
  );
  expect(templates.map(({ name, action, terms }) => [name, "script" in action && action.script, terms?.text])).toEqual([
    ["a", "x", "cores=2"],
    ["b", "x", undefined],
    ["c", "y", "cores=2"],
    ["d", "x", "cores=3"],
  ]);
});

test("a byte order mark and the ends of lines of Windows are no part of a document", async () => {
  const { templates } = await workflowOf("\uFEFFtasks:\r\n  a:\r\n    run: |\r\n      x\r\n      y\r\n");
  expect(templates[0]?.action).toMatchObject({ script: "x\ny\n" });
});

test("all texts that were read are handed out, and are enough to read it again", async () => {
  const files = { "sub/other.yaml": "tasks: {x: {run: y, matrix: {k: {lines: k.txt}}}}", "sub/k.txt": "1\n2\n" };
  const read = await readText("tasks: {a: {run: x}, g: {use: sub/other.yaml}}", { files });
  expect([...read.texts.keys()]).toEqual(["flow.yaml", "sub/other.yaml", "sub/k.txt"]);
  const { "flow.yaml": text = "", ...others } = Object.fromEntries(read.texts);
  expect(await workflowOf(text, { files: others })).toEqual(read.workflow);
});

test("a fingerprint tells whether a task is the same, whatever stands around it", async () => {
  const print = async (task: string, before = "", params = {}): Promise<string | undefined> =>
    (
      await workflowOf(`params: {n: 1, m: 1}\n${before}tasks: {p: {run: x}, a: {${task}, matrix: {k: [1]}}}`, {
        params,
      })
    ).templates[1]?.fingerprint;
  const usual = await print("run: echo $n, needs: p");
  expect(usual).toMatch(/^[0-9a-f]{32}$/);
  const same = [
    print("run: echo $n, needs: p, cores: 4, description: new, allowFailure: false"),
    print("run: echo $n, needs: [p]", "# moved\n\n\n"),
    print("run: echo $n, needs: p", "", { m: "2" }),
    print("run: echo $n, needs: p", "defaults: {timeout: 5m}\n"),
  ];
  expect(new Set(await Promise.all(same))).toEqual(new Set([usual]));
  const others = [
    print("run: echo $n"),
    print("run: echo $n$n, needs: p"),
    print("run: echo $n, needs: p", "", { n: "2" }),
    print("run: echo $n, needs: p", "env: {X: 1}\n"),
    print("run: echo $n, needs: p, if: always"),
    print("run: echo $n, needs: p, workdir: d"),
    print("run: echo $n, needs: p, secrets: [S]"),
    print("run: echo $n, needs: p, shell: sh -c"),
    print("run: echo $n, needs: {task: p, match: []}, generates: tasks"),
    print("command: [echo, $n], needs: p"),
  ];
  const prints = await Promise.all(others);
  expect(new Set([...prints, usual]).size).toBe(others.length + 1);
});

test.each(readdirSync("exampleWorkflows").filter((name) => name.endsWith(".yaml")))(
  "the example %s has no mistakes",
  async (name) => {
    expect(await mistakesIn(readFileSync(`exampleWorkflows/${name}`, "utf8"))).toEqual([]);
  },
);
