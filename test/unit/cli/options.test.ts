import { describe, expect, test } from "vitest";
import { type FaceOptions, parseOptions, type Request } from "../../../src/cli/options.ts";
import type { RunSettings } from "../../../src/run/settings.ts";
import { COMMAND_SUMMARIES } from "../../../src/cli/command-names.ts";
import { EXIT_CODE_MEANINGS } from "../../../src/domain/exit-codes.ts";
import { userErrorOf } from "../../support/user-error.ts";

type Options = Partial<RunSettings> & FaceOptions;

const parse = (...args: readonly string[]): Request => parseOptions(args, "1.2.3");

function optionsOf(...args: readonly string[]): Options {
  const request = parse(...args);
  if (request.type !== "run") throw new Error("it asks for no run");
  return { ...request.settings, ...request.face };
}

function textOf(...args: readonly string[]): string {
  const request = parse(...args);
  if (request.type !== "show") throw new Error("it asks for no text");
  return request.text;
}

const DEFAULTS: Options = {
  taskFile: "Tasks",
  sshNode: [],
  hostfile: [],
  context: [],
  envResource: [],
  contextTaskLimit: 0,
  sshParallel: 32,
  sshTransport: "auto",
  fill: false,
  retire: true,
  minTimeLeft: 0,
  threadEnv: true,
  env: [],
  envAll: false,
  startupOnly: false,
  waitForEngines: false,
  lease: 60,
  onDriverLost: "kill",
  engineRestarts: 3,
  crashLimit: 3,
  requeueResume: false,
  overwrite: false,
  statusHeader: false,
  loglevel: "INFO",
  logFormat: "text",
  progress: "auto",
  exitCode: false,
  output: undefined,
  outputLimit: 65_536,
  outputDir: undefined,
  failFast: false,
  resumeFrom: [],
  retry: false,
  forceResume: false,
  timeoutSignal: "SIGTERM",
  warnSignal: "SIGUSR1",
  lenient: false,
  terms: {},
  runResources: {},
  engineResources: {},
  keepOpen: false,
  name: undefined,
  kvsserver: undefined,
  taskserver: undefined,
  taskcommand: undefined,
  kvsOpen: false,
  dryRun: false,
  gpu: false,
  notices: {},
};

test("a task file alone leaves everything at its default", () => {
  expect(optionsOf("Tasks")).toEqual(DEFAULTS);
  expect(optionsOf("-").taskFile).toBe("-");
});

/** What is written, and what it means. */
const SPELLINGS: ReadonlyArray<readonly [args: readonly string[], meaning: Partial<Options>]> = [
  [["-s", "localhost:2"], { sshNode: ["localhost:2"] }],
  [["--cores", "0.5"], { terms: { cores: "0.5" } }],
  [["--memory=8192M", "--memory=8G"], { terms: { memory: "8G" } }],
  [["--gpus=2", "--timeout=1h30m"], { terms: { gpus: "2", timeout: "5400" } }],
  [["--min-time", "30m"], { terms: { "min-time": "1800" } }],
  [["--retries=3", "--retry-elsewhere"], { terms: { retries: "3", "retry-elsewhere": "yes" } }],
  [
    ["--retry-on=1,74-84,signal", "--retries=1", "--retry-delay=10s", "--retry-backoff=2", "--retry-limit=10m"],
    {
      terms: {
        ...{ "retry-on": "1,74-84,signal", retries: "1" },
        ...{ "retry-delay": "10", "retry-backoff": "2", "retry-limit": "600" },
      },
    },
  ],
  [
    ["--retry-memory=x2", "--retry-cores=x1.5", "--retry-timeout=x3", "--retries=1"],
    { terms: { "retry-memory": "x2", "retry-cores": "x1.5", "retry-timeout": "x3", retries: "1" } },
  ],
  [["--resource=license=3", "--resource=db=0.5"], { runResources: { license: 3, db: 0.5 } }],
  [["--engine-resource", "disk=100G"], { engineResources: { disk: 100 * 2 ** 30 } }],
  [["--ssh-node", "a:1,b:2", "-s", "c:3"], { sshNode: ["a:1,b:2", "c:3"] }],
  [["-t", "4"], { tasksPerNode: 4 }],
  [["-t", "0"], { tasksPerNode: 0 }],
  [["--tasksPerNode=4"], { tasksPerNode: 4 }],
  [["-c", "0.5"], { cpusPerTask: 0.5 }],
  [["--cpusPerTask", "2"], { cpusPerTask: 2 }],
  [["-E", "GPUS"], { envResource: ["GPUS"] }],
  [["--env-resource", "A", "-E", "B"], { envResource: ["A", "B"] }],
  [["-C", "0"], { contextTaskLimit: 0 }],
  [["--context-task-limit", "10"], { contextTaskLimit: 10 }],
  [["-l", "left.half_1"], { label: "left.half_1" }],
  [["--label", "x"], { label: "x" }],
  [
    ["--context", "gpu=node[1-2]:4,web:1", "--context=big=a:1"],
    {
      context: [
        { label: "gpu", hosts: "node[1-2]:4,web:1" },
        { label: "big", hosts: "a:1" },
      ],
    },
  ],
  [["--hostfile", "one", "--hostfile=two"], { hostfile: ["one", "two"] }],
  [["--workdir", "/data/some where"], { workdir: "/data/some where" }],
  [["--ssh-parallel", "5"], { sshParallel: 5 }],
  [["--ssh-transport", "openssh"], { sshTransport: "openssh" }],
  [
    ["--env", "A", "--env=B=1=2", "--env", "C="],
    { env: [{ name: "A" }, { name: "B", value: "1=2" }, { name: "C", value: "" }] },
  ],
  [["--env", "A=x\ny"], { env: [{ name: "A", value: "x\ny" }] }],
  [["--env-all"], { envAll: true }],
  [["-S"], { startupOnly: true, waitForEngines: true }],
  [["--startup-only", "-t", "3"], { startupOnly: true, waitForEngines: true, tasksPerNode: 3 }],
  [["--wait-for-engines"], { waitForEngines: true }],
  [["--use-address", "gate.example.org"], { useAddress: { host: "gate.example.org", port: 0 } }],
  [["--use-address", "10.0.0.7:4000"], { useAddress: { host: "10.0.0.7", port: 4000 } }],
  [["--use-address", "[2001:db8::7]:65535"], { useAddress: { host: "2001:db8::7", port: 65_535 } }],
  [["--use-address", "[::1]"], { useAddress: { host: "::1", port: 0 } }],
  [["--lease", "1"], { lease: 1 }],
  [["--lease=2.5"], { lease: 2.5 }],
  [["--crash-limit", "1"], { crashLimit: 1 }],
  [["--engine-restarts", "0"], { engineRestarts: 0 }],
  [["--on-driver-lost", "finish"], { onDriverLost: "finish" }],
  [["--drain-timeout", "0"], { drainTimeout: 0 }],
  [["--timeout-signal", "int"], { timeoutSignal: "SIGINT" }],
  [["--timeout-signal", "9"], { timeoutSignal: "SIGKILL" }],
  [["--warn", "2m", "--warn-signal", "SIGHUP"], { warn: 120, warnSignal: "SIGHUP" }],
  [["--delay", "0.1"], { delay: 0.1 }],
  [["--max-load", "8"], { maxLoad: { most: 8, ofCores: false } }],
  [["--max-load", "50%"], { maxLoad: { most: 0.5, ofCores: true } }],
  [["--min-free-memory", "4G"], { minFreeMemory: 4 * 1024 ** 3 }],
  [["--drain-timeout", "0.5"], { drainTimeout: 0.5 }],
  [["-p", "/some where/run"], { prefix: "/some where/run" }],
  [["--prefix", "x"], { prefix: "x" }],
  [["--status-header"], { statusHeader: true }],
  [["--logfile", "log"], { logfile: "log" }],
  [["--loglevel", "DEBUG"], { loglevel: "DEBUG" }],
  [["--log-format", "json"], { logFormat: "json" }],
  [["--overwrite"], { overwrite: true }],
  [["--progress", "plain"], { progress: "plain" }],
  [["-e"], { exitCode: true }],
  [["--exit-code"], { exitCode: true }],
  [["--output", "all"], { output: "all" }],
  [["--output-limit", "1M"], { outputLimit: 1_048_576 }],
  [["--output-limit=64KiB"], { outputLimit: 65_536 }],
  [["--output-dir", "logs/{id}"], { outputDir: "logs/{id}" }],
  [["-f"], { failFast: true }],
  [["--fail-fast"], { failFast: true }],
  [["-r", "one", "-r", "two"], { resumeFrom: ["one", "two"] }],
  [["--resume-from", "one"], { resumeFrom: ["one"] }],
  [["-R", "-r", "one"], { retry: true, resumeFrom: ["one"] }],
  [["--retry", "-r", "one"], { retry: true, resumeFrom: ["one"] }],
  [["--force-resume", "-r", "one"], { forceResume: true, resumeFrom: ["one"] }],
  [["--lenient"], { lenient: true }],
  [["--dry-run"], { dryRun: true }],
  [["-g"], { gpu: true }],
  [["--gpu"], { gpu: true }],
  [["-eft3"], { exitCode: true, failFast: true, tasksPerNode: 3 }],
];

test.each(SPELLINGS)("%j before or behind the task file is understood", (args, meaning) => {
  expect(optionsOf(...args, "Tasks")).toEqual({ ...DEFAULTS, ...meaning });
  expect(optionsOf("Tasks", ...args)).toEqual({ ...DEFAULTS, ...meaning });
});

test("what follows two dashes is a task file, whatever it looks like", () => {
  expect(optionsOf("-e", "--", "-t").taskFile).toBe("-t");
});

test("a run that is to be gone on with is named by its prefix alone", () => {
  expect(parse("--recover", "/some where/run")).toEqual({ type: "recover", prefix: "/some where/run" });
  expect(parse("--recover=run")).toEqual({ type: "recover", prefix: "run" });
});

test("no command line changes what the next one means", () => {
  expect(optionsOf("-s", "a:1", "-r", "x", "-E", "V", "Tasks").sshNode).toEqual(["a:1"]);
  expect(optionsOf("Tasks")).toEqual(DEFAULTS);
});

const LONG_NAMES: Readonly<Record<string, string>> = {
  ...{ "-t": "--tasksPerNode", "-c": "--cpusPerTask", "-C": "--context-task-limit", "-l": "--label" },
};
const WRONG_VALUES: ReadonlyArray<readonly [option: string, values: readonly string[]]> = [
  ["-t", ["-1", "1.5", "x", "", "1e3", "0x10", " 1", "99999999999"]],
  ["-c", ["0", "-1", "0.0", "x", "", "1e3", "1.2.3", ".", "Infinity", "NaN"]],
  ["-C", ["-1", "0.5", "x", ""]],
  ["-l", ["a/b", "", "a b", "..\n"]],
  ["--workdir", ["data", "", "./data", "/data\u0007"]],
  ["--ssh-parallel", ["0", "-1", "x", ""]],
  ["--ssh-transport", ["scp", ""]],
  ["--env", ["", "=x", "1A=x", "A B=x", "DISBATCH_TASKID=1", "DISBATCH_X", "A-B"]],
  [
    "--use-address",
    ["", ":80", "host:", "host:0", "host:65536", "host:x", "::1", "[host]", "[::1", "a b", "-x", "[::1]80"],
  ],
  ["--lease", ["0", "0.99", "-1", "x", "", "1e3", ".5", "1.5.2", "1800001", "Infinity"]],
  ["--crash-limit", ["0", "-1", "1.5", "x", ""]],
  ["--engine-restarts", ["-1", "1.5", "x", ""]],
  ["--on-driver-lost", ["wait", ""]],
  ["--drain-timeout", ["-1", "x", "", "1e3"]],
  ["--loglevel", ["LOUD", "debug", ""]],
  ["--log-format", ["JSON", "xml", ""]],
  ["--progress", ["loud", ""]],
];

describe.each(WRONG_VALUES)("a wrong value of %s", (option, values) => {
  test.each(values)("(%j) is refused in one line that names both", (value) => {
    const error = userErrorOf(() => parse(option, value, "Tasks"));
    expect(error).toMatchObject({ exitCode: 2, code: "commander.invalidArgument" });
    expect(error.message).toContain(LONG_NAMES[option] ?? option);
    expect(error.message).toContain(`'${value.trimEnd()}`);
    expect(error.message).not.toContain("\n");
  });
});

test("--mon of disBatch 3 is said to be missing", () => {
  const refusal = { code: "not-in-this-version", exitCode: 2, message: "--mon: not in this version" };
  expect(userErrorOf(() => parse("-e", "--mon", "x", "Tasks"))).toMatchObject(refusal);
});

test.each(["-w", "--web"])("%s has a run shown in a browser, on any free port", (option) => {
  const web = { address: { kind: "tcp", host: "127.0.0.1", port: 0 }, control: false };
  expect(optionsOf("-e", option, "Tasks")).toMatchObject({ taskFile: "Tasks", web });
  expect(optionsOf("Tasks").web).toBeUndefined();
});

test("the page of a run has the address that it is given, and stops something only when it may", () => {
  const { web } = optionsOf("-w", "--web-address", "127.0.0.1:8080", "--web-control", "Tasks");
  expect(web).toEqual({ address: { kind: "tcp", host: "127.0.0.1", port: 8080 }, control: true });
});

test.each([
  [["--web-address", "8080"], "web-alone", "--web-address goes with -w"],
  [["--web-control"], "web-alone", "--web-control goes with -w"],
  [["-w", "--web-address", "0.0.0.0:80"], "bad-web-address", "--web-address 0.0.0.0:80: "],
])("%j is refused", (args, code, message) => {
  const error = userErrorOf(() => parse(...args, "Tasks"));
  expect(error).toMatchObject({ code, exitCode: 2 });
  expect(error.message).toContain(message);
});

describe("a command line is refused in one line", () => {
  test.each([
    [["--retyr", "Tasks"], "'--retyr' (Did you mean --retry?)", "commander.unknownOption"],
    [["--statusheader", "Tasks"], "(Did you mean --status-header?)", "commander.unknownOption"],
    [["-x", "Tasks"], "'-x'", "commander.unknownOption"],
    [["--retry-elsewhere=yes", "Tasks"], "option '--retry-elsewhere' takes no value", "commander.unknownOption"],
    [["--mailTo=me", "Tasks"], '"me" is no mail address', "mail-address"],
    [["--mailto=me@x", "Tasks"], "(Did you mean --mailTo?)", "commander.unknownOption"],
    [["--mailFreq", "9", "Tasks"], "--mailFreq goes with --mailTo", "mail-to-nobody"],
    [["--smtp", "smtp://x", "Tasks"], "--smtp goes with --mailTo", "mail-to-nobody"],
    [["--mailTo", "a@x", "--smtp", "x", "Tasks"], "smtp://HOST:PORT", "smtp-url"],
    [["--mailTo", "a@x", "--smtp-password-file", "x", "Tasks"], "goes with a user in --smtp", "smtp-without-user"],
    [["--mailTo", "a@x", "--mailFreq", "0", "Tasks"], "--mailFreq", "commander.invalidArgument"],
    [["--tasks-per-node", "4", "Tasks"], "(Did you mean -t, --tasksPerNode?)", "commander.unknownOption"],
    [["--ntasks-per-node=4", "Tasks"], "(Did you mean -t, --tasksPerNode?)", "commander.unknownOption"],
    [["--cpus-per-task", "4", "Tasks"], "(Did you mean -c, --cpusPerTask?)", "commander.unknownOption"],
    [["--Log-File", "x", "Tasks"], "(Did you mean --logfile?)", "commander.unknownOption"],
    [["--gpus", "-1", "Tasks"], "It must be a whole number from 0 on", "commander.invalidArgument"],
    [
      ["--memory", "8", "Tasks"],
      "a size with its unit, such as 8G or 512M; did you mean 8G?",
      "commander.invalidArgument",
    ],
    [["--cores=0", "Tasks"], "It must be a number of cores", "commander.invalidArgument"],
    [["--retry-on", "1", "Tasks"], "--retry-on has no effect, since --retries is not given", "bad-terms"],
    [["--retries=0", "--retry-on=1", "Tasks"], "--retry-on has no effect, since --retries is 0", "bad-terms"],
    [
      ["--retries=1", "--retry-delay=1m", "--retry-limit=9", "Tasks"],
      "--retry-delay is 60 s, and so above",
      "bad-terms",
    ],
    [["--resource", "license", "Tasks"], "NAME=AMOUNT", "commander.invalidArgument"],
    [["--resource", "gpus=2", "Tasks"], "no term", "commander.invalidArgument"],
    [["--resource", "a=1", "--resource", "a=1", "Tasks"], "a is given twice", "commander.invalidArgument"],
    [["--engine-resource", "disk=much", "Tasks"], "a number or a size", "commander.invalidArgument"],
    [["--resource", "a=1", "--engine-resource", "a=1", "Tasks"], "the resource a is either", "bad-terms"],
    [[], "name a task file", "no-task-file"],
    [["--recover", "run", "Tasks"], "--recover PREFIX goes alone", "recover-alone"],
    [["Tasks", "--recover", "run"], "--recover PREFIX goes alone", "recover-alone"],
    [["--recover", "run", "-e"], "--recover PREFIX goes alone", "recover-alone"],
    [["--recover"], "--recover", "commander.optionMissingArgument"],
    [["one", "two"], "too many arguments", "commander.excessArguments"],
    [["-S", "-s", "a:1", "Tasks"], "-s, --ssh-node", "commander.conflictingOption"],
    [["-s", "a:1", "-S", "Tasks"], "-S, --startup-only", "commander.conflictingOption"],
    [["-S", "--context", "x=a:1", "Tasks"], "--context", "commander.conflictingOption"],
    [["--context", "gpu", "Tasks"], "LABEL=HOST:COUNT", "commander.invalidArgument"],
    [["--context", "g p=a:1", "Tasks"], "letters", "commander.invalidArgument"],
    [["-S", "--hostfile", "x", "Tasks"], "--hostfile", "commander.conflictingOption"],
    [["-S", "-E", "X", "Tasks"], "-E, --env-resource", "commander.conflictingOption"],
    [["--overwrite", "-r", "x", "Tasks"], "-r, --resume-from", "commander.conflictingOption"],
    [["-R", "Tasks"], "-R goes with -r", "retry-without-resume"],
    [["--force-resume", "Tasks"], "--force-resume goes with -r", "force-without-resume"],
    [["Tasks", "-t"], "--tasksPerNode", "commander.optionMissingArgument"],
    [["Tasks", "-s"], "--ssh-node", "commander.optionMissingArgument"],
  ])("%j", (args, words, code) => {
    const error = userErrorOf(() => parse(...args));
    expect(error).toMatchObject({ code, exitCode: 2, message: expect.stringContaining(words) });
    expect(error.message).not.toContain("\n");
    expect(error.message).not.toMatch(/^error/);
  });
});

describe("text that is asked for", () => {
  test("is the version", () => {
    expect(textOf("--version")).toBe(`disbatch 1.2.3 (Node ${process.versions.node})\n`);
  });

  test("is the help, which names every option but the deprecated one", () => {
    const help = textOf("--help");
    const options = SPELLINGS.map(([[option = ""]]) => option.split("=", 1).join()).filter(
      (option) => option !== "-eft3",
    );
    for (const option of options) {
      expect(new RegExp(`${option}(?![\\w-])`).test(help)).toBe(!["-g", "--gpu"].includes(option));
    }
    for (const name of Object.keys(COMMAND_SUMMARIES)) expect(help).toMatch(new RegExp(`^  ${name} `, "m"));
    expect(help.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });

  test("is the help of one screen, with the options that most runs need", () => {
    const help = textOf("-h");
    const lines = help.trimEnd().split("\n");
    expect(lines.length).toBeLessThan(24);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(lines.filter((line) => line.startsWith("  -"))).toHaveLength(12);
    expect(help).not.toContain("undefined");
    expect(textOf("-eh")).toBe(help);
  });
});

test("the help has the table of exit codes", () => {
  const rows = EXIT_CODE_MEANINGS.map(([code, meaning]) => [String(code), meaning]);
  const [, table = ""] = textOf("--help").split("Exit codes:\n");
  const shown = table
    .split("\n\n", 1)
    .join()
    .replaceAll(/\n {7}/g, " ")
    .split("\n");
  expect(shown.map((line) => /^ {2}(\d+) +(.+)$/.exec(line)?.slice(1))).toEqual(rows);
});
