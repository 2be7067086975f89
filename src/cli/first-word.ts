import type { Command, Option } from "commander";
import { UserError } from "../domain/errors.ts";
import { shellWords } from "../domain/shell-words.ts";
import { readCommandLine } from "./command-line.ts";
import { type CommandName, isCommandName } from "./command-names.ts";
import { isDocument } from "./document-name.ts";

/** A command line whose command is known. */
export interface ChosenCommand {
  readonly name: CommandName;
  /** What stands behind the command's name. */
  readonly args: readonly string[];
}

/**
 * Chooses the command: the first word is one's exact name, or the whole is a command line of `run`.
 *
 * @param describe the options of a command, for a word among those of `run` that is a command's name.
 * @param program the words that start this program.
 * @throws UserError `option-before-command` when options stand before a command's name, with the right order.
 */
export async function chooseCommand(
  args: readonly string[],
  describe: (name: CommandName) => Promise<Command>,
  program: () => readonly string[],
): Promise<ChosenCommand> {
  const [first = "", ...rest] = args;
  if (isCommandName(first)) return { name: first, args: rest };
  if (args.some(isCommandName)) await refuseLateCommand(describe, args, program());
  if (args.some(isDocument)) await refuseBareDocument(describe, args, program());
  return { name: "run", args };
}

async function refuseLateCommand(
  describe: (name: CommandName) => Promise<Command>,
  args: readonly string[],
  program: readonly string[],
): Promise<void> {
  const at = firstOperand(await describe("run"), args);
  const name = args[at] ?? "";
  if (!isCommandName(name)) return;
  const ordered = [...args.slice(0, at), ...args.slice(at + 1)];
  const wrong = mistakeIn(await describe(name), ordered);
  const advice =
    wrong === undefined
      ? `, as in: ${shellWords([...program, name, ...ordered])}`
      : `, and are not those of ${name}: ${wrong}; see: ${shellWords([...program, "help", name])}`;
  throw new UserError(
    "option-before-command",
    `options stand behind the command${advice} (a task file of that name is ./${name})`,
  );
}

/** A document is run by that word alone: it tells it from a task file of such a name. */
async function refuseBareDocument(
  describe: (name: CommandName) => Promise<Command>,
  args: readonly string[],
  program: readonly string[],
): Promise<void> {
  const first = args[firstOperand(await describe("run"), args)];
  if (!isDocument(first)) return;
  const message = `${first} is a document, by its ending: run it with ${shellWords([...program, "run", ...args])}`;
  const other = `(a task file of such a name: ${shellWords([...program, "-"])} < ${shellWords([first])})`;
  throw new UserError("document-without-run", `${message} ${other}`);
}

/** What is wrong with a command line; undefined when nothing is. */
function mistakeIn(command: Command, args: readonly string[]): string | undefined {
  try {
    readCommandLine(command, args);
    return undefined;
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

/** Where the first word stands that is no option and no value of one; behind `--` there is only the task file. */
function firstOperand({ options }: Command, args: readonly string[]): number {
  for (let i = 0; i < args.length; i++) {
    const word = args[i] ?? "";
    if (word === "--") return args.length;
    if (!word.startsWith("-") || word === "-") return i;
    if (takesNextWord(options, word)) i++;
  }
  return args.length;
}

/** Whether the value of an option is the word behind it, as in `-p x`, `-ep x` and `--prefix x`. */
function takesNextWord(options: readonly Option[], word: string): boolean {
  if (word.startsWith("--")) return options.some(({ long, required }) => long === word && required);
  const letters = Array.from(word.slice(1));
  const withValue = letters.findIndex((letter) =>
    options.some(({ short, required }) => short === `-${letter}` && required),
  );
  return withValue >= 0 && withValue === letters.length - 1;
}
