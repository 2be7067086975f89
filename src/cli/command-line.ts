import { Command, CommanderError, type Option } from "commander";
import { UserError } from "../domain/errors.ts";

/** Columns of a help text. */
export const HELP_WIDTH = 80;

/** A command whose help reads as all of this program's do. */
export function newCommand(name: string): Command {
  return new Command(name)
    .helpOption("-h, --help", "print this help")
    .configureHelp({ helpWidth: HELP_WIDTH, optionDescription: describeOption });
}

/**
 * Reads the words of a command line.
 *
 * @returns text that was asked for, such as the help; undefined when the command has been given its options.
 * @throws UserError (exit code 2), one line.
 */
export function readCommandLine(command: Command, args: readonly string[]): string | undefined {
  let shown = "";
  let complaint = "";
  command
    .exitOverride()
    .configureOutput({ writeOut: (text) => (shown += text), writeErr: (text) => (complaint += text) });
  try {
    command.parse([...args], { from: "user" });
    return undefined;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return shown;
    if (error.code === "commander.unknownOption") explainUnknown(command, error);
    throw new UserError(error.code, oneLine(complaint === "" ? error.message : complaint));
  }
}

/** Ends the reading of a command line with text that one of its options has asked for. */
export function answer(command: Command, text: string): never {
  command.configureOutput().writeOut?.(text);
  throw new CommanderError(0, "disbatch.answer", "");
}

/** Options of disBatch 3 that are not there yet, as `plainName` has them. */
const NOT_YET = new Set(["mon"]);

/** What Slurm and GNU parallel call some options; commander itself finds names that are nearly right. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  ntaskspernode: "taskspernode",
  j: "taskspernode",
  jobs: "taskspernode",
};

/** @throws UserError for an option that disBatch 3 has, that has another spelling here, or that has got a value and takes none. */
function explainUnknown(command: Command, error: CommanderError): void {
  const [, flag = ""] = /'(-+[^'=]+)/.exec(error.message) ?? [];
  const name = plainName(flag);
  if (NOT_YET.has(name)) throw new UserError("not-in-this-version", `${flag}: not in this version`, { cause: error });
  const meant = command.options.find(({ long }) => plainName(long ?? "") === (OTHER_NAMES[name] ?? name));
  if (meant === undefined || meant.hidden) return;
  if (meant.long === flag) throw new UserError(error.code, `option '${flag}' takes no value`, { cause: error });
  const flags = meant.flags.replace(/ <.*/, "");
  throw new UserError(error.code, `unknown option '${flag}' (Did you mean ${flags}?)`, { cause: error });
}

/** The name without what people spell in different ways. */
function plainName(flag: string): string {
  return flag.replaceAll("-", "").toLowerCase();
}

/** An option as a command line has it, and its value if it takes one. */
export type GivenOption = readonly [flag: string, value?: string];

/** The options that a command is given when it reads a command line, in their order. */
export function givenOptions(command: Command): readonly GivenOption[] {
  const given: GivenOption[] = [];
  for (const option of command.options) {
    const flag = option.short ?? option.long ?? "";
    command.on(`option:${option.name()}`, (value?: string | null) => {
      given.push(typeof value === "string" ? [flag, value] : [flag]);
    });
  }
  return given;
}

/** The description of an option, with the choices and the default where there is something to know. */
function describeOption({ description, argChoices, defaultValue }: Option): string {
  const notes = argChoices === undefined ? [] : [argChoices.join(", ")];
  if (typeof defaultValue === "object") notes.push("repeatable");
  if (typeof defaultValue === "string" || typeof defaultValue === "number") notes.push(`default: ${defaultValue}`);
  return notes.length === 0 ? description : `${description} (${notes.join("; ")})`;
}

/** Commander's `error: ...` and its suggestion on a line of their own, as one line in this program's style. */
function oneLine(text: string): string {
  return text
    .trim()
    .replace(/^error: /, "")
    .replaceAll(/\s*\n\s*/g, " ");
}
