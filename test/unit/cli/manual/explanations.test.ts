import { expect, test } from "vitest";
import { explainedNames } from "../../../../src/cli/manual/explanations.ts";
import { longestName, optionsOf } from "../../../../src/cli/manual/program-description.ts";
import { disbatch } from "./disbatch.ts";

/** The line of the help says all that there is to say. */
const NOT_EXPLAINED = [
  "--context-task-limit",
  "--errors",
  "--gpu",
  "--help",
  "--json",
  "--log-format",
  "--loglevel",
  "--mon",
  "--mouse",
  "--plain",
  "--ssh-parallel",
  "--status",
  "--status-header",
  "--version",
  "-h",
];

const options = [...disbatch.commands, disbatch.utility].flatMap(optionsOf);

test("every option is explained, but for those whose line in the help says all", () => {
  const without = options.filter(({ explanation }) => explanation === undefined).map(longestName);
  expect([...new Set(without)].toSorted()).toEqual(NOT_EXPLAINED);
});

test("nothing is explained that there is not", () => {
  const operands = disbatch.commands.flatMap((command) => command.operands.map(({ placeholder }) => placeholder));
  const names = new Set([...operands, ...options.flatMap((option) => option.names)]);
  expect(explainedNames().filter((name) => !names.has(name))).toEqual([]);
});

test("options that explanations name exist", () => {
  const names = new Set(options.flatMap((option) => option.names));
  const named = options.flatMap(({ explanation = "" }) => explanation.match(/(?<=`)--?[\w-]+/g) ?? []);
  const ofOthers = ["--ntasks-per-node"];
  expect(named.filter((name) => !names.has(name) && !ofOthers.includes(name))).toEqual([]);
});
