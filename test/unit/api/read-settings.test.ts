import { describe, expect, test } from "vitest";
import type { DisBatcherSettings } from "../../../src/api/index.ts";
import { readSettings } from "../../../src/api/read-settings.ts";
import { DEFAULTS } from "../../../src/run/settings.ts";

describe("settings of the library", () => {
  test("are those of the command line, and without any its defaults", () => {
    const { run, args, program } = readSettings({});
    expect(run).toEqual({ ...DEFAULTS, taskFile: undefined, keepOpen: true, name: "DisBatcher" });
    expect([args, program]).toEqual([["--keep-open"], undefined]);
  });

  test("are read as their options are, each of them", () => {
    const { run } = readSettings({
      ...{ name: "mine", hosts: ["a:1", "b:2"], hostfile: "Hosts", tasksPerNode: 3, cpusPerTask: 0.5 },
      ...{ envResource: "CUDA_VISIBLE_DEVICES", contextTaskLimit: 4, label: "-l", workdir: "/tmp", threadEnv: false },
      ...{ sshParallel: 5, sshTransport: "openssh", fill: true, minTimeLeft: 6, retire: false },
      ...{
        env: { A: "x=y", B: "" },
        envAll: true,
        waitForEngines: true,
        useAddress: "here:7",
        lease: 1.5,
        crashLimit: 8,
      },
      ...{ engineRestarts: 0, onDriverLost: "finish", drainTimeout: 9, prefix: "P", statusHeader: true },
      ...{ logfile: "L", loglevel: "DEBUG", logFormat: "json", failFast: true, resumeFrom: ["R"], retry: true },
      ...{ forceResume: true, lenient: true, kvsserver: true, kvsOpen: true },
      ...{ timeoutSignal: "INT", warn: "2m", warnSignal: "HUP", delay: 0.5, maxLoad: 3, minFreeMemory: "1K" },
    });
    expect(run).toEqual({
      ...DEFAULTS,
      ...{ taskFile: undefined, keepOpen: true, name: "mine", sshNode: ["a:1", "b:2"], hostfile: ["Hosts"] },
      ...{ tasksPerNode: 3, cpusPerTask: 0.5, envResource: ["CUDA_VISIBLE_DEVICES"], contextTaskLimit: 4, label: "-l" },
      ...{ workdir: "/tmp", threadEnv: false, sshParallel: 5, sshTransport: "openssh", fill: true, minTimeLeft: 6 },
      ...{
        retire: false,
        env: [
          { name: "A", value: "x=y" },
          { name: "B", value: "" },
        ],
        envAll: true,
      },
      ...{ waitForEngines: true, useAddress: { host: "here", port: 7 }, lease: 1.5, crashLimit: 8, engineRestarts: 0 },
      ...{ onDriverLost: "finish", drainTimeout: 9, prefix: "P", statusHeader: true, logfile: "L", loglevel: "DEBUG" },
      ...{ logFormat: "json", failFast: true, resumeFrom: ["R"], retry: true, forceResume: true, lenient: true },
      ...{ kvsserver: "environment", kvsOpen: true },
      ...{ timeoutSignal: "SIGINT", warn: 120, warnSignal: "SIGHUP" },
      ...{ delay: 0.5, maxLoad: { most: 3, ofCores: false }, minFreeMemory: 1024 },
    });
    expect(readSettings({ kvsserver: "[::1]:5" }).run).toMatchObject({ kvsserver: { host: "::1", port: 5 } });
    expect(readSettings({ kvsserver: false }).run.kvsserver).toBeUndefined();
    expect(readSettings({ startupOnly: true }).run).toMatchObject({ startupOnly: true, waitForEngines: true });
    expect(readSettings({ retireCmd: "true", overwrite: true }).run).toMatchObject({
      retireCmd: "true",
      overwrite: true,
    });
  });

  test("have terms of all tasks, as fields", () => {
    const { run, args } = readSettings({
      ...{ args: ["--retries", "2"], cores: 2, memory: "8G", timeout: "1h", minTime: 60, retryMemory: "x2" },
      ...{
        retries: { max: 3, on: [1, "signal"], elsewhere: true },
        resource: { license: 3 },
        engineResource: { disk: "1G" },
      },
    });
    expect(run.terms).toEqual({
      ...{ cores: "2", memory: "8G", timeout: "3600", "min-time": "60", "retry-memory": "x2" },
      ...{ retries: "3", "retry-on": "1,signal", "retry-elsewhere": "yes" },
    });
    expect([run.runResources, run.engineResources]).toEqual([{ license: 3 }, { disk: 2 ** 30 }]);
    expect(args).toContain("--retry-elsewhere");
  });

  test("are taken as words of the command line, too, to which the others are added", () => {
    const { run, args } = readSettings({ args: ["-s", "a:1", "-e"], hosts: "b:2", env: ["HOME", "X=1"] });
    expect(run).toMatchObject({ sshNode: ["a:1", "b:2"], env: [{ name: "HOME" }, { name: "X", value: "1" }] });
    expect(args).toEqual(["-s", "a:1", "-e", "--ssh-node=b:2", "--env=HOME", "--env=X=1", "--keep-open"]);
  });

  test("may stand behind args that say themselves where options end", () => {
    const { run, args } = readSettings({ args: ["-s", "a:1", "--kvsserver", "--"], prefix: "P", failFast: true });
    expect(run).toMatchObject({ sshNode: ["a:1"], kvsserver: "environment", prefix: "P", failFast: true });
    expect(args).toEqual(["-s", "a:1", "--kvsserver", "--prefix=P", "--fail-fast", "--keep-open"]);
  });

  test.each([
    ["-p a/b: there is no folder a", "setting prefix a/b: there is no folder a"],
    ["name hosts with -s, or leave --hostfile.", "name hosts with setting hosts, or leave setting hostfile."],
    ["a-s x --no-such -sx --recover P", "a-s x --no-such -sx --recover P"],
  ])("have their names in messages of options: %s", (message, words) => {
    expect(readSettings({}).inItsWords(message)).toBe(words);
  });

  test("keep the names of options in messages where args have them", () => {
    const { inItsWords } = readSettings({ args: ["-s", "a:1"] });
    expect(inItsWords("-s a:1 and -p P and --ssh-node")).toBe("-s a:1 and setting prefix P and --ssh-node");
  });

  test("are told what is said with nothing in it that a terminal would act on", async () => {
    const said: string[] = [];
    readSettings({ say: (message) => void said.push(message) }).say?.("odd\u001b[2J");
    await Promise.resolve();
    expect(said).toEqual([String.raw`odd\e[2J`]);
  });

  test.each<[DisBatcherSettings, string, string]>([
    [{ lease: 0 }, "commander.invalidArgument", "setting lease: '0' is invalid. It must be a number of seconds"],
    [
      { hosts: "a:1", startupOnly: true },
      "commander.conflictingOption",
      "setting startupOnly cannot be used with setting hosts",
    ],
    [{ retry: true }, "retry-without-resume", "setting retry goes with setting resumeFrom"],
    [{ args: ["-R"] }, "retry-without-resume", "-R goes with setting resumeFrom"],
    [{ kvsOpen: true }, "no-own-kvs", "setting kvsOpen goes with"],
    [{ env: { "A=B": "c" } }, "setting-refused", '"A=B" is no name of a variable'],
    [{ name: "a/b" }, "setting-refused", "setting name"],
    [{ name: "" }, "setting-refused", "setting name"],
    [{ env: { A: "a\0b" } }, "setting-refused", "setting env: it has a NUL character"],
    [{ prefix: "a\0b" }, "setting-refused", "setting prefix"],
    [{ hosts: ["a:1", "\ud800"] }, "setting-refused", "half of a surrogate pair"],
    [{ args: ["-l", "\0"] }, "setting-refused", "setting args"],
    [{ program: "\0" }, "setting-refused", "setting program"],
    [{ name: "\udc00" }, "setting-refused", "setting name"],
    [{ args: ["--logfile"], prefix: "P" }, "commander.optionMissingArgument", "args: option '--logfile <FILE>'"],
    [{ args: ["-s"] }, "commander.optionMissingArgument", "args: option '-s"],
    [{ args: ["--recover", "P"] }, "not-in-library", "--recover"],
    [{ args: ["--progress", "bar"] }, "not-in-library", "--progress"],
    [{ args: ["--dry-run"] }, "not-in-library", "--dry-run"],
    [{ args: ["--mailTo", "a@b"] }, "not-in-library", "--mailTo"],
    [{ args: ["--on-end", "true"] }, "not-in-library", "--on-end"],
    [{ args: ["--requeue-resume"] }, "not-in-library", "--requeue-resume"],
    [{ args: ["--taskserver"] }, "not-in-library", "submit the lines instead"],
    [{ args: ["Tasks"] }, "not-in-library", "submit its lines instead"],
    [{ args: ["--help"] }, "not-in-library", "--help and --version"],
    [{ args: ["--nonsense"] }, "commander.unknownOption", "unknown option '--nonsense'"],
  ])("are refused in words of a program: %j", (settings, code, words) => {
    expect(() => readSettings(settings)).toThrow(
      expect.objectContaining({ name: "DisBatchError", code, message: expect.stringContaining(words) }),
    );
  });

  test.each([
    [{ host: "a" }, 'there is no setting "host" (did you mean hosts?)'],
    [{ sshNode: "a" }, 'there is no setting "sshNode" (did you mean hosts?)'],
    [{ "resume-from": "a" }, "did you mean resumeFrom?"],
    [{ xyzzy: 1 }, 'there is no setting "xyzzy"'],
  ])("that are unknown are refused with what was meant: %j", (settings, words) => {
    // @ts-expect-error there is no such setting
    expect(() => readSettings(settings)).toThrow(
      expect.objectContaining({ code: "unknown-setting", message: expect.stringContaining(words) }),
    );
  });

  test.each([
    ...[
      { hosts: 5 },
      { hosts: [5] },
      { lease: "5" },
      { kvsserver: 5 },
      { failFast: "yes" },
      { prefix: 5 },
      { env: { A: 1 } },
      { env: "A=1" },
    ],
    ...[
      { env: null },
      { args: "-s" },
      { say: true },
      { signal: {} },
      { program: [] },
      { program: 5 },
      { name: 5 },
      null,
      [],
      ["a"],
      "x",
    ],
  ])("of wrong types are refused as such: %j", (settings) => {
    // @ts-expect-error the type is wrong
    expect(() => readSettings(settings)).toThrow(TypeError);
  });
});
