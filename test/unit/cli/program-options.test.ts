import { describe, expect, test } from "vitest";
import { parseOptions } from "../../../src/cli/options.ts";
import { resumeCommand } from "../../../src/cli/resume-command.ts";
import { userErrorOf } from "../../support/user-error.ts";

function settingsOf(...args: readonly string[]) {
  const request = parseOptions(args, "1.2.3");
  if (request.type !== "run") throw new Error("no run");
  const { taskFile, kvsserver, taskserver, taskcommand, kvsOpen } = request.settings;
  return { taskFile, kvsserver, taskserver, taskcommand, kvsOpen };
}

const NOTHING = { taskFile: undefined, kvsserver: undefined, taskserver: undefined, taskcommand: undefined };

describe("options by which programs make tasks", () => {
  test.each([
    [["--taskserver"], { taskserver: "own" }],
    [["--taskserver", "node1:5000"], { taskserver: { host: "node1", port: 5000 } }],
    [["--taskserver", "--kvsserver=[::1]:7"], { taskserver: "own", kvsserver: { host: "::1", port: 7 } }],
    [["--taskcommand", "make tasks", "--kvs-open"], { taskcommand: "make tasks", kvsOpen: true }],
    [["Tasks", "--kvsserver"], { taskFile: "Tasks", kvsserver: "environment" }],
    [["--kvsserver", "--", "Tasks"], { taskFile: "Tasks", kvsserver: "environment" }],
    [["--kvsserver", "-e", "Tasks"], { taskFile: "Tasks", kvsserver: "environment" }],
  ] as const)("%j are understood", (args, meaning) => {
    expect(settingsOf(...args)).toEqual({ ...NOTHING, kvsOpen: false, ...meaning });
  });

  test.each([
    [["--kvsserver", "Tasks"], "commander.invalidArgument", "a task file goes before this option"],
    [["--taskserver", "Tasks"], "commander.invalidArgument", "'Tasks'"],
    [["--kvsserver", "node1", "Tasks"], "commander.invalidArgument", "HOST:PORT"],
    [["--kvsserver=node1:0", "Tasks"], "commander.invalidArgument", "HOST:PORT"],
    [["Tasks", "--taskserver"], "two-task-sources", "Tasks: with --taskserver"],
    [["Tasks", "--taskcommand", "x"], "two-task-sources", "Tasks: with --taskcommand"],
    [["--taskserver", "--taskcommand", "x"], "two-task-sources", "not from both"],
    [["--taskcommand", "x", "--keep-open"], "two-task-sources", "--keep-open"],
    [["--taskcommand", " "], "no-task-command", "needs a command"],
    [["--taskcommand", "x", "--dry-run"], "nothing-to-preview", "--taskcommand"],
    [["--kvs-open", "Tasks"], "no-own-kvs", "--kvs-open"],
    [["--kvs-open", "--kvsserver=a:1", "Tasks"], "no-own-kvs", "--kvs-open"],
    [["--taskserver=a:1", "--kvsserver=a:2"], "two-kvs", "different servers"],
  ] as const)("%j are refused", (args, code, words) => {
    const error = userErrorOf(() => settingsOf(...args));
    expect(error).toMatchObject({ code, exitCode: 2 });
    expect(error.message).toContain(words);
  });

  test("stand before -- in a command that goes on, where a word behind them would be their value", () => {
    const options = { program: ["disbatch"], folder: "/home/you", statusFile: "/home/you/none_status.txt" };
    const command = resumeCommand(["Tasks", "-e", "--kvsserver"], options);
    expect(command).toBe("cd /home/you && disbatch -r /home/you/none_status.txt -e --kvsserver -- Tasks");
  });
});
