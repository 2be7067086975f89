import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { COMMAND_SUMMARIES } from "../../../src/cli/command-names.ts";
import { chooseCommand } from "../../../src/cli/first-word.ts";
import { describeCommandOf } from "../../../src/cli/commands.ts";
import { UserError } from "../../../src/domain/errors.ts";

function choose(...args: readonly string[]): ReturnType<typeof chooseCommand> {
  return chooseCommand(
    args,
    (name) => describeCommandOf(name, ""),
    () => ["disbatch"],
  );
}

test("a command's exact name is that command, and what follows is its own", async () => {
  expect(await choose("status", "--json", "x")).toEqual({ name: "status", args: ["--json", "x"] });
  expect(await choose("run", "run")).toEqual({ name: "run", args: ["run"] });
});

test.each([[[]], [["Tasks"]], [["./run"]], [["Run"]], [["Runs"]], [["-s", "localhost:2", "Tasks"]], [["--help"]]])(
  "%j is a command line of run",
  async (args) => {
    expect(await choose(...args)).toEqual({ name: "run", args });
  },
);

describe("a command's name that is no command:", () => {
  test.each([
    [["Tasks", "run"]],
    [["-p", "run", "Tasks"]],
    [["-ep", "run", "Tasks"]],
    [["--prefix", "status", "Tasks"]],
    [["--bogus", "Tasks", "status"]],
    [["--", "run"]],
    [["-s", "localhost:2", "--", "run"]],
  ])("%j", async (args) => {
    expect(await choose(...args)).toEqual({ name: "run", args });
  });
});

describe("an option before a command is refused with the right order:", () => {
  test.each([
    [["--json", "status"], "disbatch status --json"],
    [["-s", "localhost:2", "run", "Tasks"], "disbatch run -s localhost:2 Tasks"],
    [["-ep", "x", "run", "Tasks"], "disbatch run -ep x Tasks"],
    [["-eps", "run", "Tasks"], "disbatch run -eps Tasks"],
    [["-p", "run", "run"], "disbatch run -p run"],
    [["--help", "status"], "disbatch status --help"],
  ])("%j", async (args, ordered) => {
    const error = await refusalOf(...args);
    expect(error).toMatchObject({ code: "option-before-command", exitCode: 2 });
    expect(error.message).toContain(`: ${ordered} (`);
  });
});

test("options that the command does not take are said to be none of its own", async () => {
  const error = await refusalOf("--lease", "5", "recover", "a b");
  expect(error.message).toMatch(/not those of recover: unknown option '--lease'.*; see: disbatch help recover /);
});

test("whatever the words are, a command is chosen, or the order is told of words that begin with an option", async () => {
  const word = fc.oneof(
    fc.string(),
    fc.constantFrom(...Object.keys(COMMAND_SUMMARIES), "-p", "-e", "--", "-", "--json"),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(word), async (args) => {
      expect(Object.keys(COMMAND_SUMMARIES)).toContain(await nameOrRefusal(args));
    }),
  );
});

/** The command's name; where the order is told, a name that stands behind an option. */
async function nameOrRefusal(args: readonly string[]): Promise<string | undefined> {
  try {
    return (await choose(...args)).name;
  } catch (error) {
    const isOrder = error instanceof UserError && error.code === "option-before-command" && args[0]?.startsWith("-");
    return isOrder === true ? args.find((one) => Object.hasOwn(COMMAND_SUMMARIES, one)) : undefined;
  }
}

async function refusalOf(...args: readonly string[]): Promise<UserError> {
  const error: unknown = await choose(...args).catch((thrown: unknown) => thrown);
  if (error instanceof UserError) return error;
  throw new Error(`nothing was refused, or not as it should: ${String(error)}`);
}
