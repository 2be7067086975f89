import type { Code } from "mdast";
import { readSession } from "../docs/page/session.ts";
import { lineOf, nodesOf, parseMarkdown } from "../support/markdown.ts";

/** A command line of this program, or of the script of a run, as a page shows it. */
export interface CommandLine {
  /** Line of the page on which the command begins, from 1. */
  readonly line: number;
  /** The program and what follows it, without quotes. */
  readonly words: readonly string[];
  /** What the page says that it prints. */
  readonly output: readonly string[];
}

/** A command of a block, which may call this program several times or not at all. */
interface Shown {
  readonly line: number;
  readonly command: string;
  readonly output: readonly string[];
}

const PROGRAM = /^(?:\S*\/)?(?:disbatch|disBatch|\S*dbUtil\.sh)$/;
const SCRIPTS: ReadonlySet<string> = new Set(["sh", "bash"]);

/** All command lines of this program in the sessions and scripts of a page, those that no test runs among them. */
export function commandLinesOf(text: string): CommandLine[] {
  const blocks = nodesOf(parseMarkdown(text)).filter((node) => node.type === "code");
  return blocks
    .flatMap(commandsOf)
    .flatMap(({ line, command, output }) => callsIn(command).map((words) => ({ line, words, output })));
}

function commandsOf(block: Code): Shown[] {
  const firstLine = lineOf(block) + 1;
  if (block.lang === "console")
    return readSession(block.value, firstLine, `line ${firstLine}`).map(({ line, command, expected }) => ({
      line,
      command,
      output: expected,
    }));
  if (!SCRIPTS.has(block.lang ?? "")) return [];
  const lines = block.value.replaceAll("\\\n", "\\ ").split("\n");
  return lines.map((command, index) => ({ line: firstLine + index, command, output: [] }));
}

/** What parts commands from one another; then words, of which a part may stand in quotes. */
const TOKENS = /#.*|[|&;()<>\n]+|(?:\\[\s\S]|'[^']*'|"(?:\\.|[^"\\])*"|[^\s|&;()<>'"\\]|['"])+/g;

/** The words of each call of this program in a command; also where a whole command stands in quotes, as for ssh. */
function callsIn(command: string): string[][] {
  const simple: string[][] = [[]];
  let isFile = false;
  for (const [token] of command.matchAll(TOKENS)) {
    if (token.startsWith("#")) continue;
    if (/^&?[<>]+&?$/.test(token)) isFile = true;
    else if (/^[|&;()<>\n]/.test(token)) simple.push([]);
    else if (isFile) isFile = false;
    else simple.at(-1)?.push(withoutQuotes(token));
  }
  return simple.flatMap((words) => {
    const at = words.findIndex((word) => PROGRAM.test(word));
    const quoted = words.filter((word) => /\s/.test(word.trim())).flatMap(callsIn);
    return at === -1 ? quoted : [words.slice(at), ...quoted];
  });
}

function withoutQuotes(token: string): string {
  return token.replaceAll(/'([^']*)'|"((?:\\.|[^"\\])*)"|\\([\s\S])/g, (_, ...[one, two, three]: string[]) =>
    (one ?? two ?? three ?? "").trimStart(),
  );
}
