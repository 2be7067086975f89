import { expect, test } from "vitest";
import { SUCCESS } from "../../../../src/domain/ending.ts";
import { UserError } from "../../../../src/domain/errors.ts";
import type { Task } from "../../../../src/domain/task.ts";
import { readDocument } from "../../../../src/workflows/document/read-document.ts";
import { filesOfImported } from "../../../../src/workflows/imports/foreign-files.ts";
import { withForeignTasks } from "../../../../src/workflows/imports/foreign-tasks.ts";
import { importDocument } from "../../../../src/workflows/imports/import-document.ts";
import { outcomeOf, sourceOf, type TestSource } from "../../../support/workflow-source.ts";

const NO_DISK = {
  read: (): string => {
    throw new Error("a file was read");
  },
};

interface Generating extends TestSource {
  readonly warnings: string[];
}

async function begun(document: object): Promise<Generating> {
  const file = "flow.json";
  const made = await importDocument({ format: "daggy", file, text: JSON.stringify(document) });
  const read = await withForeignTasks(await readDocument(file, {}, filesOfImported(file, made, NO_DISK)));
  const warnings: string[] = [];
  const axes = read.workflow.axes.length;
  const run = sourceOf(read.workflow, {
    parseTasks: (text, by) => {
      const printed = read.parseTasks(text, by);
      warnings.push(...(printed.warnings ?? []));
      return { templates: printed.templates, edges: printed.edges, axes: read.workflow.axes.slice(axes) };
    },
  });
  return { ...run, warnings };
}

const namesOf = (tasks: readonly Task[]): string[] => tasks.map(({ name }) => name ?? "").toSorted();

/** Has a task print this, and succeed. */
function print(run: TestSource, task: Task | undefined, printed: unknown): void {
  if (task === undefined) throw new Error("the generator is not there");
  const bytes = Buffer.from(typeof printed === "string" ? printed : JSON.stringify(printed));
  run.source.printed(task, 1, 0, bytes);
  run.source.printed(task, 1, bytes.length, new Uint8Array());
  run.source.settled(task, outcomeOf(SUCCESS));
}

/** The generator, which runs; whatever else could has been done. */
async function generatorOf(run: TestSource): Promise<Task | undefined> {
  const [gen, ...others] = await run.take();
  for (const task of others) run.source.settled(task, outcomeOf(SUCCESS));
  return gen;
}

/** Has all that can run succeed, and what follows. */
async function finished(run: TestSource): Promise<string[]> {
  const all: string[] = [];
  for (;;) {
    const tasks = await run.take();
    if (tasks.length === 0) return all;
    all.push(namesOf(tasks).join(" "));
    for (const task of tasks) run.source.settled(task, outcomeOf(SUCCESS));
  }
}

const job = (...command: readonly string[]): object => ({ job: { command } });
const C = {
  parameters: { DATE: ["1", "2"], OUT: "o" },
  jobDefaults: { environment: ["LEVEL=3"] },
  tasks: {
    gen: { ...job("gen"), isGenerator: true },
    report: { ...job("report"), parents: ["gen"] },
    after: { ...job("after"), parents: ["report"] },
    aside: job("aside"),
  },
};

test("nothing waits for what a generator prints unless that says so, and its tasks expand as those of the document", async () => {
  const run = await begun(C);
  const [gen, aside] = await run.take();
  expect(aside?.name).toBe("aside");
  print(run, gen, {
    calc: { ...job("calc", "{{DATE}}", "{{OUT}}"), children: ["report"] },
    alone: { ...job("alone"), children: ["after"] },
    idle: job("idle"),
  });
  const tasks = await run.take();
  expect(namesOf(tasks)).toEqual(["alone", "calc[DATE=1]", "calc[DATE=2]", "idle"]);
  const calc = tasks.find(({ name }) => name === "calc[DATE=1]");
  expect(calc?.setting).toMatchObject({ argv: ["calc", "1", "o"], env: { LEVEL: "3" } });
  for (const task of tasks) if (task.name !== "alone") run.source.settled(task, outcomeOf(SUCCESS));
  const [report, ...none] = await run.take();
  expect([report?.name, ...none]).toEqual(["report"]);
  if (report !== undefined) run.source.settled(report, outcomeOf(SUCCESS));
  if (aside !== undefined) run.source.settled(aside, outcomeOf(SUCCESS));
  for (const task of tasks) if (task.name === "alone") run.source.settled(task, outcomeOf(SUCCESS));
  expect(await finished(run)).toEqual(["after"]);
  expect(run.warnings).toEqual([]);
});

test("an edge to a task that may have begun is told once, and left out", async () => {
  const run = await begun(C);
  const gen = await generatorOf(run);
  print(run, gen, { late: { ...job("late"), children: ["aside"] } });
  expect(run.warnings).toEqual([expect.stringMatching(/^gen, line 1: aside may have begun before late was printed/)]);
  expect(await finished(run)).toEqual(["late report", "after"]);
});

test("a word that means nothing is told with the nearest one, and so is all else that had to be chosen", async () => {
  const run = await begun(C);
  const gen = await generatorOf(run);
  print(run, gen, {
    tag: "x",
    tasks: { a: { ...job("a"), maxRetires: 2 }, b: { job: { command: ["b"], user: "me" } } },
  });
  expect(run.warnings).toEqual([
    'gen, line 1: "tag" means nothing, and is left out',
    'gen, line 1: "maxRetires" means nothing, and is left out (did you mean maxRetries?)',
    "gen, line 1: tasks run as the one who starts the run",
  ]);
});

test("what was chosen for the defaults of the document is not told with printed tasks again", async () => {
  const run = await begun({ ...C, jobDefaults: { user: "me", environment: ["LEVEL=3"] } });
  print(run, await generatorOf(run), { a: job("a") });
  expect(run.warnings).toEqual([]);
});

test("a printed document has defaults of its own, which count more, and may keep names that no parameter has", async () => {
  const run = await begun(C);
  const gen = await generatorOf(run);
  print(run, gen, {
    jobDefaults: { environment: ["LEVEL=4", "MORE={{X}}"] },
    allowUnknownPlaceholders: true,
    tasks: { a: job("a") },
  });
  const a = (await run.take()).find(({ name }) => name === "a");
  expect(a?.setting).toMatchObject({ argv: ["a"], env: { LEVEL: "4", MORE: "{{X}}" } });
  expect(run.warnings).toEqual([]);
});

test("a parameter of a printed task that is empty takes the place of the document's", async () => {
  const run = await begun(C);
  const gen = await generatorOf(run);
  print(run, gen, { a: { ...job("a", "<{{DATE}}>", "<{{OUT}}>"), parameters: { DATE: "", OUT: "" } } });
  const tasks = await run.take();
  expect(namesOf(tasks)).toEqual(["a", "report"]);
  expect(tasks.find(({ name }) => name === "a")?.setting).toMatchObject({ argv: ["a", "<>", "<>"] });
});

test("in the Rust dialect, whatever needs a generator needs all that it prints, and what that prints", async () => {
  const details = (...command: readonly string[]): object => ({ details: { command } });
  const run = await begun({
    tasks: {
      gen: { ...details("gen"), is_generator: true, children: ["report"] },
      report: details("report"),
    },
  });
  const gen = await generatorOf(run);
  print(run, gen, { a: details("a"), more: { ...details("more"), is_generator: true } });
  const [a, more] = await run.take();
  expect([a?.name, more?.name]).toEqual(["a", "more"]);
  if (a !== undefined) run.source.settled(a, outcomeOf(SUCCESS));
  print(run, more, { b: { ...details("b"), parents: ["a"] } });
  expect(await finished(run)).toEqual(["b", "report"]);
});

test("printed tasks may need one another, the document's, and generate more; a document may be printed, too", async () => {
  const run = await begun(C);
  const gen = await generatorOf(run);
  print(run, gen, {
    parameters: { N: ["7", "8"] },
    tasks: {
      one: { ...job("one", "{{N}}"), parents: ["aside"] },
      two: { ...job("two"), parents: ["one"], isGenerator: true, children: ["report"] },
    },
  });
  const ones = await run.take();
  expect(namesOf(ones)).toEqual(["one[N=7]", "one[N=8]"]);
  for (const one of ones) run.source.settled(one, outcomeOf(SUCCESS));
  const [two] = await run.take();
  print(run, two, { three: { ...job("three"), children: ["report"] } });
  expect(await finished(run)).toEqual(["three", "report", "after"]);
});

test("{} adds nothing, and what is no good adds nothing and fails the generator", async () => {
  const empty = await begun(C);
  const gen = await generatorOf(empty);
  print(empty, gen, "{}");
  expect(await finished(empty)).toEqual(["report", "after"]);
  const bad: readonly (readonly [string | object, RegExp])[] = [
    ["", /nothing was printed/],
    ["no json", /not JSON/],
    ["[]", /must be an object/],
    [{ a: job("a"), b: {} }, /has no command/],
    [{ report: job("x") }, /there is a task of this name already/],
    [{ a: { ...job("a"), parents: ["nobody"] } }, /unknown task "nobody"/],
    [{ a: { ...job("a"), parents: ["toString"] } }, /unknown task "toString"/],
    [{ a: { ...job("a"), parents: ["b"] }, b: { ...job("b"), parents: ["a"] } }, /in a circle/],
    [{ a: job("{{TYPO}}") }, /no parameter has the name/],
    [{ a: { ...job("a"), parents: ["report"], children: ["report"] } }, /./],
    [{ "n 1": job("x"), n_1: { ...job("y"), parents: ["n 1"] } }, /"n 1" and "n_1" would both be called n_1/],
  ];
  for (const [printed, why] of bad) {
    const run = await begun(C);
    const task = await generatorOf(run);
    expect(() => print(run, task, printed)).toThrow(why);
    expect(() => print(run, task, printed)).toThrow(UserError);
    expect(run.kept).toEqual([]);
  }
});
