import { basename, resolve } from "node:path";
import type { Command } from "commander";
import { UserError } from "../domain/errors.ts";
import type { ExitCode } from "../domain/exit-codes.ts";
import { formatRuns } from "../faces/terminal/runs.ts";
import { isFolder } from "../files/look.ts";
import { runsIn } from "../run/files/runs-in.ts";
import type { ListedRun } from "../run/listed-run.ts";
import { type Program, programName } from "../run/program-name.ts";
import { newCommand, readCommandLine } from "./command-line.ts";
import { stateWords, wayOn } from "./listed-ways.ts";
import { listedByInstances } from "./listed-workflow.ts";
import { show } from "./standard-output.ts";

/** The operand and the options of `disbatch runs`. */
export function describeRuns(): Command {
  return newCommand("disbatch runs")
    .description("Lists your runs of a folder: how each stands, and the command that goes on with it.")
    .usage("[options] [FOLDER]")
    .argument("[FOLDER]", "where the files of the runs are (default: this folder)")
    .option("--json", "print the list as JSON, in one line", false);
}

/** Does what `disbatch runs` is asked for. @throws UserError `no-such-folder`. */
export async function startRuns({ args, command }: Program): Promise<ExitCode> {
  const described = describeRuns();
  const text = readCommandLine(described, args);
  if (text !== undefined) return show(text);
  const [given = "."] = described.args;
  const folder = resolve(given);
  if (!isFolder(folder)) throw new UserError("no-such-folder", `${given}: there is no such folder`);
  const words = programName(command, process.env);
  const listed: ListedRun[] = [];
  // One after the other: the instances of a document take room.
  for (const files of runsIn(folder)) listed.push(await listedByInstances(files));
  const runs = listed
    .toSorted((a, b) => (a.last ?? 0) - (b.last ?? 0))
    .map((run) => ({ ...run, goOn: wayOn(run, words, process.env["SLURM_JOB_ID"]) }));
  const { json } = described.opts<{ readonly json: boolean }>();
  if (json) return show(`${JSON.stringify(runs)}\n`);
  if (runs.length === 0) return show(`no run of yours has its files in ${folder}\n`);
  return show(formatRuns(runs.map((run) => ({ ...run, name: basename(run.prefix), state: stateWords(run) }))));
}
