import { EXIT_CODE_MEANINGS } from "../../domain/exit-codes.ts";
import { EXAMPLES } from "./examples.ts";
import {
  type CommandDescription,
  longestName,
  type OperandDescription,
  type OptionDescription,
  type OptionGroup,
  optionsOf,
  ownGroupsOf,
  type ProgramDescription,
} from "./program-description.ts";
import { roff, roffArguments, roffMarked } from "./roff.ts";
import { capitalised, sentencesIn, sentencesOf } from "./sentences.ts";
import { FILES, type Named, VARIABLES_OF_KVS, VARIABLES_OF_TASKS, VARIABLES_READ } from "./variables-and-files.ts";

/** Programs that a reader may want to know of, in the order of the alphabet. */
const SEE_ALSO = ["bash 1", "parallel 1", "sbatch 1", "srun 1", "ssh 1", "xargs 1", "ssh_config 5"];

/**
 * The man page of the program, in the language mdoc.
 *
 * @param date when it was last changed, as in `November 29, 2026`.
 */
export function manPage(program: ProgramDescription, date: string): string {
  const { name, version, usual, commands, utility } = program;
  const lines = [
    String.raw`.\" Made from the descriptions of the options. Changes are lost with the next build.`,
    `.Dd ${date}`,
    `.Dt ${name.toUpperCase()} 1`,
    `.Os ${name} ${roff(version)}`,
    ".Sh NAME",
    `.Nm ${name}`,
    ".Nd run a list of shell commands, on this machine and on others",
    ".Sh SYNOPSIS",
    ...synopsis(usual, []),
    ...commands.flatMap((command) => synopsis(command, [`.Cm ${command.name}`])),
    `.Nm ${roff(utility.name)}`,
    ".Op Ar options",
    ".Sh DESCRIPTION",
    ...description(program),
    ".Sh COMMANDS",
    ...list(commands.map((command) => ({ term: commandTerm(command), body: commandBody(command, usual) }))),
    ".Sh OPTIONS",
    `These are the options of`,
    `.Cm ${usual.name} .`,
    ...usual.groups.flatMap((group) => [
      `.Ss ${roffArguments(group.purpose.split(" "))}`,
      ...optionList(group.options),
    ]),
    ".Sh THE SCRIPT OF A RUN",
    ...utilitySection(utility, usual),
    ".Sh ENVIRONMENT",
    ".Ss Variables that tasks find",
    ...namedList("Ev", VARIABLES_OF_TASKS),
    ".Ss Variables of runs with a key-value server",
    ...namedList("Ev", VARIABLES_OF_KVS),
    ".Ss Variables that disbatch reads",
    ...namedList("Ev", VARIABLES_READ),
    ".Sh FILES",
    "All files of a run begin with the same PREFIX, which",
    ".Fl p",
    "chooses.",
    ...namedList("Pa", FILES),
    ".Sh EXIT STATUS",
    ...list(
      EXIT_CODE_MEANINGS.map(([code, meaning]) => ({ term: `Li ${code}`, body: [`${roff(capitalised(meaning))}.`] })),
    ),
    ".Sh EXAMPLES",
    ...EXAMPLES.flatMap(({ purpose, command }) => [
      ...sentencesIn(purpose).map(roffMarked),
      `.Dl ${roffArguments(command.split(" "))}`,
      ".Pp",
    ]).slice(0, -1),
    ".Sh SEE ALSO",
    ...SEE_ALSO.map((page, i) => `.Xr ${page}${i === SEE_ALSO.length - 1 ? "" : " ,"}`),
  ];
  return `${lines.join("\n")}\n`;
}

function synopsis(command: CommandDescription, name: readonly string[]): string[] {
  return [".Nm", ...name, ...wordsOf(command).map((word) => `.${word}`)];
}

/** What follows a command's name, each with its macros. */
function wordsOf({ operands, takesOptions }: CommandDescription): string[] {
  return [...(takesOptions ? ["Oo Ar options Oc"] : []), ...operands.map(operandOf)];
}

function operandOf({ placeholder, isRequired, isRepeated }: OperandDescription): string {
  const operand = `Ar ${roffArguments([placeholder])}${isRepeated ? " ..." : ""}`;
  return isRequired ? operand : `Oo ${operand} Oc`;
}

function description({ name, usual, commands, utility }: ProgramDescription): string[] {
  return [
    ...sentencesIn(usual.description).map(roff),
    ".Pp",
    `The first argument decides what is done.`,
    "A command's exact name is that command, and its options follow.",
    "Anything else is the same as",
    `.Nm ${name}`,
    `.Cm ${usual.name} .`,
    "A task file that has the name of a command is given as",
    `.Pa ./${commands[0]?.name ?? ""} .`,
    ".Pp",
    `Every run has a script,`,
    `.Pa ${roff(utility.name)} ,`,
    "which shows it and changes its engines while it goes on.",
  ];
}

function commandTerm(command: CommandDescription): string {
  return [`Cm ${command.name}`, ...wordsOf(command)].join(" ");
}

function commandBody(command: CommandDescription, usual: CommandDescription): string[] {
  const isUsual = command === usual;
  const own = ownGroupsOf(command, usual).flatMap(({ options }) => options.filter(isOwn));
  return [
    ...sentencesIn(command.description).map(roffMarked),
    ...(isUsual ? [`The word ${roff(command.name)} may be left out.`] : []),
    ...list([...command.operands.map(operandEntry), ...(isUsual ? [] : own.map(optionEntry))]),
  ];
}

/** Every command has its help, which is not worth a line each time. */
function isOwn({ names, isHidden }: OptionDescription): boolean {
  return !isHidden && !names.includes("--help");
}

function utilitySection(utility: CommandDescription, usual: CommandDescription): string[] {
  const ofRun = new Map(optionsOf(usual).map((option) => [longestName(option), option]));
  const isShared = (option: OptionDescription): boolean => {
    const other = ofRun.get(longestName(option));
    return other?.meaning === option.meaning && other.explanation === option.explanation;
  };
  const shared = optionsOf(utility).filter((option) => isOwn(option) && isShared(option));
  const own = (group: OptionGroup): readonly OptionDescription[] =>
    group.options.filter((option) => isOwn(option) && !isShared(option));
  return [
    ...sentencesIn(utility.description).map(roff),
    ".Pp",
    "These options mean the same as above:",
    ...shared.map(({ names }, i) => `.Fl ${flag(names.at(0) ?? "")}${i === shared.length - 1 ? " ." : " ,"}`),
    ...utility.groups
      .filter((group) => own(group).length > 0)
      .flatMap((group) => [`.Ss ${roffArguments(group.purpose.split(" "))}`, ...optionList(own(group))]),
  ];
}

function optionList(options: readonly OptionDescription[]): string[] {
  return list(options.map(optionEntry));
}

function optionEntry(option: OptionDescription): Entry {
  return { term: optionTerm(option), body: sentencesOf(option).map(roffMarked) };
}

function operandEntry(operand: OperandDescription): Entry {
  return { term: `Ar ${roffArguments([operand.placeholder])}`, body: sentencesOf(operand).map(roffMarked) };
}

function optionTerm({ names, placeholder, optionalPlaceholder }: OptionDescription): string {
  const flags = names.map((name) => `Fl ${flag(name)}`).join(" , ");
  if (optionalPlaceholder !== undefined) return `${flags} Op Ar ${roffArguments([optionalPlaceholder])}`;
  return placeholder === undefined ? flags : `${flags} Ar ${roffArguments([placeholder])}`;
}

/** The name of an option without its first dash, which the macro puts there. */
function flag(name: string): string {
  return roff(name.slice(1));
}

/** @param macro `Ev` for variables, `Pa` for files. */
function namedList(macro: string, named: readonly Named[]): string[] {
  return list(
    named.map(([name, meaning]) => ({
      term: `${macro} ${roffArguments(name.split(" "))}`,
      body: sentencesIn(meaning).map(roffMarked),
    })),
  );
}

/** What is explained, with its macros, and the lines that do so. */
interface Entry {
  readonly term: string;
  readonly body: readonly string[];
}

function list(entries: readonly Entry[]): string[] {
  return entries.length === 0
    ? []
    : [".Bl -tag -width Ds", ...entries.flatMap(({ term, body }) => [`.It ${term}`, ...body]), ".El"];
}
