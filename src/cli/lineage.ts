import { resolve } from "node:path";
import type { Command } from "commander";
import { UserError } from "../domain/errors.ts";
import type { ExitCode } from "../domain/exit-codes.ts";
import { printable } from "../domain/printable.ts";
import { lineageLines } from "../faces/workflow/lineage-lines.ts";
import { Terminal } from "../faces/terminal/terminal.ts";
import { findRun } from "../run/files/find-run.ts";
import type { RunFiles } from "../run/files/run-files.ts";
import { runsIn } from "../run/files/runs-in.ts";
import type { Program } from "../run/program-name.ts";
import { type FoundLineage, lineageOfFile, type NoLineage } from "../run/workflow/lineage-of-file.ts";
import { foldersAbove } from "../run/workflow/paths-in-run.ts";
import { workflowHistory } from "../run/workflow/workflow-history.ts";
import { newCommand, readCommandLine } from "./command-line.ts";
import { sayOn } from "./conduct.ts";
import { wholeNumber } from "./option-values.ts";
import { show } from "./standard-output.ts";
import { isWorkflow } from "./workflow-records.ts";

/** Steps, and what is listed at one place, where the user says nothing. */
const DEPTH = 5;
const LIMIT = 10;

/** The operands and the options of `disbatch lineage`. */
export function describeLineage(): Command {
  return newCommand("disbatch lineage")
    .usage("[options] FILE [PREFIX]")
    .description(
      "Says which instance of a document's task made a file, when, where and from what; and what was made from it.",
    )
    .argument("<FILE>", "a file that a task of the document makes or reads")
    .argument(
      "[PREFIX]",
      "the runs: their prefix, any file of them, or their folder (default: all runs of documents in this folder, or in the nearest one above the file)",
    )
    .option("--depth <N>", "follow files for no more than N steps", wholeNumber(1), DEPTH)
    .option("--limit <N>", "list no more than N files or instances at one place", wholeNumber(1), LIMIT)
    .option("--json", "print it as JSON, in one line", false);
}

interface LineageOptions {
  readonly depth: number;
  readonly limit: number;
  readonly json: boolean;
}

/** Does what `disbatch lineage` is asked for. @throws UserError `unknown-file` for a file of which no document says anything. */
export async function startLineage({ args }: Program): Promise<ExitCode> {
  const described = describeLineage();
  const text = readCommandLine(described, args);
  if (text !== undefined) return show(text);
  const [file = "", prefix] = described.args;
  const { depth, limit, json } = described.opts<LineageOptions>();
  const found = await search(file, prefix, { depth, most: limit });
  if (json) return show(`${JSON.stringify(found)}\n`);
  const width = process.stdout.isTTY ? process.stdout.columns : undefined;
  const lines = found.flatMap((each, at) => [...(at === 0 ? [] : [""]), ...lineageLines(each, width)]);
  return show(lines.map((line) => `${line}\n`).join(""));
}

/** All prefixes of one folder that know the file. Where the user has named none, one whose records cannot be read is a warning. */
async function search(
  file: string,
  prefix: string | undefined,
  limits: { readonly depth: number; readonly most: number },
): Promise<readonly FoundLineage[]> {
  const cwd = process.cwd();
  const say = sayOn(new Terminal(process.stderr));
  const missed: NoLineage[] = [];
  const unreadable: UserError[] = [];
  const warn = (): void => {
    for (const { message } of unreadable) say(`warning: ${message}`);
  };
  for (const runs of placesToLook(file, prefix, cwd)) {
    const found: FoundLineage[] = [];
    for (const files of runs) {
      try {
        const told = await lineageOfFile({ file, cwd, limits }, workflowHistory(files, say), files);
        if ("readBy" in told) found.push(told);
        else missed.push(told);
      } catch (error) {
        if (prefix !== undefined || !(error instanceof UserError)) throw error;
        unreadable.push(error);
      }
    }
    if (found.length > 0) {
      warn();
      return found;
    }
  }
  const [first] = unreadable;
  if (missed.length === 0 && first !== undefined) throw first;
  warn();
  throw unknownFile(file, missed, cwd);
}

/** Runs of documents, folder by folder. @throws UserError `no-run-here`, where a prefix has no run. */
function placesToLook(file: string, prefix: string | undefined, cwd: string): readonly (readonly RunFiles[])[] {
  if (prefix !== undefined) return [[findRun(prefix, cwd)]];
  const folders = [...new Set([cwd, ...foldersAbove(resolve(cwd, file))])];
  return folders.map((folder) => runsIn(folder).filter(isWorkflow));
}

function unknownFile(file: string, missed: readonly NoLineage[], cwd: string): UserError {
  const [first] = missed;
  if (first === undefined) {
    const message = `${printable(file)}: no document of yours has run in ${cwd}, or above the file: name the prefix of its runs, too`;
    return new UserError("no-run-here", message);
  }
  const nearest = missed.find((each) => each.nearest !== undefined)?.nearest;
  const hint = nearest === undefined ? "" : `; did you mean ${printable(nearest)}?`;
  const who = missed.map(({ workflow }) => workflow).join(", ");
  return new UserError("unknown-file", `${printable(file)}: no task of ${who} makes or reads it${hint}`);
}
