import type { Command, Option } from "commander";
import { expect, test } from "vitest";
import { COMMAND_SUMMARIES, isCommandName } from "../../src/cli/command-names.ts";
import { describeCommandOf } from "../../src/cli/commands.ts";
import { describeDbUtil } from "../../src/cli/db-util-options.ts";
import { pageNames, textOf } from "../support/pages.ts";
import { type CommandLine, commandLinesOf } from "./command-lines.ts";

const commands = new Map<string, Command>();
for (const name of Object.keys(COMMAND_SUMMARIES).filter(isCommandName))
  commands.set(name, await describeCommandOf(name, ""));
const utility = describeDbUtil("dbUtil.sh");
const HELP = new Set(["-h", "--help"]);

/** Options of a command line that its command has not. Those that the page shows as refused are meant to be. */
function unknownOptions({ words: [program = "", ...words], output }: CommandLine): string[] {
  const [first = ""] = words;
  const named = program.endsWith("dbUtil.sh") ? utility : commands.get(first);
  const command = named ?? commands.get("run");
  const unknown: string[] = [];
  for (let i = 0; i < words.length && words[i] !== "--"; i++) {
    const { names, hasValueBehind } = readWord(words[i] ?? "", (name) => optionOf(command, name)?.required === true);
    unknown.push(...names.filter((name) => optionOf(command, name) === undefined && !HELP.has(name)));
    if (hasValueBehind) i++;
  }
  return unknown.filter((name) => !output.some((line) => line.includes(`unknown option '${name}'`)));
}

/** The options in a word, and whether the next word is the value of one. Short ones stand together up to one that takes a value. */
function readWord(word: string, takesValue: (name: string) => boolean): { names: string[]; hasValueBehind: boolean } {
  if (word.startsWith("--")) {
    const [name = ""] = word.split("=");
    return { names: [name], hasValueBehind: name === word && takesValue(name) };
  }
  const letters = /^-\w/.test(word) ? Array.from(word.slice(1), (letter) => `-${letter}`) : [];
  const withValue = letters.findIndex(takesValue);
  return withValue === -1
    ? { names: letters, hasValueBehind: false }
    : { names: letters.slice(0, withValue + 1), hasValueBehind: withValue === letters.length - 1 };
}

function optionOf(command: Command | undefined, name: string): Option | undefined {
  return command?.options.find(({ short, long }) => name === short || name === long);
}

function complaintsOf(name: string, text: string): string[] {
  return commandLinesOf(text).flatMap((line) =>
    unknownOptions(line).map((option) => `${name}:${line.line}: ${option}: ${line.words.join(" ")}`),
  );
}

test("every command line that a page shows has options that there are", () => {
  expect(pageNames().flatMap((name) => complaintsOf(name, textOf(name)))).toEqual([]);
});

test("an option that there is not is found, run or not", () => {
  const page = [
    "```console",
    "$ sbatch -n 4 --anything disbatch -p run --bogus Tasks",
    "$ true && A=1 disbatch status --json --sideways run | head -n 2",
    "> | cat -A",
    "$ ssh server 'cd runs && disbatch recover --json run'",
    "$ ./run_dbUtil.sh --status --progress none",
    '$ disbatch -p "a; b" --use-adress - <<< "--data"; echo --more',
    "disbatch: unknown option '--use-adress'",
    "```",
    "```sh",
    "disbatch -s localhost:1 \\",
    "  -efZ Tasks # as --always",
    "disbatch --help; disbatch -efslocalhost:2 --progress=none Tasks --retire-cmd '--this' -- --a-file",
    "```",
  ];
  expect(
    complaintsOf("a.md", page.join("\n")).map((complaint) => complaint.split(": ").slice(0, 2).join(": ")),
  ).toEqual(["a.md:2: --bogus", "a.md:3: --sideways", "a.md:5: --json", "a.md:6: --progress", "a.md:11: -Z"]);
});
