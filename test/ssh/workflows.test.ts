import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { singleExecutable } from "../support/artifacts.ts";
import { openTasks } from "../support/fixtures.ts";
import { until } from "../support/until.ts";
import { openHosts } from "./hosts.ts";

/** The generator is held between its second and its third value. */
const DOCUMENT = `name: run
tasks:
  gen: {generates: i, run: 'echo 1; echo 2; (. ./held); echo 3'}
  a: {matrix: [i], run: 'echo $i >> ran'}
  end: {needs: a, run: 'true'}
`;

test("a host whose engine is killed while a generator prints costs no value, and nothing that is done runs again", async () => {
  const { place, work, run } = await openHosts();
  await place.startHost("web1");
  const tasks = await openTasks();
  work.write("held", tasks.line("gen"));
  work.write("run.yaml", DOCUMENT);
  const disbatch = run(singleExecutable, ["run", "-s", "web1:2", "run.yaml"]);
  await tasks.started("gen");
  await until(
    () => work.status().length === 2,
    () => "both values have been taken",
  );
  const engine = /"e":"engine-joined".*?"pid":([0-9]+)/.exec(work.read("run_journal.jsonl"))?.[1];
  if (engine === undefined) throw new Error("no engine has joined");
  process.kill(Number(engine), "SIGKILL");
  await (await tasks.started("gen")).exit(0);
  expect(await disbatch.exited).toEqual({ code: 0, signal: null });
  expect(readFileSync(work.path("ran"), "utf8").trim().split("\n").toSorted()).toEqual(["1", "2", "3"]);
  const rows = work.status().map(({ command, returnCode }) => `${command} ${returnCode}`);
  expect(rows.toSorted()).toEqual(["a[i=1] 0", "a[i=2] 0", "a[i=3] 0", "end 0", "gen 0"]);
});
