import { type Argument, type Command, Help, type Option } from "commander";
import { explanationOf } from "./explanations.ts";

/**
 * The command line of the program as plain data, read from what commander has been told: the man page, the completions and
 * the reference are written from this, so an option is described in one place only.
 */
export interface ProgramDescription {
  readonly name: string;
  readonly version: string;
  readonly commands: readonly CommandDescription[];
  /** One of the commands: what is meant when the first argument is no command's name. */
  readonly usual: CommandDescription;
  /** The script of a run, `PREFIX_dbUtil.sh`. */
  readonly utility: CommandDescription;
}

/** A command and all that may follow it. */
export interface CommandDescription {
  readonly name: string;
  /** A few words. */
  readonly summary: string;
  /** One sentence or more. */
  readonly description: string;
  /** Whether it takes options beside those that print its help. */
  readonly takesOptions: boolean;
  readonly operands: readonly OperandDescription[];
  readonly groups: readonly OptionGroup[];
}

/** Options that serve one purpose, such as `In a Slurm job`. */
export interface OptionGroup {
  readonly purpose: string;
  readonly options: readonly OptionDescription[];
}

/** What is said of an argument. */
export interface Described {
  /** What the help says. */
  readonly meaning: string;
  /** A few sentences more, for those who read the manual. */
  readonly explanation: string | undefined;
  readonly choices: readonly string[];
  readonly defaultValue: string | undefined;
  readonly isRepeatable: boolean;
  readonly completes: Completes;
}

/** An argument that is no option and no option's value. */
export interface OperandDescription extends Described {
  readonly placeholder: string;
  readonly isRequired: boolean;
  /** Whether there may be several of them. */
  readonly isRepeated: boolean;
}

/** An option, by all its names. */
export interface OptionDescription extends Described {
  /** `-s` and `--ssh-node`, the short one first. */
  readonly names: readonly string[];
  /** What the value stands for, such as `FILE`; undefined where the option takes none, or need not be given any. */
  readonly placeholder: string | undefined;
  /** What a value stands for that may be left out. */
  readonly optionalPlaceholder: string | undefined;
  /** Hidden options are accepted, and nobody is pointed to them. */
  readonly isHidden: boolean;
}

/** What a shell offers in place of a value. */
export type Completes =
  | { readonly type: "choices"; readonly choices: readonly string[] }
  | { readonly type: "files" | "folders" | "hosts" | "runs" | "commands" | "nothing" };

/** What a placeholder stands for, where a shell can know the values. */
const COMPLETES: Readonly<Record<string, Exclude<Completes["type"], "choices" | "nothing">>> = {
  FILE: "files",
  TASKFILE: "files",
  PATH: "files",
  DIR: "folders",
  FOLDER: "folders",
  PREFIX: "runs",
  "PREFIX|FILE": "runs",
  "HOST:COUNT,...": "hosts",
};

/** Heading of the options that stand under none. */
const OTHER_OPTIONS = "Options";

/** A command as the program knows it. */
export interface DescribedCommand {
  readonly name: string;
  readonly summary: string;
  readonly command: Command;
}

/**
 * Reads the descriptions of all commands.
 *
 * @param usual name of the command that is meant when the first argument is no command's name.
 * @param utility the script of a run.
 */
export function describeProgram(
  name: string,
  version: string,
  { commands, usual, utility }: { commands: readonly DescribedCommand[]; usual: string; utility: DescribedCommand },
): ProgramDescription {
  const described = commands.map(describeCommand);
  const meant = described.find((command) => command.name === usual);
  if (meant === undefined) throw new Error(`there is no command ${usual}`);
  return { name, version, commands: described, usual: meant, utility: describeCommand(utility) };
}

/** Reads the description of one command. */
export function describeCommand({ name, summary, command }: DescribedCommand): CommandDescription {
  return {
    name,
    summary,
    description: command.description(),
    takesOptions: command.usage().includes("[options]"),
    operands: command.registeredArguments.map((argument) => describeOperand(argument, command.usage(), name)),
    groups: groupsOf(command, name),
  };
}

/** All options of a command in the order of its help, hidden ones too. */
export function optionsOf(command: CommandDescription): readonly OptionDescription[] {
  return command.groups.flatMap(({ options }) => options);
}

/** Commands that take all options of the usual one. */
const LIKE_USUAL: ReadonlySet<string> = new Set(["each", "retry"]);

/** Whether the command takes the options of the usual one, beside its own. */
function takesUsualOptions({ name }: CommandDescription): boolean {
  return LIKE_USUAL.has(name);
}

/** The options of a command by their purposes, without those that it shares with the usual one and that mean the same there. */
export function ownGroupsOf(command: CommandDescription, usual: CommandDescription): readonly OptionGroup[] {
  if (!takesUsualOptions(command)) return command.groups;
  const ofUsual = new Map(optionsOf(usual).map((option) => [longestName(option), option]));
  const isOwn = (option: OptionDescription): boolean => {
    const other = ofUsual.get(longestName(option));
    return other?.meaning !== option.meaning || other.explanation !== option.explanation;
  };
  return command.groups
    .map(({ purpose, options }) => ({ purpose, options: options.filter(isOwn) }))
    .filter(({ options }) => options.length > 0);
}

/** Options of a command that a shell offers. */
export function offeredOptionsOf(command: CommandDescription): readonly OptionDescription[] {
  return optionsOf(command).filter(({ isHidden }) => !isHidden);
}

/** The name that says most: the long one where there is one. */
export function longestName({ names }: OptionDescription): string {
  return names.at(-1) ?? "";
}

function groupsOf(command: Command, name: string): OptionGroup[] {
  const groups = new Map<string, OptionDescription[]>();
  const add = (option: Option): void => {
    const purpose = (option.helpGroupHeading ?? OTHER_OPTIONS).replace(/:$/, "");
    groups.set(purpose, [...(groups.get(purpose) ?? []), describeOption(option, name)]);
  };
  // Commander keeps the option that prints the help apart, and gives it out among those that the help shows.
  const shown = new Help().visibleOptions(command);
  const hidden = command.options.filter((option) => option.hidden);
  for (const option of [...shown, ...hidden]) add(option);
  return [...groups].map(([purpose, options]) => ({ purpose, options }));
}

function describeOption(option: Option, command: string): OptionDescription {
  const { short, long, flags, hidden } = option;
  const [, placeholder] = / <(.*)>$/.exec(flags) ?? [];
  const [, optionalPlaceholder] = / \[(.*)\]$/.exec(flags) ?? [];
  return {
    names: [short, long].filter((name) => name !== undefined),
    placeholder,
    optionalPlaceholder,
    isHidden: hidden,
    ...describe(option, placeholder),
    explanation: explanationOf(command, long ?? ""),
  };
}

/** @param usage what the help shows: an operand may be left out that stands in brackets there, or not at all. */
function describeOperand(argument: Argument, usage: string, command: string): OperandDescription {
  const placeholder = argument.name();
  const isShown = usage.includes(placeholder);
  const isInBrackets = usage.includes(`[${placeholder}]`) || usage.includes(`[${placeholder}...]`);
  return {
    placeholder,
    isRequired: isShown ? !isInBrackets : argument.required,
    isRepeated: argument.variadic,
    ...describe(argument, placeholder),
    explanation: explanationOf(command, placeholder),
  };
}

function describe(argument: Argument | Option, placeholder: string | undefined): Omit<Described, "explanation"> {
  const { description, argChoices = [], defaultValue } = argument;
  const isPlain = typeof defaultValue === "string" || typeof defaultValue === "number";
  return {
    meaning: description,
    choices: argChoices,
    defaultValue: isPlain ? String(defaultValue) : undefined,
    isRepeatable: Array.isArray(defaultValue),
    completes: completesOf(placeholder ?? "", argChoices),
  };
}

function completesOf(placeholder: string, choices: readonly string[]): Completes {
  if (choices.length > 0) return { type: "choices", choices };
  return { type: COMPLETES[placeholder] ?? "nothing" };
}
