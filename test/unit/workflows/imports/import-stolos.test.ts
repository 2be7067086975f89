import { describe, expect, test } from "vitest";
import { UserError } from "../../../../src/domain/errors.ts";
import { readDocument } from "../../../../src/workflows/document/read-document.ts";
import type { ForeignForm } from "../../../../src/workflows/imports/formats.ts";
import { filesOfImported } from "../../../../src/workflows/imports/foreign-files.ts";
import { importDocument } from "../../../../src/workflows/imports/import-document.ts";
import { printYaml } from "../../../../src/workflows/imports/print-yaml.ts";

type Form = Omit<ForeignForm, "format">;
const FILE = "tasks.json";
const NO_DISK = {
  read: (path: string): string => {
    throw new Error(`${path} was read`);
  },
};

async function imported(apps: unknown, form?: Form) {
  const text = typeof apps === "string" ? apps : JSON.stringify(apps);
  const made = await importDocument({ format: "stolos", file: FILE, text, form });
  const { workflow } = await readDocument(FILE, {}, filesOfImported(FILE, made, NO_DISK));
  return { ...made, workflow };
}

async function refused(apps: unknown, form?: Form): Promise<readonly string[]> {
  try {
    await imported(apps, form);
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.diagnostics.map(({ message, hint }) => `${message}${hint === undefined ? "" : ` (${hint})`}`);
  }
}

async function notes(apps: unknown, form?: Form): Promise<readonly string[]> {
  const { notes: all } = await imported(apps, form);
  return all.filter(({ path }) => path[0] === "tasks").map(({ path, text }) => `${path.join(".")}: ${text}`);
}

const P = { job_id: "{x}_{y}", bash_cmd: "true" };

describe("what an app says of itself", () => {
  test("becomes a task with its axes, its command and its attempts", async () => {
    const { document } = await imported({ a: { job_id: "{day}_{n}", bash_cmd: "./a {day} --n {n}", max_retry: 1 } });
    expect(document).toEqual({
      name: "tasks",
      axes: { day: { open: true }, n: { open: true } },
      defaults: { retries: 4 },
      tasks: { a: { matrix: ["day", "n"], run: "./a ${day} --n ${n}", retries: 0 } },
    });
  });

  test("has axes that are no variables which programs hear of", async () => {
    const { document, notes: told } = await imported({ a: { job_id: "{TZ}_{tz}", bash_cmd: "date {TZ}" } });
    expect(document.tasks["a"]).toMatchObject({ matrix: ["P_TZ", "tz"], run: "date ${P_TZ}" });
    expect(told.map(({ text }) => text)).toContain('the identifier "TZ" is called P_TZ here');
  });

  test.each([
    ["echo {x} {app_name} {job_id}", { run: "echo ${x} a ${x}_${y}" }],
    ["echo {{}} {{x}} ${{HOME}}", { run: "echo {} {x} ${HOME}" }],
    ['cat <<"EOF"\n{x}\nEOF', { command: ["/bin/sh", "-c", 'cat <<"EOF"\n${x}\nEOF'] }],
    ["cat <<- \\EOF\n{x}\nEOF", { command: ["/bin/sh", "-c", "cat <<- \\EOF\n${x}\nEOF"] }],
    ['cat <<EOF "a"\n{x}\nEOF', { run: 'cat <<EOF "a"\n${x}\nEOF' }],
    ['cat <<< "{x}"', { run: 'cat <<< "${x}"' }],
    ["echo {{1..{x}}}", { command: ["/bin/sh", "-c", "echo {1..${x}}"] }],
    ["echo {{1..5}} {x}..2 {{a,{x}}}", { run: "echo {1..5} ${x}..2 {a,${x}}" }],
    ["awk '{{print {x}}}' ${{F}}", { command: ["/bin/sh", "-c", "awk '{print ${x}}' $${F}"] }],
    ["for x in 1 2; do echo $x {x}; done", { command: ["/bin/sh", "-c", "for x in 1 2; do echo $x ${x}; done"] }],
    ["export x=5; echo {x}", { command: ["/bin/sh", "-c", "export x=5; echo ${x}"] }],
    ["read -r x < f; echo {x}", { command: ["/bin/sh", "-c", "read -r x < f; echo ${x}"] }],
    [
      "echo --x={x} -x {x} y=3; y_x=1; for y in 1; do echo x {x}; done",
      { run: "echo --x=${x} -x ${x} y=3; y_x=1; for y in 1; do echo x ${x}; done" },
    ],
    ["echo \\{x}", { command: ["/bin/sh", "-c", "echo \\${x}"] }],
  ])("the command %s keeps its meaning", async (command, words) => {
    const { document } = await imported({ a: { ...P, bash_cmd: command } });
    expect(document.tasks["a"]).toMatchObject(words);
  });

  test.each([
    ["echo {HOME}", '"{HOME}" is no identifier of the app, nor app_name or job_id'],
    ["echo ${HOME}", "write $HOME"],
    ["echo {x:>3}", '"{x:>3}" is no identifier'],
    ["echo {x", "a brace that is not closed, or not opened"],
    ["echo ${x}", "a dollar sign before the value of x"],
    ["  ", "has no command"],
  ])("the command %s is refused: %s", async (command, why) => {
    expect(await refused({ a: { ...P, bash_cmd: command } })).toEqual([expect.stringContaining(why)]);
  });

  test("its own name or that of an identifier may be none that a task or an axis can have", async () => {
    const made = await imported({ "a b": { job_id: "{my-id}_{PATH}", bash_cmd: "x {my-id} {PATH}" } });
    expect(made.document.tasks["a_b"]).toMatchObject({ matrix: ["my_id", "P_PATH"], run: "x ${my_id} ${P_PATH}" });
    expect(made.instanceOf?.("a b:1_2")).toBe("a_b[my_id=1,P_PATH=2]");
    expect(made.instanceOf?.("a b")).toBe("a_b");
    expect(made.instanceOf?.("a_b[my_id=1]")).toBe("a_b[my_id=1]");
    expect(() => made.instanceOf?.("a b:1")).toThrow('"a b:1" is no job of a b, whose template is');
  });

  test("the template may be said beside the document, or by its name in the README", async () => {
    expect(await refused({ a: { bash_cmd: "x" } })).toEqual([
      expect.stringMatching(/"job_id" is missing.*--job-id-template/),
    ]);
    const given = await imported({ a: { bash_cmd: "x" } }, { jobIdTemplate: "{date}" });
    expect(given.document.tasks["a"]).toMatchObject({ matrix: ["date"] });
    expect(await notes({ a: { job_id_template: "{x}", bash_cmd: "x" } })).toEqual([
      "tasks.a: job_id_template is taken for job_id, as the README has it; Stolos itself knows job_id alone",
    ]);
  });

  test("what means nothing is named", async () => {
    const said = await notes({ a: { ...P, bash_opts: "y", pymodule: "m", env: {}, depend_on: {}, owner: "me" } });
    expect(said).toEqual([
      expect.stringContaining("pymodule is left out"),
      expect.stringContaining("env is left out"),
      expect.stringMatching(/"depend_on" is left out \(did you mean depends_on\?\)/),
      expect.stringContaining('"owner" is left out'),
      expect.stringContaining("bash_opts is left out"),
    ]);
  });

  test("everything wrong is told at once, with its place", async () => {
    const text = `{
  "a": {"job_id": "{x}", "job_type": "pyspark", "pymodule": "m"},
  "b": {"job_id": "{x}{y}", "bash_cmd": "x"},
  "c": {"job_id": "{x}", "depends_on": {"app_name": ["bb", "b"]}},
  "d": {"job_id": "{x}", "bash_cmd": "x", "depends_on": [{"app_name": ["c"]}], "max_retry": 0},
  "e": {"job_id": "{x}", "bash_cmd": "x", "depends_on": {"g": [{"y": 3}]}, "autofill_values": {"y": [1]}}
}`;
    await expect(imported(text)).rejects.toMatchObject({
      code: "bad-document",
      diagnostics: [
        { place: { line: 2 }, message: expect.stringContaining('"pyspark" are done by a plugin') },
        { place: { line: 3 }, message: expect.stringContaining("nothing stands between {x}{y}") },
        { place: { line: 4 }, message: "c: has no command" },
        { place: { line: 4 }, message: expect.stringContaining('unknown app "bb"') },
        { place: { line: 5 }, message: expect.stringContaining("Stolos fails at a list") },
        { place: { line: 5 }, message: expect.stringContaining("1 or more") },
        { place: { line: 6 }, message: expect.stringContaining('must be a list of values, or "all"') },
        { place: { line: 6 }, message: expect.stringContaining('unknown identifier of "{x}" "y"') },
      ],
    });
  });

  test("apps in a circle are refused", async () => {
    const on = (app: string) => ({ ...P, depends_on: { app_name: [app] } });
    expect(await refused({ a: on("b"), b: on("a") })).toEqual([expect.stringContaining("in a circle")]);
    expect(await refused({ a: on("a") })).toEqual([expect.stringContaining("in a circle: a -> a")]);
  });

  test("a document without apps is refused", async () => {
    expect(await refused({})).toEqual(["there is no app"]);
    expect(await refused("[]")).not.toEqual([]);
    expect(await refused("{")).not.toEqual([]);
  });
});

describe("autofill_values", () => {
  test.each([
    ["3", [0, 1, 2]],
    ["5:7", [5, 6]],
    ["4:5", [4]],
    ["10:50:20", [10, 30]],
  ])("the range %s ends before its last number", async (range, values) => {
    const { document } = await imported({ a: { ...P, autofill_values: { y: range } } });
    const step = (values[1] ?? 0) - (values[0] ?? 0);
    const ends = { from: values[0], to: values.at(-1), ...(step === 1 ? {} : { step }) };
    expect(document["axes"]).toMatchObject({ y: values.length === 1 ? values : ends });
  });

  test.each([
    ["5:5", "has no values: it ends where it begins"],
    ["3:1", "has no values: it ends where it begins, or before"],
    ["0:9:0", "its step is 0"],
    ["-3:3", "is no range"],
    ["a", "is no range"],
    ["1:2:3:4", "is no range"],
    ["0:99999999", "are refused"],
    [7, "must be a list of values"],
    [[{}], "must be text"],
    [["a\nb"], "control characters"],
  ])("%j is refused: %s", async (range, why) => {
    expect(await refused({ a: { ...P, autofill_values: { y: range } } })).toEqual([expect.stringContaining(why)]);
  });

  test("a range that counts over the end of a month is told", async () => {
    const made = await imported({ a: { ...P, autofill_values: { x: "20150128:20150203" } } });
    expect(made.notes.map(({ text }) => text)).toContainEqual(expect.stringContaining("some of them are no days"));
  });

  test('1 and "1" are one value', async () => {
    const { document } = await imported({ a: { ...P, autofill_values: { y: [1, "1", "x"] } } });
    expect(document["axes"]).toMatchObject({ y: [1, "x"] });
  });

  test("a value that would end another identifier is refused", async () => {
    expect(await refused({ a: { ...P, autofill_values: { x: ["a_b"] } } })).toEqual([
      expect.stringContaining('"a_b" has in it what ends {x}'),
    ]);
    expect(await refused({ a: { ...P, autofill_values: { y: ["a_b"] } } })).toEqual([]);
  });
});

describe("valid_if_or", () => {
  const taskOf = async (valid: unknown, rest = {}) =>
    (await imported({ a: { ...P, ...rest, valid_if_or: valid } })).document.tasks["a"];

  test("is when: any of its words is enough", async () => {
    expect(await taskOf({ x: [1, "2"] })).toMatchObject({ when: { x: [1, 2] } });
    expect(await taskOf({ x: [1], y: ["a"] })).toMatchObject({ when: [{ x: [1] }, { y: ["a"] }] });
  });

  test("says nothing where it is null", async () => {
    expect(await taskOf(null)).not.toHaveProperty("when");
  });

  test("without any word skips all jobs", async () => {
    expect(await taskOf({})).toMatchObject({ if: "failure" });
    expect(await taskOf({ x: [] })).toMatchObject({ if: "failure" });
    expect(await notes({ a: { ...P, valid_if_or: {} } })).toEqual([expect.stringContaining("all are skipped")]);
  });

  test("names only values that there are", async () => {
    const rest = { autofill_values: { y: ["a", "b"] }, depends_on: { app_name: ["p"] } };
    const made = await imported({ p: P, a: { ...P, ...rest, valid_if_or: { y: ["b", "c"] } } });
    expect(made.document.tasks["a"]).toMatchObject({ when: { y: ["b"] } });
  });

  test.each([
    [{ _func: "m.f" }, "a function of Python decides"],
    [{ z: [1] }, 'unknown identifier of "{x}_{y}" "z"'],
    [{ x: "1" }, "must be a list of values"],
    [[1], "must be an object"],
  ])("%j is refused: %s", async (valid, why) => {
    expect(await refused({ a: { ...P, valid_if_or: valid } })).toEqual([expect.stringContaining(why)]);
  });
});

describe("depends_on", () => {
  const X = { job_id: "{x}", bash_cmd: "true" };
  const groups = { g1: { app_name: ["p"] }, g2: { app_name: ["q"], x: [1, 2] } };

  test("its groups are alternatives, or all of them are needed", async () => {
    const apps = { p: X, q: X, c: { ...X, depends_on: groups } };
    const q = { task: "q", match: { x: [1, 2] }, when: { x: [1, 2] } };
    expect((await imported(apps)).document.tasks["c"]).toMatchObject({ needs: { any: [["p"], [q]] } });
    expect((await imported(apps, { groups: "all" })).document.tasks["c"]).toMatchObject({ needs: ["p", q] });
    expect(await notes(apps)).toEqual([expect.stringMatching(/^tasks.c.needs: one group is enough.*--groups all/)]);
    expect(await notes(apps, { groups: "all" })).toEqual([
      expect.stringContaining("all that are for a job are needed"),
    ]);
  });

  test("groups that are never for one job are told of nothing", async () => {
    const apart = { g1: { app_name: ["p"], x: [3] }, g2: { app_name: ["p"], x: [1, 2] } };
    expect(await notes({ p: X, c: { ...X, depends_on: apart } })).toEqual([]);
  });

  test("clauses of a group apply together, or none does", async () => {
    const both = {
      g: [
        { app_name: ["p"], x: [1, 2] },
        { app_name: ["q"], x: [2, 3] },
      ],
    };
    const { document } = await imported({ p: X, q: X, c: { ...X, depends_on: both } });
    expect(document.tasks["c"]).toMatchObject({
      needs: [
        { task: "p", match: { x: [1, 2] }, when: { x: [2] } },
        { task: "q", match: { x: [2, 3] }, when: { x: [2] } },
      ],
    });
  });

  test("a group for no job is left out, and told", async () => {
    const dead = { g1: { app_name: ["p"], x: [] }, g2: { app_name: ["p"] } };
    const apps = { p: X, c: { ...X, depends_on: dead } };
    expect((await imported(apps)).document.tasks["c"]).toMatchObject({ needs: ["p"] });
    expect(await notes(apps)).toEqual([expect.stringContaining("the group g1 is left out")]);
  });

  test("job ids that are no combinations of values are needed one by one", async () => {
    const { document } = await imported({
      p: P,
      c: { ...X, depends_on: { app_name: ["p"], job_id: ["1_2", "3_4"] } },
    });
    expect(document.tasks["c"]).toMatchObject({
      needs: [
        { task: "p", match: { x: [1], y: [2] } },
        { task: "p", match: { x: [3], y: [4] } },
      ],
    });
  });

  test.each([
    [{ app_name: ["p"], job_id: ["1"] }, '"1" is no job id of p'],
    [{ app_name: ["p"], y: "all" }, '"all" of y says nothing'],
    [{ app_name: ["p"], y: 1 }, 'must be a list of values, or "all"'],
    [{ app_name: [] }, "names no app"],
    [{ g: {} }, '"app_name" is missing'],
    [{ g: [] }, "a group without clauses"],
    ["p", "must be an object"],
  ])("%j is refused: %s", async (dependsOn, why) => {
    expect(await refused({ p: P, c: { ...X, depends_on: dependsOn } })).toEqual([expect.stringContaining(why)]);
  });

  test("the name of an app alone is a list of one", async () => {
    const { document } = await imported({ p: X, c: { ...X, depends_on: { app_name: "p" } } });
    expect(document.tasks["c"]).toMatchObject({ needs: ["p"] });
  });

  test("an empty one says nothing", async () => {
    expect((await imported({ c: { ...X, depends_on: {} } })).document.tasks["c"]).not.toHaveProperty("needs");
  });
});

test("a document that was printed and read again means the same", async () => {
  const made = await imported({
    p: { job_id: "{date}_{client}", bash_cmd: "echo '{client}'", autofill_values: { client: "1:4" } },
    "q r": { job_id: "{date}", bash_cmd: "echo {date}\nexit 1", valid_if_or: { date: ["20140101", "2014-01-02"] } },
    c: {
      job_id: "{date}_{to}",
      bash_cmd: "true",
      autofill_values: { to: ["A", "no", "1.0"] },
      depends_on: { g1: { app_name: ["p"], client: "all" }, g2: { app_name: ["q r"], date: ["20140101"], to: ["no"] } },
    },
  });
  const text = await printYaml(made);
  const { workflow } = await readDocument(FILE, {}, { read: () => text });
  const plain = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value, (key, inner: unknown) => (key === "place" ? undefined : inner)));
  expect(plain(workflow)).toEqual(plain(made.workflow));
  expect(text).toMatch(/# one group is enough/);
});
