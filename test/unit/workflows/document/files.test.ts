import { expect, test } from "vitest";
import { mistakesIn, readText } from "../../../support/documents.ts";

/** The templates of a document, by name. */
async function templatesOf(text: string, around?: Parameters<typeof readText>[1]) {
  const { templates } = (await readText(text, around)).workflow;
  return new Map(templates.map((template) => [template.name, template]));
}

/** Edges of a task: parent, how it is matched, and what it hands on. */
async function edgesOf(text: string, task: string, around?: Parameters<typeof readText>[1]) {
  const template = (await templatesOf(text, around)).get(task);
  return template?.alternatives.map((edges) =>
    edges.map(({ parent, match, inputs }) => {
      const axes = match.map(({ axis, childAxis, from, to }) => `${axis}=${childAxis}${from}..${to}`).join(",");
      const handed = inputs?.map(({ name, output, isList }) => `${name}=${output}${isList ? "*" : ""}`).join(",");
      return `${parent}[${axes}]${handed === undefined ? "" : `(${handed})`}`;
    }),
  );
}

const DAYS = "axes: {day: {from: 2031-01-01, to: 2031-01-03}}\n";
const RAW =
  DAYS +
  "tasks:\n  raw: {run: x, matrix: [day], outputs: {csv: 'raw/${day}.csv', log: 'raw/${day}.log', all: raw.d/}}\n";

test("a task says what it makes and reads, with normal paths", async () => {
  const text =
    `params: {base: /data}\n${DAYS}tasks:\n  a: {run: x, matrix: [day], code: [./a.py, lib//], ` +
    `inputs: {t: {file: "x/../tables//\${day}.txt"}, d: {file: d/}}, outputs: {o: "\${base}/\${day}/", p: "./p"}}`;
  expect((await templatesOf(text)).get("a")?.files).toEqual({
    outputs: [
      { name: "o", path: ["/data/", { axis: "day" }], isFolder: true },
      { name: "p", path: ["p"], isFolder: false },
    ],
    inputs: [
      { name: "t", path: ["tables/", { axis: "day" }, ".txt"], isFolder: false },
      { name: "d", path: ["d"], isFolder: true },
    ],
    code: [["a.py"], ["lib"]],
    rule: "history",
    cacheEnv: [],
    isExternal: false,
  });
});

test("an edge that only inputs say is told apart from what needs say", async () => {
  const text = `${RAW}  b: {run: x}\n  a: {run: x, needs: {any: [b, [raw, b]]}, inputs: {c: raw.csv}}`;
  const a = (await templatesOf(text)).get("a");
  expect(a?.alternatives.map((edges) => edges.map(({ parent, isOnlyInput }) => [parent, isOnlyInput]))).toEqual([
    [
      ["b", undefined],
      ["raw", true],
    ],
    [
      ["raw", undefined],
      ["b", undefined],
    ],
  ]);
});

test("a task that says nothing of files has none", async () => {
  const text = "defaults: {cache: true, cacheEnv: [LC_ALL]}\ntasks: {a: {run: x}, b: {run: x, outputs: {o: o}}}";
  const templates = await templatesOf(text);
  expect(templates.get("a")?.files).toBeUndefined();
  expect(templates.get("b")?.files).toMatchObject({ rule: "cache", cacheEnv: ["LC_ALL"] });
});

test("an input from a task is an edge, and those of the same need are one", async () => {
  const one = `${RAW}  a: {run: x, matrix: [day], needs: [raw], inputs: {c: raw.csv, l: raw.log}}`;
  expect(await edgesOf(one, "a")).toEqual([["raw[day=day0..0](c=csv,l=log)"]]);
  const both = `${RAW}  a: {run: x, matrix: [day], inputs: {c: raw.csv, before: {from: raw.csv, match: {day: day - 1}}}}`;
  expect(await edgesOf(both, "a")).toEqual([["raw[day=day0..0](c=csv)", "raw[day=day-1..-1](before=csv)"]]);
});

test("several instances are a list, however many there are", async () => {
  const all = `${RAW}  a: {run: x, inputs: {c: raw.csv}}`;
  expect(await edgesOf(all, "a")).toEqual([["raw[](c=csv*)"]]);
  const window = `${RAW}  a: {run: x, matrix: [day], inputs: {c: {from: raw.csv, match: {day: {from: day - 6, to: day}}}}}`;
  expect(await edgesOf(window, "a")).toEqual([["raw[day=day-6..0](c=csv*)"]]);
});

test("an input from a task is needed in each alternative", async () => {
  const text = `${RAW}  b: {run: x}\n  c: {run: x}\n  a: {run: x, needs: {any: [b, [raw, c]]}, inputs: {c: raw.csv}}`;
  expect(await edgesOf(text, "a")).toEqual([
    ["b[]", "raw[](c=csv*)"],
    ["raw[](c=csv*)", "c[]"],
  ]);
});

test("a task of a group is named with its group, and within it without", async () => {
  const around = {
    files: {
      "g.yaml": "tasks: {m: {run: x, outputs: {o: m.txt}}, n: {run: x, inputs: {i: m.o}, outputs: {o: n.txt}}}",
    },
  };
  const text = "tasks: {g: {use: g.yaml}, a: {run: x, inputs: {i: g/n.o}}}";
  expect(await edgesOf(text, "a", around)).toEqual([["g/n[](i=o)"]]);
  expect(await edgesOf(text, "g/n", around)).toEqual([["g/m[](i=o)"]]);
  expect(await mistakesIn(text.replace("g/n.o", "g.o"), around)).toEqual([
    'flow.yaml:1:51: error: tasks.a.inputs.i: "g" is a group of tasks (write one of its tasks, such as g/n.o)',
  ]);
});

test("what others make has outputs and no command", async () => {
  const text = `env: {A: b}\n${DAYS}tasks: {raw: {external: true, matrix: [day], outputs: {csv: "raw/\${day}.csv"}}}`;
  expect((await templatesOf(text)).get("raw")).toMatchObject({
    action: { kind: "none" },
    env: {},
    files: { isExternal: true, rule: "outputs", outputs: [{ name: "csv" }] },
  });
});

test.each([
  ["inputs: {i: raw.csw}", 'unknown output "raw.csw" (did you mean raw.csv?)'],
  [
    "inputs: {i: rav.csv}",
    'unknown task "rav" (did you mean raw? a file that no task makes is written {file: "rav.csv"})',
  ],
  ["inputs: {i: zzz.csv}", 'unknown task "zzz" (a file that no task makes is written {file: "zzz.csv"})'],
  [
    "inputs: {i: data/x.csv}",
    '"data/x.csv" is no TASK.OUTPUT (a file that no task makes is written {file: "data/x.csv"})',
  ],
  ["inputs: {i: raw}", 'which output of "raw"? (write raw.OUTPUT)'],
  ["inputs: {i: none.x}", 'the task "none" has no outputs (write outputs: {NAME: "path"} there)'],
  ["inputs: {i: {from: raw.csv, math: []}}", 'unknown word "math" (did you mean match?)'],
  ["inputs: {i: [raw.csv]}", "must be TASK.OUTPUT, or file, or from and match, not a list"],
  ["inputs: {i-j: raw.csv}", '"i-j" is no name of a variable (letters, digits and _, and no digit first)'],
  ["outputs: {o: ../x}", '"../x" leaves the folder of the run (a path from / may lead anywhere)'],
  ["outputs: {o: a/../../x}", '"a/../../x" leaves the folder of the run (a path from / may lead anywhere)'],
  ["outputs: {o: ''}", "an empty path"],
  ["outputs: {o: ./}", '"./" is no path of a file, or of a folder in another one'],
  ["outputs: {o: /}", '"/" is no path of a file, or of a folder in another one'],
  ["outputs: {o: ~/x}", '"~/x": ~ stands for no folder here (write the whole path, or a parameter)'],
  [
    "outputs: {o: '${empty}/x'}",
    '"${empty}/x" begins with the parameter empty, which is empty (give it a folder, or .)',
  ],
  ["outputs: {o: .disbatch/x}", '".disbatch/x" is in .disbatch, which belongs to disbatch (write another folder)'],
  ['outputs: {o: "x\\ny"}', '"x\\ny" has control characters, or half a character'],
  [
    "matrix: [day], outputs: {o: '${day}/../x'}",
    '"${day}/../x" has .. behind the value of an axis (write the path without it)',
  ],
  ["outputs: {o: x}, env: {OUT_o: y}", "OUT_o is a variable of env or secrets, too (choose another name)"],
  ["outputs: {o: x}, cache: true, doneWhen: newer", "does not go with cache: true (one of them tells when it is done)"],
  ["doneWhen: outputs", 'there are no outputs (write outputs: {NAME: "path"})'],
  ["doneWhen: never", 'must be one of outputs, newer, not "never"'],
  ["cacheEnv: [LANG]", "decides nothing without cache: true"],
  ["cache: true, cacheEnv: [TOKEN], secrets: [TOKEN]", '"TOKEN" is a secret (nothing of secrets stands in records)'],
  ["generates: tasks, cache: true", "does not go with generates (what it prints is kept by the records of the runs)"],
])("%s is refused with its place", async (words, message) => {
  const text = `params: {empty: ''}\n${RAW}  none: {run: x}\n  a: {run: x, ${words}}`;
  const [first = "", ...others] = await mistakesIn(text);
  expect([first.replace(/^flow\.yaml:\d+:\d+: error: tasks\.a[^:]*: /, ""), others]).toEqual([message, []]);
});

/** Fingerprint of the task `a` of a document. */
async function fingerprintIn(text: string): Promise<string | undefined> {
  return (await templatesOf(text)).get("a")?.fingerprint;
}

test("tasks without files have the fingerprints that they have had", async () => {
  const old = `params: {n: 3}\nenv: {E: "\${n}"}\naxes: {day: {from: 2031-01-01, to: 2031-01-03}}\ntasks:\n`;
  expect(await fingerprintIn(`${old}  a: {run: "echo $n", matrix: [day], needs: [b], workdir: w}\n  b: {run: x}`)).toBe(
    "8091b0cd19c9201e2902a5636a1214b0",
  );
  expect(
    await fingerprintIn(
      `${old}  a: {command: [x, "\${n}"], secrets: [S], if: always, needs: {any: [[b], []]}}\n  b: {run: x}`,
    ),
  ).toBe("90370191385855eac21b0007ca5c41cb");
});

test("outputs and what is handed to a task make another one; how it is told that it is done does not", async () => {
  const plain = await fingerprintIn(`${RAW}  a: {run: x, needs: [raw]}`);
  const same = ["cache: true, cacheEnv: [LC_ALL]", "code: [a.py]"];
  for (const words of same) expect(await fingerprintIn(`${RAW}  a: {run: x, needs: [raw], ${words}}`)).toBe(plain);
  const others = [
    ...["outputs: {o: x}", "outputs: {p: x}", "outputs: {o: x/}", "outputs: {o: y}", "inputs: {i: raw.csv}"],
    ...["inputs: {j: raw.csv}", "inputs: {i: raw.log}", "inputs: {i: {file: x}}", "inputs: {i: {file: y}}"],
  ];
  const prints = await Promise.all(others.map((words) => fingerprintIn(`${RAW}  a: {run: x, needs: [raw], ${words}}`)));
  expect(new Set([plain, ...prints]).size).toBe(others.length + 1);
  const [one, other] = ["outputs: {o: x, p: y}, doneWhen: newer", "outputs: {p: ./y, o: x}"];
  expect(await fingerprintIn(`${RAW}  a: {run: x, ${one}}`)).toBe(await fingerprintIn(`${RAW}  a: {run: x, ${other}}`));
});
