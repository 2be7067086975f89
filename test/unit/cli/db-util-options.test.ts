import { describe, expect, test } from "vitest";
import { parseDbUtilOptions, type DbUtilRequest } from "../../../src/cli/db-util-options.ts";
import { userErrorOf } from "../../support/user-error.ts";

const parse = (...args: readonly string[]): DbUtilRequest => parseDbUtilOptions(args, "run_dbUtil.sh");

const DEFAULTS = {
  ...{ sshNode: [], hostfile: [], envResource: [], contextTaskLimit: 0, sshParallel: 32, sshTransport: "auto" },
};

describe("a context is asked for", () => {
  test.each([
    [[], {}],
    [["-s", "a:1", "--ssh-node=b:2"], { sshNode: ["a:1", "b:2"] }],
    [["--hostfile", "hosts"], { hostfile: ["hosts"] }],
    [
      ["-l", "left", "-C", "5", "-c", "2", "-t", "3"],
      {
        ...{ label: "left", contextTaskLimit: 5, cpusPerTask: 2, tasksPerNode: 3 },
      },
    ],
    [["-E", "GPUS", "--workdir", "/data"], { envResource: ["GPUS"], workdir: "/data" }],
    [["--ssh-parallel", "4", "--ssh-transport", "ssh2"], { sshParallel: 4, sshTransport: "ssh2" }],
  ])("by %j", (args, meaning) => {
    expect(parse(...args)).toMatchObject({ type: "add", options: { ...DEFAULTS, ...meaning } });
  });
});

describe("what is no context is asked for", () => {
  test.each<[string[], DbUtilRequest]>([
    [["--status"], { type: "status", json: false }],
    [["--json", "--status"], { type: "status", json: true }],
    [["--stop-run"], { type: "stop", messages: [{ type: "stop-run" }] }],
    [
      ["--stop-task", "3", "--stop-task=17"],
      {
        type: "stop",
        messages: [
          { type: "stop-task", id: 3 },
          { type: "stop-task", id: 17 },
        ],
      },
    ],
    [
      ["--stop-engine", "0", "--stop-engine=7"],
      {
        type: "stop",
        messages: [
          { type: "stop-engine", rank: 0 },
          { type: "stop-engine", rank: 7 },
        ],
      },
    ],
    [
      ["--stop-context", "a b", "--stop-context", "SSH1"],
      {
        type: "stop",
        messages: [
          { type: "stop-context", label: "a b" },
          { type: "stop-context", label: "SSH1" },
        ],
      },
    ],
    [
      ["--drain-timeout", "1.5", "--stop-engine", "3", "--stop-engine", "4"],
      {
        type: "stop",
        messages: [
          { type: "stop-engine", rank: 3, within: 1.5 },
          { type: "stop-engine", rank: 4, within: 1.5 },
        ],
      },
    ],
    [
      ["--stop-context", "SSH1", "--drain-timeout=60"],
      { type: "stop", messages: [{ type: "stop-context", label: "SSH1", within: 60 }] },
    ],
  ])("by %j", (args, request) => {
    expect(parse(...args)).toEqual(request);
  });

  test("and no command line changes what the next one means", () => {
    expect(parse("--stop-engine", "1")).toEqual(parse("--stop-engine", "1"));
  });
});

describe("a command line is refused in one line", () => {
  test.each([
    [["--status", "-s", "a:1"], "--status", "--ssh-node"],
    [["--stop-run", "--stop-engine", "1"], "--stop-run", "--stop-engine"],
    [["-l", "x", "--stop-context", "y"], "--stop-context", "--label"],
    [["--status", "--stop-run"], "--status", "--stop-run"],
    [["--json"], "--json", "--status"],
    [["--json", "--stop-run"], "--json", "--status"],
    [["--stop-engine", "x"], "--stop-engine", "x"],
    [["--stop-engine", "1", "--drain-timeout", "0"], "--drain-timeout", "above 0"],
    [["--drain-timeout", "1"], "--drain-timeout", "--stop-engine"],
    [["--drain-timeout", "1", "-s", "a:1"], "--drain-timeout", "--stop-engine"],
    [["--drain-timeout", "1", "--stop-run"], "--drain-timeout", "--stop-context"],
    [["--drain-timeout", "1", "--stop-engine", "1", "-s", "a:1"], "--stop-engine", "--ssh-node"],
    [["--stop-engine", "-1"], "--stop-engine", "-1"],
    [["-C", "-1"], "--context-task-limit", "-1"],
    [["Tasks"], "too many arguments", ""],
    [["-S"], "-S", ""],
    [["--dry-run"], "--dry-run", ""],
  ])("%j", (args, first, second) => {
    const { exitCode, message } = userErrorOf(() => parse(...args));
    expect(exitCode).toBe(2);
    expect(message).toContain(first);
    expect(message).toContain(second);
    expect(message).not.toContain("\n");
  });
});

test("the help names the script and all of its options, at most 80 columns wide", () => {
  const request = parse("--help");
  if (request.type !== "show") throw new Error("it shows nothing");
  expect(request.text).toMatch(/^Usage: run_dbUtil.sh \[options\]\n/);
  const options = ["-s", "--hostfile", "-t", "-c", "-E", "-C", "-l", "--workdir", "--ssh-parallel", "--ssh-transport"];
  for (const option of [
    ...options,
    "--status",
    "--json",
    "--stop-engine",
    "--stop-context",
    "--stop-run",
    "--drain-timeout",
  ]) {
    expect(request.text).toContain(`  ${option}`);
  }
  expect(request.text.split("\n").filter((line) => line.length > 80)).toEqual([]);
});
