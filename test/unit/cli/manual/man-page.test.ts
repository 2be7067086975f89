import { expect, test } from "vitest";
import { EXAMPLES } from "../../../../src/cli/manual/examples.ts";
import { manPage } from "../../../../src/cli/manual/man-page.ts";
import { optionsOf } from "../../../../src/cli/manual/program-description.ts";
import { roff } from "../../../../src/cli/manual/roff.ts";
import { FILES, type Named, VARIABLES_OF_TASKS } from "../../../../src/cli/manual/variables-and-files.ts";
import { parseDbUtilOptions } from "../../../../src/cli/db-util-options.ts";
import { isCommandName } from "../../../../src/cli/command-names.ts";
import { parseOptions } from "../../../../src/cli/options.ts";
import { EXIT_CODE_MEANINGS } from "../../../../src/domain/exit-codes.ts";
import { setTaskVariables, slotEnvironment, type TaskEnvironment } from "../../../../src/node/engine/environment.ts";
import { grantVariables } from "../../../../src/node/engine/grant-variables.ts";
import { chooseRunFiles } from "../../../../src/run/files/run-files.ts";
import { disbatch } from "./disbatch.ts";

const page = manPage(disbatch, "November 29, 2026");

function namesOf(named: readonly Named[]): string[] {
  return named.flatMap(([names]) => names.split(", "));
}

test("the man page begins with its date, its title and the version", () => {
  expect(page.split("\n").slice(1, 4)).toEqual([".Dd November 29, 2026", ".Dt DISBATCH 1", ".Os disbatch 1.2.3"]);
});

test("the man page has every command, every option and every exit code", () => {
  const commands = disbatch.commands.map(({ name }) => `.It Cm ${name}`);
  const options = [...disbatch.commands, disbatch.utility].flatMap(optionsOf).flatMap(({ names }) => names);
  const flags = options.map((name) => `Fl ${roff(name.slice(1))}`);
  const codes = EXIT_CODE_MEANINGS.map(([code]) => `.It Li ${code}\n`);
  expect([...commands, ...flags, ...codes].filter((text) => !page.includes(text))).toEqual([]);
});

test("the man page has every variable that tasks find", () => {
  const terms = { resources: [], threadEnv: true };
  const common = { DISBATCH_JOBID: "", DISBATCH_NAMETASKS: "" };
  const slot = { base: {}, common, engineId: "x", engineRank: 0, slot: 0, coresPerSlot: 1, terms };
  const env: TaskEnvironment = slotEnvironment(slot);
  setTaskVariables(env, { kind: "task", id: 1, line: 1, repeatIndex: 0, command: "true" }, { attempt: 1 });
  const grant = { slot: 0, home: 0, cpus: [], isSpread: false, gpus: [] };
  const needs = { cores: 1, memory: undefined, gpus: 0, named: new Map<string, number>() };
  const given = grantVariables(needs, grant, { coresPerSlot: 1, gpuVariables: [], threadsIn: {} });
  const names = new Set([...Object.keys(env), ...Object.keys(given)]);
  expect(namesOf(VARIABLES_OF_TASKS).toSorted()).toEqual([...names].toSorted());
});

test("the man page has every file of a run", () => {
  const { prefix, jobId, automatic, ...paths } = chooseRunFiles("/PREFIX", "Tasks", new Date(0));
  expect(
    Object.values(paths)
      .map((path) => path.slice(1))
      .filter((name) => !namesOf(FILES).includes(name)),
  ).toEqual([]);
  expect([prefix, jobId, automatic]).toEqual(["/PREFIX", "PREFIX", false]);
});

test("the examples can be typed", () => {
  expect(EXAMPLES.map(({ command }) => command).filter((command) => !isGood(command))).toEqual([]);
});

/** Whether the program, or the script of a run, takes a command line; words that stand before the program's name are others'. */
function isGood(command: string): boolean {
  const words = command.split(" ");
  const [script, ...args] = words.slice(Math.max(0, words.indexOf("disbatch")));
  if (script === "./run_dbUtil.sh") return parseDbUtilOptions(args, "").type === "add";
  return script === "disbatch" && (isCommandName(args[0] ?? "") || parseOptions(args, "1.2.3").type === "run");
}
