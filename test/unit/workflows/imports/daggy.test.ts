import { expect, test } from "vitest";
import { warningsOf } from "../../../../src/workflows/imports/foreign-files.ts";
import { printImported } from "../../../../src/workflows/imports/print-imported.ts";
import { imported, mistakesOf } from "../../../support/imports.ts";

const tasksOf = async (document: object): Promise<Readonly<Record<string, unknown>>> =>
  (await imported("daggy", JSON.stringify(document), "flow.json")).document.tasks;
const notesOf = async (document: object): Promise<readonly string[]> =>
  (await imported("daggy", JSON.stringify(document), "flow.json")).notes.map(({ text }) => text);
const wrong = (document: unknown): Promise<readonly string[]> =>
  mistakesOf("daggy", typeof document === "string" ? document : JSON.stringify(document), "flow.json");
const job = (...command: readonly string[]): object => ({ job: { command } });

test("a pipeline of the C++ dialect: edges of either side are one edge", async () => {
  const tasks = {
    pull: { ...job("pull"), children: ["derive"] },
    derive: { ...job("derive"), parents: ["pull"] },
    report: { ...job("report"), parents: ["derive"] },
  };
  expect(await tasksOf({ tasks })).toEqual({
    pull: { command: ["pull"] },
    derive: { command: ["derive"], needs: ["pull"] },
    report: { command: ["report"], needs: ["derive"] },
  });
});

test("relevant parameters become axes in their order, and those with one value are parameters", async () => {
  const document = {
    parameters: { DAY: ["1", "2"], REGION: ["n", "s"], OUT: "results", ONE: ["x"] },
    tasks: {
      count: job("count", "{{REGION}}-{{DAY}}", "{{OUT}}/{{ONE}}"),
      plain: job("plain"),
    },
  };
  const { document: ours, workflow } = await imported("daggy", JSON.stringify(document), "flow.json");
  expect(ours).toEqual({
    name: "flow",
    params: { OUT: "results", ONE: "x" },
    axes: { DAY: ["1", "2"], REGION: ["n", "s"] },
    tasks: {
      count: { matrix: ["DAY", "REGION"], command: ["count", "${REGION}-${DAY}", "${OUT}/${ONE}"] },
      plain: { command: ["plain"] },
    },
  });
  expect(workflow.templates.map(({ axes }) => axes.length)).toEqual([2, 0]);
});

test("edges connect all with all, also where two tasks share a parameter", async () => {
  const document = {
    parameters: { DATE: ["1", "2", "3"] },
    tasks: {
      populate_inputs: { ...job("in"), children: ["calc_date"] },
      calc_date: { ...job("calc", "{{DATE}}"), children: ["check"] },
      check: job("check", "{{DATE}}"),
      generate_report: { ...job("report"), parents: ["check"] },
    },
  };
  const { workflow, document: ours } = await imported("daggy", JSON.stringify(document), "flow.json");
  expect(ours.tasks["check"]?.["needs"]).toEqual([{ task: "calc_date", match: [] }]);
  expect(ours.tasks["generate_report"]?.["needs"]).toEqual(["check"]);
  expect(workflow.templates.flatMap(({ alternatives }) => alternatives.flat().map(({ match }) => match))).toEqual([
    [],
    [],
    [],
  ]);
});

test("a value is put in once, is never looked into, and no other text becomes a place", async () => {
  const document = {
    parameters: { A: "{{B}}", B: "z", N: ["1", "2"] },
    tasks: { t: job("echo", "{{A}} {{B}}", "${HOME} $${x} $", "cost$${{N}}", "{{ N }} {{.State}}") },
  };
  const { workflow, document: ours } = await imported("daggy", JSON.stringify(document), "flow.json");
  expect(ours.tasks["t"]?.["command"]).toEqual([
    "echo",
    "${A} ${B}",
    "$${HOME} $$${x} $",
    "cost${dollar}${dollar}${N}",
    "{{ N }} {{.State}}",
  ]);
  const [template] = workflow.templates;
  expect(template?.action).toMatchObject({
    argv: [["echo"], ["{{B}} z"], ["${HOME} $${x} $"], ["cost$$", { axis: "N" }], ["{{ N }} {{.State}}"]],
  });
});

test("in the Rust dialect the key is the text that is replaced, where it is no part of another word", async () => {
  const document = {
    tags: { project: "x" },
    parameters: { DATE: ["2022", "2023"], "{{WHO}}": ["me"] },
    tasks: {
      a: {
        details: { command: ["echo", "DATE", "UPDATE", "{{WHO}}"], environment: { D: "DATE" }, timeout: 0 },
        max_retries: 2,
        run_id: 7,
      },
    },
  };
  const { document: ours, notes } = await imported("daggy", JSON.stringify(document), "flow.json");
  expect(ours).toMatchObject({
    description: "tags: project=x",
    params: { WHO: "me" },
    axes: { DATE: ["2022", "2023"] },
    tasks: {
      a: { matrix: ["DATE"], command: ["echo", "${DATE}", "UPDATE", "${WHO}"], env: { D: "${DATE}" }, retries: 2 },
    },
  });
  expect(notes).toEqual([]);
});

test("defaults fill in member by member, and variables one by one, before parameters are looked for", async () => {
  const document = {
    parameters: { DATE: ["1", "2"] },
    jobDefaults: { command: ["usual"], environment: ["A=1", "B={{DATE}}"], timeLimitSeconds: "60", minCPUs: "2" },
    tasks: {
      one: { job: { environment: ["B=2", "C=3"], timeLimitSeconds: "0" } },
      two: { job: { commandString: "own 'a  word' \"b c\" d\\ e" } },
    },
  };
  expect(await tasksOf(document)).toEqual({
    one: { command: ["usual"], env: { A: "1", B: "2", C: "3" }, cores: 2 },
    two: {
      matrix: ["DATE"],
      command: ["own", "a  word", "b c", "d e"],
      env: { A: "1", B: "${DATE}" },
      timeout: 60,
      cores: 2,
    },
  });
  expect(await notesOf(document)).toContain("jobDefaults name DATE: so this task has an instance for each value");
});

test("what the executors are told becomes terms, or is said to be left out", async () => {
  const slurm = {
    ...{ command: ["x"], minCPUs: "4", minMemoryMB: "100", minTmpDiskMB: "10", priority: "1", timeLimitSeconds: "30" },
    ...{ userID: "1000", workDir: "/w", tmpDir: "/t" },
  };
  const document = { tasks: { s: { job: slurm, maxRetries: 3, retryIntervalSeconds: "30" } } };
  expect(await tasksOf(document)).toEqual({
    s: {
      ...{ command: ["x"], workdir: "/w", cores: 4, memory: "100M", priority: 1, timeout: 30 },
      retries: { max: 3, delay: 30 },
    },
  });
  expect(await notesOf(document)).toEqual([
    "tasks run as the one who starts the run",
    "nothing counts space on disks, so this is left out",
    "what tasks print is kept with the run, so this folder is left out",
    "Daggy does not see to memory; here a task that uses more than this is ended",
  ]);
  const resources = { cores: 1, memory_mb: 100, gpu: 1, license: 2 };
  const agent = { tasks: { s: { details: { command: ["x"], resources } } } };
  expect(await tasksOf(agent)).toEqual({
    s: { command: ["x"], memory: "100M", cores: 1, gpus: 1, resources: { license: 2 } },
  });
});

test("a parameter of a task counts more, for that task alone", async () => {
  const document = {
    parameters: { A: ["1", "2"], B: "b" },
    tasks: {
      usual: job("{{A}}", "{{B}}"),
      one: { ...job("{{A}}", "{{B}}"), parameters: { A: "only ${x}" } },
      many: { ...job("{{A}}", "{{B}}"), parameters: { A: ["3", "4"], B: ["5", "6"] } },
    },
  };
  expect(await tasksOf(document)).toEqual({
    usual: { matrix: ["A"], command: ["${A}", "${B}"] },
    one: { command: ["only $${x}", "${B}"] },
    many: { matrix: [{ A: ["3", "4"] }, { B_2: ["5", "6"] }], command: ["${A}", "${B_2}"] },
  });
});

test("a variable that repeats its parameter is the parameter, and any other one has the name for itself", async () => {
  const document = {
    parameters: { DATE: ["1", "2"], HOME: "h", LEVEL: "3" },
    tasks: { t: { job: { command: ["{{DATE}}", "{{HOME}}"], environment: ["DATE={{DATE}}", "LEVEL=L{{LEVEL}}"] } } },
  };
  const { document: ours } = await imported("daggy", JSON.stringify(document), "flow.json");
  expect(ours).toMatchObject({
    params: { P_HOME: "h", LEVEL_value: "3" },
    tasks: { t: { matrix: ["DATE"], command: ["${DATE}", "${P_HOME}"], env: { LEVEL: "L${LEVEL_value}" } } },
  });
});

test("the faults of the README are taken with a word", async () => {
  const asJob = { job: { DATE: ["1", "2"] }, tasks: { t: job("{{DATE}}") } };
  expect(await tasksOf(asJob)).toEqual({ t: { matrix: ["DATE"], command: ["${DATE}"] } });
  expect(await notesOf(asJob)).toEqual(["job is taken for parameters"]);
  expect(await notesOf({ taskParameters: { D: "1" }, tasks: { t: job("{{D}}") } })).toEqual([
    "taskParameters is taken for parameters",
  ]);
  const table = { tasks: { t: { name: "t", command: ["x"], maxRetries: 1, retry: 5 } } };
  expect(await tasksOf(table)).toEqual({ t: { command: ["x"], retries: { max: 1, delay: 5 } } });
  expect(await notesOf(table)).toEqual([
    "command is taken as if it stood in job",
    "retry is taken for retryIntervalSeconds",
  ]);
  const unquoted = '{\n  "tasks": { calc: {"job": {"command": ["x"]}} }\n}';
  expect((await wrong(unquoted))[0]).toMatch(/^flow\.json:2:14: error: not JSON/);
});

test("words that mean nothing are named, and the nearest one with them", async () => {
  const document = { executionParameters: { pool: "x" }, note: 1, tasks: { t: { ...job("x"), maxRetrys: 3 } } };
  expect(await notesOf(document)).toEqual([
    '"note" means nothing, and is left out',
    '"maxRetrys" means nothing, and is left out (did you mean maxRetries?)',
    "executionParameters is left out: hosts are chosen where a run begins, and context says which of them a task may have",
  ]);
});

test("names that tasks cannot have here are changed, and edges still find them", async () => {
  const tasks = { "1st step": job("a"), "a-b": { ...job("b"), parents: ["1st step"] }, a_b: job("c") };
  expect(await tasksOf({ tasks })).toEqual({
    _1st_step: { command: ["a"] },
    "a-b": { command: ["b"], needs: ["_1st_step"] },
    a_b_2: { command: ["c"] },
  });
});

test("of very many warnings the first ones are told, and how many more there are", async () => {
  const tasks = Object.fromEntries(Array.from({ length: 250 }, (_, i) => [`t ${i}`, job("x")]));
  const made = await imported("daggy", JSON.stringify({ tasks }), "flow.json");
  expect(made.notes).toHaveLength(250);
  const told = warningsOf(made);
  expect(told).toHaveLength(101);
  expect(told.at(-1)).toMatchObject({ severity: "warning", message: "and 150 more warnings" });
});

test("everything that is wrong is told at once, in the foreign file", async () => {
  const text = `{
  "parameters": {"EMPTY": [], "BAD": {}},
  "tasks": {
    "a": {"job": {"command": ["{{EMPTY}}", "{{TYPO}}"]}, "parents": ["a", "nobody", "calc_2"]},
    "calc": {"job": {"command": []}, "maxRetries": -1},
    "two": {"job": {"command": ["x"], "commandString": "y"}},
    "none": {},
    "quote": {"job": {"commandString": "echo 'a", "environment": ["NOVALUE"]}},
    "x/y": {"job": {"command": ["x"], "jwt_token": "t"}}
  }
}`;
  expect(await wrong(text)).toEqual([
    expect.stringMatching(/^flow\.json:2:27: error: parameters\.EMPTY: a parameter without values/),
    expect.stringMatching(/^flow\.json:2:38: error: parameters\.BAD: must be text/),
    expect.stringMatching(/^flow\.json:4:44: error: .*no parameter has the name of \{\{TYPO\}\}/),
    expect.stringMatching(/^flow\.json:4:70: error: .*"a" needs itself/),
    expect.stringMatching(/^flow\.json:4:75: error: .*unknown task "nobody"/),
    expect.stringMatching(/^flow\.json:4:85: error: .*unknown task "calc_2" \(edges name tasks, such as calc/),
    expect.stringMatching(/^flow\.json:5:33: error: .*is an empty command/),
    expect.stringMatching(/^flow\.json:5:52: error: .*must be a whole number/),
    expect.stringMatching(/^flow\.json:6:39: error: .*says the same as command/),
    expect.stringMatching(/^flow\.json:7:5: error: .*has no command/),
    expect.stringMatching(/^flow\.json:8:40: error: .*a quote in it is not closed/),
    expect.stringMatching(/^flow\.json:8:67: error: .*"NOVALUE" is not NAME=VALUE/),
    expect.stringMatching(/^flow\.json:9:5: error: .*"x\/y" is no name of a task/),
    expect.stringMatching(/^flow\.json:9:39: error: .*a secret stands in the document/),
  ]);
});

test("a circle, no task, no object and the older form of daggyr are refused", async () => {
  const circle = { tasks: { a: { ...job("x"), parents: ["b"] }, b: { ...job("x"), parents: ["a"] } } };
  expect(await wrong(circle)).toEqual([expect.stringContaining("tasks need each other in a circle: a -> b -> a")]);
  expect(await wrong({ tasks: {} })).toEqual([expect.stringContaining("there is no task")]);
  expect(await wrong([])).toEqual([expect.stringContaining("a Daggy document is an object with tasks")]);
  expect(await wrong({ tags: ["x"], tasks: [{ class: "a" }] })).toEqual([expect.stringContaining("an older form")]);
});

test("texts in braces that no parameter has may be kept", async () => {
  const document = { allowUnknownPlaceholders: true, tasks: { t: job("{{TYPO}}") } };
  expect(await tasksOf(document)).toEqual({ t: { command: ["{{TYPO}}"] } });
});

test("mistakes that only our reader finds name the foreign file, too", async () => {
  const text =
    '{"tasks": {\n  "t": {"job": {"command": ["x"], "environment": {"BAD NAME": "1"}, "priority": 99999999999}}\n}}';
  expect(await wrong(text)).toEqual([
    expect.stringMatching(/^flow\.json:2:51: error: /),
    expect.stringMatching(/^flow\.json:2:81: error: /),
  ]);
});

test("what is printed is read again: JSON, where it would be more YAML than is read", async () => {
  const printed = async (length: number): Promise<string> => {
    const list = ",".repeat(length);
    const text = JSON.stringify({ tasks: { a: job(list, list, list, list) } });
    return (await printImported({ format: "daggy", file: "flow.json", text }, false)).text;
  };
  expect(await printed(100)).toMatch(/^name: flow\n/);
  const large = await printed(80_000);
  expect(large.length).toBeLessThan(1_000_000);
  expect(JSON.parse(large)).toMatchObject({ name: "flow" });
});

test("a parameter that programs would hear of has another name, and one that no task names is left out", async () => {
  const parameters = { TZ: ["Asia/Tokyo", "UTC"], OMP_NUM_THREADS: "4", LC_ALL: "C", DAY: "1" };
  const tasks = { a: { job: { command: ["a", "{{TZ}}", "{{OMP_NUM_THREADS}}"], environment: ["TZ={{TZ}}"] } } };
  const { document, notes } = await imported("daggy", JSON.stringify({ parameters, tasks }), "flow.json");
  expect(document).toEqual({
    name: "flow",
    params: { P_OMP_NUM_THREADS: "4" },
    axes: { P_TZ: ["Asia/Tokyo", "UTC"] },
    tasks: { a: { matrix: ["P_TZ"], command: ["a", "${P_TZ}", "${P_OMP_NUM_THREADS}"], env: { TZ: "${P_TZ}" } } },
  });
  expect(notes.map(({ text }) => text)).toEqual([
    'the parameter "TZ" is called P_TZ: its values are in a variable of that name',
    'the parameter "OMP_NUM_THREADS" is called P_OMP_NUM_THREADS: its values are in a variable of that name',
    "no task names LC_ALL, and it is left out",
    "no task names DAY, and it is left out",
  ]);
});

test("what is printed may name parameters that no task of the document names", async () => {
  const tasks = { gen: { ...job("gen"), isGenerator: true } };
  const { document } = await imported("daggy", JSON.stringify({ parameters: { TZ: "UTC" }, tasks }), "flow.json");
  expect(document["params"]).toEqual({ P_TZ: "UTC" });
});

test("a parameter of one task that programs would hear of has another name, too", async () => {
  const tasks = { a: { ...job("a", "{{TZ}}"), parameters: { TZ: ["1", "2"] } } };
  const { document, notes } = await imported("daggy", JSON.stringify({ tasks }), "flow.json");
  expect(document.tasks["a"]).toMatchObject({ matrix: [{ P_TZ: ["1", "2"] }], command: ["a", "${P_TZ}"] });
  expect(notes.map(({ text }) => text)).toEqual([expect.stringContaining('the parameter "TZ" is called P_TZ')]);
});
