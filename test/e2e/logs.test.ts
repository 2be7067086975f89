import { execFileSync } from "node:child_process";
import { hostname } from "node:os";
import { describe, expect, test } from "vitest";
import { artifacts } from "../support/artifacts.ts";
import { openWorkspace } from "../support/fixtures.ts";
import { filesBelow } from "../support/folder-contents.ts";

const ARGS = ["-s", "localhost:1", "-p", "run", "Tasks"];
const DONE = { code: 0, signal: null };
/** A shell that starts the program with its standard output or error somewhere else. */
const redirected = (redirection: string): string[] => ["/bin/bash", "-c", `exec "$@" ${redirection}`, "bash"];

describe.each(artifacts)("the $name", (artifact) => {
  test("ends when its log cannot be written, warns once, and has succeeded", async () => {
    const workspace = openWorkspace();
    workspace.writeTasks(": one", ": two");
    const run = workspace.run(artifact, ["--logfile", "/dev/full", "--loglevel", "DEBUG", ...ARGS]);
    expect(await run.exited).toEqual(DONE);
    expect(run.stderr().match(/warning: the log \/dev\/full cannot be written: .*ENOSPC/g)).toHaveLength(1);
    expect(run.stderr()).toContain("2 tasks done");
    expect(workspace.status()).toHaveLength(2);
  });

  test("waits for no pipe to be read that it logs to", async () => {
    const workspace = openWorkspace();
    workspace.writeTasks("true");
    execFileSync("mkfifo", [workspace.path("pipe")]);
    const args = ["--logfile", "pipe", ...ARGS];
    const unread = workspace.run(artifact, args);
    expect(await unread.exited).toEqual({ code: 2, signal: null });
    expect(unread.stderr()).toMatch(/^disbatch: cannot write the log pipe: it is a pipe that nobody reads\n$/);
    expect(filesBelow(workspace.folder)).toEqual(["Tasks", "pipe"]);
    const idle = workspace.run(artifact, args, { wrapper: ["/bin/bash", "-c", `exec 9<>pipe; exec "$@"`, "bash"] });
    expect(await idle.exited).toEqual(DONE);
  });

  test("logs to its standard error, among what else it says there", async () => {
    const workspace = openWorkspace();
    workspace.writeTasks("true");
    const piped = workspace.run(artifact, ["--logfile", "/dev/stderr", ...ARGS]);
    expect(await piped.exited).toEqual(DONE);
    const inFile = ["--logfile", "/dev/stderr", "-s", "localhost:1", "-p", "two", "Tasks"];
    const filed = workspace.run(artifact, inFile, { wrapper: redirected("2> said") });
    expect(await filed.exited).toEqual(DONE);
    for (const said of [piped.stderr(), workspace.read("said")]) {
      expect(said).toMatch(/ INFO run (?:run|two) started: /);
      expect(said).toContain("disbatch: 1 task done");
      expect(said).toMatch(/ INFO run ended: done\n/);
    }
  });

  test("goes on when an engine's log has no place, and the engine logs where it prints", async () => {
    const workspace = openWorkspace();
    workspace.writeTasks(": > log.of.$DISBATCH_ENGINE_RANK");
    const log = `run_SSH0_${hostname()}_engine_0.log`;
    workspace.write(`${log}/file`, "");
    const run = workspace.run(artifact, ARGS);
    expect(await run.exited).toEqual(DONE);
    expect(run.stderr()).not.toMatch(/lost|no engine/);
    expect(filesBelow(workspace.folder)).toContain("log.of.0");
    const printed = workspace.read(`run_SSH0_${hostname()}_engine_wrap.log`);
    const said =
      /cannot write the log \S+engine_0\.log: it is a folder; its lines go where the engine prints, into the wrap log\n/;
    expect(printed).toMatch(new RegExp(` WARNING ${said.source}`));
    expect(run.stderr()).toMatch(new RegExp(`^disbatch: warning: engine 0 on \\S+: ${said.source}`, "m"));
    expect(printed).toMatch(/ INFO joined as engine 0 /);
  });

  test.each([
    ["text", /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} (?:INFO|WARNING|DEBUG) \S.*$/],
    ["json", /^\{"level":"(?:INFO|WARNING|DEBUG)","time":"\d{4}-[^"]*Z","msg":".*"\}$/],
  ] as const)("writes all logs as %s, and nothing that a terminal acts on", async (format, line) => {
    const workspace = openWorkspace();
    workspace.writeTasks("#DISBATCH PERENGINE START : \u001b[31m\u009b1m", ": \u001b[31m \u009b1m \u202e");
    const given = format === "text" ? [] : ["--log-format", format];
    const run = workspace.run(artifact, ["--loglevel", "DEBUG", ...given, ...ARGS]);
    expect(await run.exited).toEqual(DONE);
    for (const name of ["run_driver.log", `run_SSH0_${hostname()}_engine_0.log`]) {
      const lines = workspace.read(name).split("\n").slice(0, -1);
      expect(lines.filter((one) => !line.test(one))).toEqual([]);
      expect(lines.filter((one) => /[\p{Cc}\u202e]/u.test(one))).toEqual([]);
      expect(lines.length).toBeGreaterThan(3);
    }
  });

  test("says that what it was asked for cannot be written, and minds no reader that has seen enough", async () => {
    const workspace = openWorkspace();
    workspace.writeTasks("#DISBATCH REPEAT 100000 echo a line of the list, and not the last");
    for (const args of [["--help"], ["--version"], ["--dry-run", "Tasks"]]) {
      const full = workspace.run(artifact, args, { wrapper: redirected("> /dev/full") });
      expect(await full.exited).toEqual({ code: 3, signal: null });
      expect(full.stderr()).toMatch(/^disbatch: cannot write to standard output: .*ENOSPC.*\n$/);
      const enough = workspace.run(artifact, args, { wrapper: redirected("> >(head -c 1 > /dev/null)") });
      expect(await enough.exited).toEqual(DONE);
      expect(enough.stderr()).toBe("");
    }
  });

  test.each(["2> /dev/full", "2>&-", "2> >(head -c 1 > /dev/null)"])("runs all tasks with %s", async (redirection) => {
    const workspace = openWorkspace();
    workspace.writeTasks("true", "false");
    const run = workspace.run(artifact, ["-e", ...ARGS], { wrapper: redirected(redirection) });
    expect(await run.exited).toEqual({ code: 1, signal: null });
    expect(workspace.status()).toHaveLength(2);
  });
});
