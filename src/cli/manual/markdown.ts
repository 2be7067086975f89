import { wrap } from "../../domain/wrap.ts";
import {
  type CommandDescription,
  longestName,
  type OptionDescription,
  type OptionGroup,
  ownGroupsOf,
  type ProgramDescription,
} from "./program-description.ts";
import { sentenceOf, sentencesOf } from "./sentences.ts";

/** The command that makes the page anew. */
const MAKE = "npm run manual";
/** Characters of a line, at the most, unless one word is longer. */
const WIDTH = 120;

/** The page of the reference about the command line, in Markdown. */
export function commandLinePage(program: ProgramDescription): string {
  const { name, usual, commands, utility } = program;
  const blocks = [
    `<!-- Made from the descriptions of the options by ${MAKE}. Changes by hand are lost. -->`,
    "# The command line",
    wrapped(
      `This page is for whoever looks up what a command or an option of ${name} does. It names all of them. ` +
        "`disbatch --help` says the same in short, and `man disbatch` at this length.",
    ),
    "## The first argument",
    wrapped(
      `The first argument decides what ${name} does. A command's exact name is that command, and its options follow. ` +
        `Anything else means \`${name} ${usual.name}\`, whose name may be left out: ` +
        `\`${name} [options] TASKFILE\` is the same as \`${name} ${usual.name} [options] TASKFILE\`.`,
    ),
    wrapped(
      `A task file that has the name of a command is given as a path, as in \`./${usual.name}\`. ` +
        "An option that stands before a command is refused, and the message shows the right order. " +
        "Every command prints what it takes with `-h` and `--help`.",
    ),
    table(
      ["Command", "What it does"],
      commands.map((command) => [
        `[\`${name} ${command.name}\`](#${anchorOf(name, command)})`,
        sentenceOf(command.summary),
      ]),
    ),
    ...commands.flatMap((command) => commandBlocks(name, command, usual)),
    `## ${utility.name}`,
    wrapped(`\`${utility.name}\` is the script of a run. ${utility.description}`),
    ...optionBlocks(utility.groups, "dbutil-"),
    "## More",
    wrapped(
      "[Exit codes](exit-codes.md) tell how a run ended. [Variables](variables.md) are what tasks and disbatch itself read. " +
        "[Files](files.md) are what a run leaves behind.",
    ),
  ];
  return `${blocks.join("\n\n")}\n`;
}

function commandBlocks(program: string, command: CommandDescription, usual: CommandDescription): string[] {
  return [
    `## ${program} ${command.name}`,
    `\`${usage(program, command)}\``,
    wrapped(command.description),
    ...(command.operands.length === 0
      ? []
      : [command.operands.map((operand) => item(`\`${operand.placeholder}\``, sentencesOf(operand))).join("\n")]),
    ...optionBlocks(ownGroupsOf(command, usual), command === usual ? "" : `${anchorOf(program, command)}-`),
  ];
}

/** @param beginning of the names by which other pages point to the options. */
function optionBlocks(groups: readonly OptionGroup[], beginning: string): string[] {
  return groups
    .map(({ purpose, options }) => ({ purpose, own: options.filter((option) => !isHelpOnly(option)) }))
    .filter(({ own }) => own.length > 0)
    .flatMap(({ purpose, own }) => [
      `### ${purpose}`,
      own.map((option) => item(term(option, beginning), sentencesOf(option))).join("\n"),
    ]);
}

/** The help of a command; that of a run comes in two sizes, by two options. */
function isHelpOnly({ names }: OptionDescription): boolean {
  return names.includes("-h") && names.includes("--help");
}

function term(option: OptionDescription, beginning: string): string {
  const { names, placeholder, optionalPlaceholder } = option;
  const optional = optionalPlaceholder === undefined ? "" : ` [${optionalPlaceholder}]`;
  const value = placeholder === undefined ? optional : ` ${placeholder}`;
  const anchor = `${beginning}${longestName(option).replace(/^-+/, "")}`;
  return `<a id="${anchor}"></a>\`${names.join(", ")}${value}\``;
}

function item(subject: string, sentences: readonly string[]): string {
  return wrapped(`- ${subject}: ${sentences.join(" ")}`, "  ");
}

function usage(program: string, { name, operands, takesOptions }: CommandDescription): string {
  const words = operands.map(({ placeholder, isRequired, isRepeated }) => {
    const word = `${placeholder}${isRepeated ? "..." : ""}`;
    return isRequired ? word : `[${word}]`;
  });
  return [program, name, ...(takesOptions ? ["[options]"] : []), ...words].join(" ");
}

function anchorOf(program: string, { name }: CommandDescription): string {
  return `${program}-${name}`;
}

function table(heads: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(heads), `|${heads.map(() => "---|").join("")}`, ...rows.map(line)].join("\n");
}

/** The text in lines of at most `WIDTH` characters; what follows the first begins with the indent. */
function wrapped(text: string, indent = ""): string {
  return wrap(text, WIDTH, "", indent).join("\n");
}
