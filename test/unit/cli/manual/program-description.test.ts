import { Argument, Command, Option } from "commander";
import { expect, test } from "vitest";
import { type Completes, describeCommand, describeProgram } from "../../../../src/cli/manual/program-description.ts";

function described(command: Command) {
  return describeCommand({ name: "do", summary: "do it", command });
}

function completionOf(placeholder: string): Completes | undefined {
  return described(new Command().option(`--value <${placeholder}>`, "")).groups[0]?.options[0]?.completes;
}

test("an option has its names, its value, what the help says, and its default", () => {
  const command = new Command().helpOption(false).option("-n, --number <N>", "how many", Number, 3);
  expect(described(command).groups).toEqual([
    {
      purpose: "Options",
      options: [
        {
          names: ["-n", "--number"],
          placeholder: "N",
          meaning: "how many",
          explanation: undefined,
          choices: [],
          defaultValue: "3",
          isRepeatable: false,
          isHidden: false,
          completes: { type: "nothing" },
        },
      ],
    },
  ]);
});

test("options stand under their purposes, in the order of the help, and the help's own is among them", () => {
  const command = new Command()
    .optionsGroup("One:")
    .option("--a", "")
    .option("--b", "")
    .optionsGroup("Two:")
    .option("-c", "")
    .addHelpOption(new Option("-h, --help").helpGroup("One:"));
  const groups = described(command).groups.map(({ purpose, options }) => [purpose, options.map(({ names }) => names)]);
  expect(groups).toEqual([
    ["One", [["--a"], ["--b"], ["-h", "--help"]]],
    ["Two", [["-c"]]],
  ]);
});

test("a hidden option is known, and said to be hidden", () => {
  const command = new Command().helpOption(false).addOption(new Option("--old").hideHelp()).option("--new", "");
  const options = described(command).groups.flatMap((group) => group.options);
  expect(options.map(({ names, isHidden }) => [...names, isHidden])).toEqual([
    ["--new", false],
    ["--old", true],
  ]);
});

test("an option that gathers its values may be given several times", () => {
  const command = new Command().option(
    "--all <X>",
    "",
    (value, previous: readonly string[]) => [...previous, value],
    [],
  );
  const [option] = described(command).groups.flatMap((group) => group.options);
  expect(option?.isRepeatable).toBe(true);
  expect(option?.defaultValue).toBeUndefined();
});

test.each([
  ["FILE", "files"],
  ["PATH", "files"],
  ["DIR", "folders"],
  ["PREFIX", "runs"],
  ["HOST:COUNT,...", "hosts"],
  ["N", "nothing"],
  ["NAME[=VALUE]", "nothing"],
])("a value that stands as <%s> is completed to %s", (placeholder, type) => {
  expect(completionOf(placeholder)).toEqual({ type });
});

test("choices are completed, whatever the value is called", () => {
  const command = new Command()
    .usage("FILE")
    .addOption(new Option("--how <FILE>").choices(["a", "b"]))
    .addArgument(new Argument("FILE").choices(["c"]));
  const { groups, operands } = described(command);
  expect(groups[0]?.options[0]?.completes).toEqual({ type: "choices", choices: ["a", "b"] });
  expect(operands[0]?.completes).toEqual({ type: "choices", choices: ["c"] });
});

test("an operand may be left out, and options are taken, when the usage of the help says so", () => {
  const command = (usage: string): Command => new Command().usage(usage).argument("[FILE]", "");
  expect(described(command("[options] FILE"))).toMatchObject({ takesOptions: true, operands: [{ isRequired: true }] });
  expect(described(command("[FILE]"))).toMatchObject({ takesOptions: false, operands: [{ isRequired: false }] });
  const several = new Command().usage("[FILE...]").argument("[FILE...]", "");
  expect(described(several)).toMatchObject({ operands: [{ isRequired: false, isRepeated: true }] });
});

test("a program without its usual command is a mistake", () => {
  const utility = { name: "tool", summary: "", command: new Command() };
  expect(() => describeProgram("p", "1", { commands: [], usual: "run", utility })).toThrow("there is no command run");
});
