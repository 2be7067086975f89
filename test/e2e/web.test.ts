import { existsSync, statSync, writeFileSync, readFileSync, truncateSync } from "node:fs";
import { createServer } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { type Artifact, artifacts } from "../support/artifacts.ts";
import { openTasks, openWorkspace } from "../support/fixtures.ts";
import type { DisbatchRun } from "../support/run-disbatch.ts";
import { PATIENCE, until } from "../support/until.ts";
import { askPage, askRun, type ListedOnPage, pageOf, runsIn, totalIn } from "../support/web-page.ts";
import type { Workspace } from "../support/workspace.ts";

const DONE = { code: 0, signal: null };
const USAGE = { code: 2, signal: null };
const UNFINISHED = { code: 3, signal: null };
const TERMINATED = { code: 143, signal: null };
const URL_LINE = /^(http:\/\/127\.0\.0\.1:\d+)(\/\?ticket=[\w-]{43})\n$/;

/** A run that is served there. */
async function served(workspace: Workspace, prefix = "run"): Promise<ListedOnPage> {
  const answer = await askRun(workspace, "/api/v1/runs", {}, prefix);
  const run = runsIn(answer).find(({ name }) => name === prefix);
  if (run === undefined) throw new Error(`no run ${prefix} is served: ${answer.text}`);
  return run;
}

/** A run that has ended. */
async function endedRun(workspace: Workspace, artifact: Artifact, prefix = "run"): Promise<void> {
  workspace.writeTasks("echo one", "echo two; false");
  const run = workspace.run(artifact, ["-s", "localhost:2", "-p", prefix, "Tasks"]);
  expect(await run.exited).toEqual(DONE);
}

/** Serves runs, until the test is over. */
async function serve(workspace: Workspace, artifact: Artifact, ...args: readonly string[]): Promise<DisbatchRun> {
  const server = workspace.run(artifact, ["web", ...args]);
  await server.stdoutShows(/\n/);
  return server;
}

/** Process of a web page that a run has begun. */
function webProcesses(workspace: Workspace): number[] {
  return workspace.processes().flatMap(({ pid, command }) => (command.includes("--of-run") ? [pid] : []));
}

async function untilGone(workspace: Workspace): Promise<void> {
  await until(
    () => webProcesses(workspace).length === 0,
    () => "the end of the web process",
  );
}

describe.each(artifacts)("the web page of the $name", (artifact) => {
  test("of a run with -w shows its tasks, stops an engine when it may, and is gone when the run is over", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks(...["a", "b", "c"].map((name) => tasks.line(name)));
    const run = workspace.run(artifact, ["-s", "localhost:2", "-p", "run", "-w", "--web-control", "Tasks"]);
    const [a, b] = await Promise.all([tasks.started("a"), tasks.started("b")]);
    await run.stderrShows(/disbatch: web: http:\/\/127\.0\.0\.1:\d+\/\?ticket=[\w-]{43}\n/);
    expect(statSync(workspace.path("run_web.txt")).mode & 0o777).toBe(0o600);
    const { id } = await served(workspace);
    const path = `/api/v1/runs/${id}`;
    await expect
      .poll(async () => totalIn(await askRun(workspace, `${path}/tasks?state=running`)), {
        timeout: PATIENCE,
      })
      .toBe(2);
    const [pid = 0] = webProcesses(workspace);
    expect(readFileSync(`/proc/${pid}/stat`, "latin1").replace(/.*\) /s, "").split(" ")[16]).toBe("10");
    expect(readFileSync(`/proc/${pid}/environ`, "latin1")).not.toContain(pageOf(workspace).token);
    expect(readFileSync(`/proc/${pid}/cmdline`, "latin1")).not.toContain(pageOf(workspace).token);
    const { base } = pageOf(workspace);
    const stop = { method: "POST", body: { what: "engine", rank: 0 }, headers: { origin: base } } as const;
    const stopped = await askRun(workspace, `${path}/stops`, stop);
    expect([stopped.status, stopped.text]).toEqual([200, expect.stringContaining("engine 0")]);
    await a.exit(0);
    await b.exit(0);
    expect(await run.exited).toEqual(UNFINISHED);
    await untilGone(workspace);
    expect(existsSync(workspace.path("run_web.txt"))).toBe(false);
  });

  test("stops nothing without --web-control, and lets nobody in who has no token", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks(tasks.line("a"));
    const run = workspace.run(artifact, ["-s", "localhost:1", "-p", "run", "-w", "Tasks"]);
    const a = await tasks.started("a");
    await run.stderrShows(/web: http/);
    const { id } = await served(workspace);
    const { base } = pageOf(workspace);
    const stop = { method: "POST", body: { what: "run" }, headers: { origin: base } } as const;
    expect((await askRun(workspace, `/api/v1/runs/${id}/stops`, stop)).status).toBe(403);
    expect((await askPage(base, "/api/v1/runs")).status).toBe(401);
    expect((await askPage(base, "/metrics")).status).toBe(401);
    await a.exit(0);
    expect(await run.exited).toEqual(DONE);
    await untilGone(workspace);
  });

  test("that is killed is begun once more, on the same port and with the same token, and the run goes on", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks(tasks.line("a"));
    const run = workspace.run(artifact, ["-s", "localhost:1", "-p", "run", "-w", "Tasks"]);
    const a = await tasks.started("a");
    await run.stderrShows(/web: http/);
    const page = pageOf(workspace);
    const [first = 0] = webProcesses(workspace);
    process.kill(first, "SIGKILL");
    await run.stderrShows(
      /web page has ended \(killed by SIGKILL\), and is started again; the run goes on\n(?:.*\n)*.*web: http/,
    );
    expect(pageOf(workspace)).toEqual(page);
    expect((await served(workspace))["link"]).toBe("live");
    const [second = 0] = webProcesses(workspace);
    process.kill(second, "SIGKILL");
    await run.stderrShows(/no web page: its process has ended twice .*; to serve it again: .* web \S*run\n/);
    // What it has left does not keep another from serving.
    const server = await serve(workspace, artifact, "run");
    expect((await served(workspace))["link"]).toBe("live");
    await a.exit(0);
    expect(await run.exited).toEqual(DONE);
    server.signal("SIGTERM");
    expect(await server.exited).toEqual(TERMINATED);
  });

  test("that cannot be served is told of in a line, and the run goes on", async () => {
    const workspace = openWorkspace();
    const taken = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => void taken.close());
    await new Promise((resolve) => taken.once("listening", resolve));
    const address = taken.address();
    const port = typeof address === "object" ? address?.port : undefined;
    const tasks = await openTasks();
    workspace.writeTasks(tasks.line("a"));
    const run = workspace.run(artifact, ["-s", "localhost:1", "-p", "run", "-w", "--web-address", `${port}`, "Tasks"]);
    const a = await tasks.started("a");
    await run.stderrShows(
      new RegExp(
        `disbatch: warning: no web page: .*127\\.0\\.0\\.1:${port}.*; the run goes on; to serve it again: .*web`,
      ),
    );
    await a.exit(0);
    expect(await run.exited).toEqual(DONE);
    const server = workspace.run(artifact, ["web", "--web-address", `127.0.0.1:${port}`, "run"]);
    expect([await server.exited, server.stderr()]).toEqual([USAGE, expect.stringMatching(/^disbatch: .*:\d+.*\n$/)]);
  });

  test("outlives Ctrl-C of its run until that is over", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks(tasks.line("a"), tasks.line("b"));
    const run = workspace.run(artifact, ["-s", "localhost:1", "-p", "run", "-w", "Tasks"]);
    const a = await tasks.started("a");
    await run.stderrShows(/web: http/);
    run.ctrlC();
    await expect.poll(async () => (await served(workspace))["phase"], { timeout: PATIENCE }).toBe("draining");
    await a.exit(0);
    expect((await run.exited).code).toBe(130);
    await untilGone(workspace);
  });

  test("shows runs that have ended, several at a time, and prints a URL that lets a browser in once", async () => {
    const workspace = openWorkspace();
    await endedRun(workspace, artifact, "one");
    await endedRun(workspace, artifact, "two");
    const server = await serve(workspace, artifact, "one", "two_status.txt", "one");
    const [, base = "", path = ""] = URL_LINE.exec(server.stdout()) ?? [];
    const entered = await askPage(base, path);
    expect(entered).toMatchObject({ status: 303, headers: { location: "/" } });
    const [cookie = ""] = entered.headers["set-cookie"] ?? [];
    expect(cookie).toMatch(/^disbatch_\d+=\w+\.[\w-]{43}\.[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
    const headers = { cookie: cookie.replace(/;.*/, "") };
    const runs = runsIn(await askPage(base, "/api/v1/runs", { headers }));
    expect(runs.map(({ name }) => name).toSorted()).toEqual(["one", "two"]);
    expect((await askPage(base, "/", { headers: { ...headers, accept: "text/html" } })).text).toContain("<html");
    expect((await askPage(base, path)).status).toBe(401);
    const { id } = await served(workspace, "two");
    const task = await askRun(workspace, `/api/v1/runs/${id}/tasks/1`, {}, "two");
    expect(JSON.parse(task.text)).toMatchObject({
      row: { state: "failed" },
      kept: { stdout: { bytes: 4, missing: 0 } },
    });
    expect((await askRun(workspace, `/api/v1/runs/${id}/tasks/1/output/stdout`, {}, "two")).text).toBe("two\n");
    const report = await askRun(workspace, `/api/v1/runs/${id}/report?format=json`, {}, "two");
    expect(JSON.parse(report.text)).toMatchObject({ outcomes: { failed: 1 } });
    const again = workspace.run(artifact, ["web", "--url", "two"]);
    expect(await again.exited).toEqual(DONE);
    const [, sameBase, other = ""] = URL_LINE.exec(again.stdout()) ?? [];
    expect(sameBase).toBe(base);
    expect((await askPage(base, other)).status).toBe(303);
    server.signal("SIGTERM");
    expect(await server.exited).toEqual(TERMINATED);
    expect(existsSync(workspace.path("one_web.txt")) || existsSync(workspace.path("two_web.txt"))).toBe(false);
  });

  test("shows a run that goes on where one had ended, live and to its end, in the page that was served before", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks("true", `[ -e mended ] || exit 1; ${tasks.line("mended")}`);
    const options = ["-s", "localhost:1", "-p", "run"];
    const first = workspace.run(artifact, [...options, "Tasks"]);
    expect(await first.exited).toEqual(DONE);
    const server = await serve(workspace, artifact, "run");
    const stands = async (): Promise<unknown> => {
      const { link, phase, tasks: tally } = await served(workspace);
      return { link, phase, tasks: tally };
    };
    await expect
      .poll(stands, { timeout: PATIENCE })
      .toMatchObject({ link: "over", phase: "ended", tasks: { failed: 1 } });
    workspace.write("mended", "");
    const web = ["-w", "--web-control"];
    const again = workspace.run(artifact, [...options, ...web, "-r", "run_status.txt", "-R", "Tasks"]);
    await again.stderrShows(/web page: it is served already, by process \d+, and only looks: .*--web-control/);
    const mended = await tasks.started("mended");
    await expect.poll(stands, { timeout: PATIENCE }).toMatchObject({ link: "live", tasks: { skipped: 1, running: 1 } });
    await mended.exit(0);
    expect(await again.exited).toEqual(DONE);
    const end = { link: "over", phase: "ended", tasks: { skipped: 1, succeeded: 1, failed: 0 } };
    await expect.poll(stands, { timeout: PATIENCE }).toMatchObject(end);
    server.signal("SIGTERM");
    expect(await server.exited).toEqual(TERMINATED);
  });

  test("counts the instances of a workflow once that was recovered and is over, whoever looked while it was lost", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    const names = ["a", "b", "c"];
    const steps = names.map((name, at) => [name, { run: tasks.line(name), needs: names.slice(0, at) }]);
    workspace.write("w.yaml", JSON.stringify({ tasks: Object.fromEntries(steps) }));
    const run = workspace.run(artifact, ["run", "-s", "localhost:1", "-p", "run", "w.yaml"]);
    const a = await tasks.started("a");
    const server = await serve(workspace, artifact, "run");
    const stands = async (): Promise<unknown> => {
      const { link, tasks: tally } = await served(workspace);
      return { link, tasks: tally };
    };
    await expect.poll(stands, { timeout: PATIENCE }).toMatchObject({ link: "live" });
    run.signal("SIGKILL");
    await run.exited;
    await expect.poll(stands, { timeout: PATIENCE }).toMatchObject({ link: "lost" });
    const { id } = await served(workspace);
    expect((await askRun(workspace, `/api/v1/runs/${id}/graph`)).status).toBe(200);
    const recovered = workspace.run(artifact, ["recover", "run"]);
    await a.exit(0);
    await (await tasks.started("b")).exit(0);
    await (await tasks.started("c")).exit(0);
    expect(await recovered.exited).toEqual(DONE);
    await expect.poll(stands, { timeout: PATIENCE }).toMatchObject({ link: "over", tasks: { succeeded: 3, total: 3 } });
    const { boxes } = JSON.parse((await askRun(workspace, `/api/v1/runs/${id}/graph`)).text);
    expect(boxes).toMatchObject(names.map((name) => ({ id: name, counts: { done: 1 } })));
    server.signal("SIGTERM");
    expect(await server.exited).toEqual(TERMINATED);
  });

  test("is served once for each run, and a file of one that is gone is replaced", async () => {
    const workspace = openWorkspace();
    await endedRun(workspace, artifact);
    writeFileSync(workspace.path("run_web.txt"), "what is this\n", { mode: 0o600 });
    const server = await serve(workspace, artifact, "run");
    const second = workspace.run(artifact, ["web", "run"]);
    expect([await second.exited, second.stderr()]).toEqual([
      USAGE,
      expect.stringMatching(
        /^disbatch: \S*run: its web page is served already, by process \d+; for a URL of that: .* web --url \S*run\n$/,
      ),
    ]);
    server.signal("SIGKILL");
    await server.exited;
    const url = workspace.run(artifact, ["web", "--url", "run"]);
    expect([await url.exited, url.stdout(), url.stderr()]).toEqual([
      UNFINISHED,
      "",
      expect.stringMatching(/^disbatch: \S*run: no web page is served; to serve one: .* web \S*run\n$/),
    ]);
    const third = await serve(workspace, artifact);
    third.signal("SIGINT");
    expect(await third.exited).toEqual({ code: 130, signal: null });
  });

  test("is served by a socket that only its user can open", async () => {
    const workspace = openWorkspace();
    await endedRun(workspace, artifact);
    const server = await serve(workspace, artifact, "--web-address", "unix:web.sock", "run");
    expect(statSync(workspace.path("web.sock")).mode & 0o777).toBe(0o600);
    expect(pageOf(workspace).base).toBe(`unix:${workspace.path("web.sock")}`);
    await until(
      () => server.stderr() !== "",
      () => "how to bring the page home",
    );
    expect(server.stderr()).toMatch(
      /^disbatch: on the machine that you sit at, before you open it: ssh -L 8080:\S*web\.sock /,
    );
    expect((await served(workspace))["phase"]).toBe("ended");
    server.signal("SIGTERM");
    expect(await server.exited).toEqual(TERMINATED);
    expect(existsSync(workspace.path("web.sock"))).toBe(false);
  });

  test("is brought home by ssh where its user has come by ssh", async () => {
    const workspace = openWorkspace();
    await endedRun(workspace, artifact);
    const env = { SSH_CONNECTION: "192.0.2.1 50000 127.0.0.1 2222" };
    const server = workspace.run(artifact, ["web", "run"], { env });
    await server.stderrShows(/ssh -L (\d+):127\.0\.0\.1:\1 -p 2222 \S+@127\.0\.0\.1\n/);
    server.signal("SIGTERM");
    expect(await server.exited).toEqual(TERMINATED);
  });

  test("is for runs alone, and for this machine alone", async () => {
    const workspace = openWorkspace();
    await endedRun(workspace, artifact);
    const refused: readonly (readonly [args: readonly string[], message: RegExp])[] = [
      [["nothing"], /^disbatch: nothing: no run of that prefix/],
      [["--web-address", "10.0.0.1:1", "run"], /^disbatch: --web-address 10\.0\.0\.1:1: .*this machine alone/],
      [["--web-address", "0.0.0.0:1", "run"], /^disbatch: --web-address 0\.0\.0\.0:1: .*this machine alone/],
      [["--web-address", "unix:missing/web.sock", "run"], /^disbatch: --web-address unix:\S*missing\/web\.sock: /],
      [["--url", "--web-control", "run"], /^disbatch: --url .* without/],
      [["--of-run", "run"], /^disbatch: --of-run/],
    ];
    for (const [args, message] of refused) {
      const run = workspace.run(artifact, ["web", ...args]);
      expect([await run.exited, run.stdout(), run.stderr()]).toEqual([USAGE, "", expect.stringMatching(message)]);
      expect(run.stderr().trim()).not.toContain("\n");
    }
    const run = workspace.run(artifact, ["--web-address", "0.0.0.0:1", "-w", "-p", "other", "Tasks"]);
    expect([await run.exited, run.stderr()]).toEqual([USAGE, expect.stringMatching(/this machine alone/)]);
    expect(existsSync(workspace.path("other_status.txt"))).toBe(false);
  });

  test("shows what can be read of records that are torn", async () => {
    const workspace = openWorkspace();
    await endedRun(workspace, artifact);
    truncateSync(workspace.path("run_journal.jsonl"), 700);
    truncateSync(workspace.path("run_output.bin"), 20);
    const server = await serve(workspace, artifact, "run");
    const { id, tasks } = await served(workspace);
    expect(tasks).toMatchObject({ succeeded: 1, failed: 1 });
    expect((await askRun(workspace, `/api/v1/runs/${id}/tasks/1`)).status).toBe(200);
    server.signal("SIGTERM");
    await server.exited;
  });
});
