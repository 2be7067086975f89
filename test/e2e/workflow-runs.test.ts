import { chmodSync, mkdirSync, unlinkSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type Artifact, artifacts } from "../support/artifacts.ts";
import { openTasks, openWorkspace } from "../support/fixtures.ts";
import { filesBelow } from "../support/folder-contents.ts";
import { hintsIn, paste } from "../support/hints.ts";
import type { RunOptions } from "../support/run-disbatch.ts";
import type { Workspace } from "../support/workspace.ts";

const WEATHER = `name: weather
params: {n: 3}
tasks:
  days:
    run: seq $n
    generates: day
  fetch:
    matrix: [day]
    run: echo $day >> fetched; [ $day != 2 ] || [ -e mended ]
  clean:
    matrix: [day]
    needs: [fetch]
    run: echo clean $day
  report:
    needs: [clean]
    run: echo report
`;

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Instances that have got a row, in order of their names. */
  readonly rows: readonly string[];
}

/** Runs the program to its end. @param name of the document's runs. */
async function ran(
  artifact: Artifact,
  workspace: Workspace,
  args: readonly string[],
  { name = "weather", ...options }: Partial<RunOptions> & { readonly name?: string } = {},
): Promise<Ran> {
  const before = workspace.status(`${name}_status.txt`).length;
  const run = workspace.run(artifact, args, options);
  const { code } = await run.exited;
  const rows = workspace.status(`${name}_status.txt`).slice(before);
  const names = rows.map(({ command, returnCode }) => (returnCode === 0 ? command : `${command}!`));
  return { code, stdout: run.stdout(), stderr: run.stderr(), rows: names.toSorted() };
}

const RUN = ["run", "-s", "localhost:2", "weather.yaml"];
const NOTHING: readonly string[] = [];

function openWeather(): Workspace {
  const workspace = openWorkspace();
  workspace.write("weather.yaml", WEATHER);
  return workspace;
}

describe.each(artifacts)("a run of a document by the $name", (artifact) => {
  test("goes on after a failure that was mended, where the last one came to, until nothing is left to do", async () => {
    const workspace = openWeather();
    const first = await ran(artifact, workspace, RUN);
    expect(first).toMatchObject({
      code: 1,
      rows: ["clean[day=1]", "clean[day=3]", "days", "fetch[day=1]", "fetch[day=2]!", "fetch[day=3]"],
    });
    expect(first.stderr).toMatch(/6 tasks done, 1 failed,/);
    expect(first.stderr).toMatch(
      /^ {2}2 blocked: clean\[day=2\] \(fetch\[day=2\] failed\), report \(fetch\[day=2\] failed\)$/m,
    );
    expect(first.stderr).toMatch(/^disbatch: why: .* explain \S+weather 'clean\[day=2\]'$/m);
    const ids = new Map(workspace.status("weather_status.txt").map(({ command, taskId }) => [command, taskId]));
    expect(await ran(artifact, workspace, RUN)).toMatchObject({ code: 1, rows: ["fetch[day=2]!"] });
    workspace.write("mended", "");
    const third = await ran(artifact, workspace, RUN);
    expect(third).toMatchObject({ code: 0, rows: ["clean[day=2]", "fetch[day=2]", "report"] });
    const later = workspace.status("weather_status.txt");
    for (const { command, taskId } of later) expect([command, taskId]).toEqual([command, ids.get(command) ?? taskId]);
    const last = await ran(artifact, workspace, RUN);
    expect(last).toMatchObject({ code: 0, rows: NOTHING });
    expect(last.stderr).toBe("disbatch: nothing to do: weather: 8 instances done already\n");
    expect(workspace.read("weather_workflow.jsonl").match(/"type":"(?:run|document)"/g)).toEqual([
      '"type":"document"',
      '"type":"run"',
      '"type":"run"',
      '"type":"run"',
    ]);
  });

  test("prints a command that goes on with it, from any folder and with its options", async () => {
    const workspace = openWeather();
    const { stderr } = await ran(artifact, workspace, RUN);
    workspace.write("mended", "");
    const [hint] = hintsIn(stderr);
    expect(hint?.command).toMatch(/^cd \S+ && .* retry -s localhost:2 \S+\/weather$/);
    const { code } = paste(hint?.command ?? "", workspace.env);
    expect(code).toBe(0);
    expect(workspace.status("weather_status.txt").map(({ command }) => command)).toContain("report");
  });

  test("runs again what has changed in the document, and what follows it, and nothing else", async () => {
    const workspace = openWeather();
    workspace.write("mended", "");
    await ran(artifact, workspace, RUN);
    workspace.write("weather.yaml", `# A comment\n${WEATHER.replace("echo clean", "echo cleaner")}`);
    expect((await ran(artifact, workspace, RUN)).rows).toEqual([
      "clean[day=1]",
      "clean[day=2]",
      "clean[day=3]",
      "report",
    ]);
    const ids = workspace.status("weather_status.txt").map(({ taskId }) => taskId);
    expect(new Set(ids).size).toBe(ids.length);
    expect((await ran(artifact, workspace, [...RUN, "--param", "n=4"])).rows).toEqual([
      ...["clean[day=4]", "days", "fetch[day=4]", "report"],
    ]);
  });

  test("runs only what its goals need, and what --from names with all that follows it", async () => {
    const workspace = openWeather();
    workspace.write("mended", "");
    expect((await ran(artifact, workspace, [...RUN, "fetch[day=3]"])).rows).toEqual(["days", "fetch[day=3]"]);
    expect((await ran(artifact, workspace, [...RUN, "clean"])).rows).toEqual([
      ...["clean[day=1]", "clean[day=2]", "clean[day=3]", "fetch[day=1]", "fetch[day=2]"],
    ]);
    await ran(artifact, workspace, RUN);
    expect((await ran(artifact, workspace, [...RUN, "--from", "fetch[day=2]"])).rows).toEqual([
      ...["clean[day=2]", "fetch[day=2]", "report"],
    ]);
    const unknown = await ran(artifact, workspace, [...RUN, "fetsh"]);
    expect(unknown).toMatchObject({ code: 2, rows: NOTHING });
    expect(unknown.stderr).toMatch(/"fetsh" is no task of the document: did you mean fetch\?/);
  });

  test("that was cut off goes on with what was to follow, though all of it was done before", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    const document = (a: string): string =>
      `tasks: {a: {matrix: {i: [1, 2]}, run: "${a}"}, b: {needs: a, run: '[ ! -e held ] || . ./wait'}, c: {needs: b, run: 'true'}}`;
    const run = ["run", "-s", "localhost:1", "w.yaml"];
    const options = { name: "w" };
    const cutOff = async (...args: readonly string[]): Promise<readonly string[]> => {
      workspace.write("held", "");
      const before = workspace.status("w_status.txt").length;
      const held = workspace.run(artifact, [...run, ...args]);
      await tasks.started("b");
      // It is ended with the run: what followed it may not have begun.
      held.signal("SIGTERM");
      await held.exited;
      unlinkSync(workspace.path("held"));
      return workspace
        .status("w_status.txt")
        .slice(before)
        .map(({ command }) => command);
    };
    workspace.write("wait", tasks.line("b"));
    workspace.write("w.yaml", document("true"));
    expect(await ran(artifact, workspace, run, options)).toMatchObject({
      code: 0,
      rows: ["a[i=1]", "a[i=2]", "b", "c"],
    });
    for (const change of ["true # changed", undefined]) {
      if (change !== undefined) workspace.write("w.yaml", document(change));
      const did = await cutOff(...(change === undefined ? ["--from", "a"] : []));
      expect(did.slice(0, 2)).toEqual(["a[i=1]", "a[i=2]"]);
      const plan = await ran(artifact, workspace, ["plan", "w.yaml"], options);
      expect(plan.stdout).toContain("runs again");
      expect((await ran(artifact, workspace, ["retry", "-s", "localhost:1", "w"], options)).rows).toEqual(["b", "c"]);
      expect((await ran(artifact, workspace, run, options)).stderr).toContain("nothing to do");
    }
  });

  test("is retried as a whole, by instance, and alone", async () => {
    const workspace = openWeather();
    await ran(artifact, workspace, RUN);
    const retry = ["retry", "-s", "localhost:2", "weather"];
    expect(await ran(artifact, workspace, [...retry, "--only"])).toMatchObject({ code: 1, rows: ["fetch[day=2]!"] });
    workspace.write("mended", "");
    expect(await ran(artifact, workspace, [...retry, "--only"])).toMatchObject({ code: 0, rows: ["fetch[day=2]"] });
    const none = await ran(artifact, workspace, [...retry, "--only"]);
    expect(none).toMatchObject({ code: 0, rows: NOTHING, stderr: "disbatch: nothing to do: nothing has failed\n" });
    expect(await ran(artifact, workspace, retry)).toMatchObject({ code: 0, rows: ["clean[day=2]", "report"] });
    expect((await ran(artifact, workspace, [...retry, "fetch[day=1]", "--only"])).rows).toEqual(["fetch[day=1]"]);
    expect((await ran(artifact, workspace, [...retry, "fetch[day=1]"])).rows).toEqual([
      ...["clean[day=1]", "fetch[day=1]", "report"],
    ]);
    expect(await ran(artifact, workspace, ["retry", "nowhere"])).toMatchObject({ code: 2 });
  });

  test("goes by what was marked", async () => {
    const workspace = openWeather();
    await ran(artifact, workspace, RUN);
    const done = await ran(artifact, workspace, ["mark", "done", "weather", "fetch[day=2]", "clean"]);
    expect(done).toMatchObject({ code: 0, stdout: "fetch[day=2]\nclean[day=1]\nclean[day=2]\nclean[day=3]\n" });
    expect(done.stderr).toBe("disbatch: 4 instances of weather marked done\n");
    expect(await ran(artifact, workspace, RUN)).toMatchObject({ code: 0, rows: ["report"] });
    await ran(artifact, workspace, ["mark", "undone", "weather", "clean[day=3]"]);
    expect((await ran(artifact, workspace, RUN)).rows).toEqual(["clean[day=3]", "report"]);
    const wrong = await ran(artifact, workspace, ["mark", "done", "weather", "clean[day=9]"]);
    expect(wrong).toMatchObject({ code: 2, stdout: "" });
    expect(await ran(artifact, workspace, ["mark", "maybe", "weather", "clean"])).toMatchObject({ code: 2 });
  });

  test("fails when something has failed that may not, and not for what was skipped", async () => {
    const workspace = openWorkspace();
    const document = ["tasks:", "  a: {run: exit 3, allowFailure: true}", "  b: {needs: a, run: 'true'}"];
    workspace.write("d.yaml", [...document, "  c: {needs: a, if: failure, run: 'true'}"].join("\n"));
    const { code, stderr } = await ran(artifact, workspace, ["run", "-s", "localhost:1", "d.yaml"], { name: "d" });
    expect(code).toBe(0);
    expect(stderr).toMatch(/1 failed.*\n.*exit 3: a\n {2}1 of the failed may fail\n {2}1 skipped\n/);
    workspace.write("e.yaml", "tasks: {a: {run: exit 3}, b: {needs: a, run: 'true'}}");
    expect(await ran(artifact, workspace, ["run", "-s", "localhost:1", "e.yaml"], { name: "e" })).toMatchObject({
      code: 1,
      rows: ["a!"],
    });
  });

  test("has tasks that others have printed, and in later runs too", async () => {
    const workspace = openWorkspace();
    const printed = `echo '{"x": {"run": "true"}, "y": {"run": "[ -e mended ]", "needs": "x"}}'`;
    workspace.write("g.yaml", `tasks:\n  make:\n    generates: tasks\n    run: |\n      ${printed}\n`);
    const args = ["run", "-s", "localhost:1", "g.yaml"];
    expect((await ran(artifact, workspace, args, { name: "g" })).rows).toEqual(["make", "x", "y!"]);
    workspace.write("mended", "");
    expect(await ran(artifact, workspace, args, { name: "g" })).toMatchObject({ code: 0, rows: ["y"] });
    expect(await ran(artifact, workspace, args, { name: "g" })).toMatchObject({ code: 0, rows: NOTHING });
  });

  test("gives secrets to those who name them, and keeps them from all others, and from every file", async () => {
    const workspace = openWorkspace();
    workspace.write(
      "s.yaml",
      `tasks:
  a: {secrets: [TOKEN, KEY], run: '[ "$TOKEN-$KEY" = hush-hash ]'}
  b: {run: '[ -z "\${TOKEN+x}\${KEY+x}" ]'}
`,
    );
    const args = ["run", "-s", "localhost:2", "s.yaml"];
    const missing = await ran(artifact, workspace, args, { name: "s" });
    expect(missing).toMatchObject({ code: 2, rows: NOTHING });
    expect(missing.stderr).toMatch(/the secrets TOKEN, KEY are not set/);
    workspace.write("keys", "# keys\nKEY=hash\n");
    chmodSync(workspace.path("keys"), 0o644);
    const withKeys = [...args, "--secrets-file", "keys", "--env-all"];
    const open = await ran(artifact, workspace, withKeys, { name: "s", env: { TOKEN: "hush" } });
    expect(open).toMatchObject({ code: 2, rows: NOTHING });
    expect(open.stderr).toMatch(/--secrets-file "keys": it can be read by other users/);
    chmodSync(workspace.path("keys"), 0o600);
    const run = await ran(artifact, workspace, withKeys, { name: "s", env: { TOKEN: "hush" } });
    expect(run).toMatchObject({ code: 0, rows: ["a", "b"] });
    for (const name of filesBelow(workspace.folder)) {
      if (name === "keys" || name === "s.yaml") continue;
      expect([name, /hush|hash/.exec(workspace.read(name))?.[0]]).toEqual([name, undefined]);
    }
  });

  test("refuses to go on with the runs of another document, unless it has moved", async () => {
    const workspace = openWeather();
    workspace.write("mended", "");
    await ran(artifact, workspace, RUN);
    mkdirSync(workspace.path("other"));
    workspace.write("other/weather.yaml", WEATHER.replace("report", "letter"));
    const args = ["run", "-s", "localhost:2", "other/weather.yaml"];
    const other = await ran(artifact, workspace, args);
    expect(other).toMatchObject({ code: 2, rows: NOTHING });
    expect(other.stderr).toMatch(
      /weather has the runs of another document, \S+\/weather\.yaml: .*-p, or .*--overwrite/,
    );
    workspace.write("other/weather.yaml", WEATHER);
    expect(await ran(artifact, workspace, args)).toMatchObject({ code: 0, rows: NOTHING });
    workspace.write("other/weather.yaml", WEATHER.replace("report", "letter"));
    expect(await ran(artifact, workspace, [...args, "--overwrite"])).toMatchObject({ code: 0 });
    expect(workspace.status("weather_status.txt").map(({ command }) => command)).toContain("letter");
  });

  test.each([
    [["weather.yaml"], /weather\.yaml is a document, by its ending: run it with .* run weather\.yaml /],
    [["run", "-r", "x", "weather.yaml"], /-r does not go with a document, weather\.yaml: /],
    [["run", "--keep-open", "weather.yaml"], /--keep-open does not go with a document/],
    [["run", "--param", "n=1", "Tasks"], /--param goes with a document/],
    [["run", "Tasks", "goal"], /only a document \(\.yaml, \.yml, \.json\) has goals/],
    [["run", "--param", "m=1", "weather.yaml"], /weather\.yaml: .*m/],
    [["run", "--max-instances", "0", "weather.yaml"], /--max-instances/],
    [["run", "missing.yaml"], /cannot read missing\.yaml: no such file/],
    [["retry", "weather"], /weather/],
    [["mark", "done", "weather", "fetch"], /weather/],
  ])("is refused before anything has happened: %j", async (args, message) => {
    const workspace = openWeather();
    const { code, stderr } = await ran(artifact, workspace, args);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(message) as unknown });
    expect(filesBelow(workspace.folder)).toEqual(["weather.yaml"]);
  });

  test("keeps a second run and marks away while it goes on", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.write("w.yaml", `tasks:\n  a:\n    run: |\n      ${tasks.line("a")}\n`);
    const run = workspace.run(artifact, ["run", "-s", "localhost:1", "w.yaml"]);
    const a = await tasks.started("a");
    const second = await ran(artifact, workspace, ["run", "-s", "localhost:1", "w.yaml"], { name: "w" });
    expect(second).toMatchObject({ code: 2, rows: NOTHING });
    expect(second.stderr).toMatch(/a document has one run at a time: wait until that has ended/);
    const mark = await ran(artifact, workspace, ["mark", "done", "w", "a"], { name: "w" });
    expect(mark).toMatchObject({ code: 2, stdout: "" });
    expect(mark.stderr).toMatch(/a run of \S+w goes on/);
    await a.exit(0);
    expect(await run.exited).toEqual({ code: 0, signal: null });
  });

  test("is recovered as it was when it began, with a generator under way and what it has made", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    const document = `tasks:
  gen:
    generates: x
    run: |
      echo one; echo two
      ${tasks.line("gen")}
  use:
    matrix: [x]
    run: |
      ${tasks.line("use-$x")}
  last: {needs: use, run: "true"}
`;
    workspace.write("r.yaml", document);
    const killed = workspace.run(artifact, ["run", "-s", "localhost:3", "r.yaml"]);
    const gen = await tasks.started("gen");
    await (await tasks.started("use-one")).exit(0);
    const two = await tasks.started("use-two");
    killed.signal("SIGKILL");
    await killed.exited;
    const again = await ran(artifact, workspace, ["run", "r.yaml"], { name: "r" });
    expect(again.code).toBe(2);
    expect(again.stderr).toMatch(/that run has not ended, .* to go on: .* --recover \S+r\n/);
    workspace.write("r.yaml", "tasks: {other: {run: 'true'}}");
    const recovered = workspace.run(artifact, ["recover", "r"]);
    await recovered.stderrShows(/r\.yaml has changed since this run began, which goes on with it as it was/);
    await two.exit(0);
    await gen.print("three\n");
    const three = await tasks.started("use-three");
    await gen.exit(0);
    await three.exit(0);
    expect(await recovered.exited).toEqual({ code: 0, signal: null });
    const rows = workspace.status("r_status.txt").map(({ command }) => command);
    expect(rows.toSorted()).toEqual(["gen", "last", "use[x=one]", "use[x=three]", "use[x=two]"]);
    expect((await ran(artifact, workspace, ["run", "-s", "localhost:1", "r.yaml"], { name: "r" })).rows).toEqual([
      "other",
    ]);
  });

  test("is recovered with tasks that were printed, and with what needs them", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    const printed = JSON.stringify({ a: { run: tasks.line("a") }, b: { run: "true" } });
    workspace.write("plan.json", printed);
    const document = `tasks:
  plan: {generates: tasks, run: cat plan.json}
  sum: {needs: [{printedBy: plan}], run: "true"}
  none: {needs: {task: c, printedBy: plan}, run: "true"}
`;
    workspace.write("k.yaml", document);
    const killed = workspace.run(artifact, ["run", "-s", "localhost:3", "k.yaml"]);
    const a = await tasks.started("a");
    killed.signal("SIGKILL");
    await killed.exited;
    const recovered = workspace.run(artifact, ["recover", "k"]);
    await a.exit(0);
    expect(await recovered.exited).toEqual({ code: 1, signal: null });
    const rows = workspace.status("k_status.txt").map(({ command }) => command);
    expect(rows.toSorted()).toEqual(["a", "b", "plan", "sum"]);
    expect(recovered.stderr()).toMatch(/1 blocked: none \(plan printed no task c\)/);
  });
});
