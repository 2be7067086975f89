import { basename, resolve } from "node:path";
import type { Command } from "commander";
import { UserError } from "../domain/errors.ts";
import type { ExitCode } from "../domain/exit-codes.ts";
import { shellWords } from "../domain/shell-words.ts";
import { formatRuns } from "../faces/terminal/runs.ts";
import { isFolder } from "../files/look.ts";
import { begunBy } from "../run/files/pool-script.ts";
import { recoverCommand } from "../run/files/recover-command.ts";
import { filesOfRun } from "../run/files/run-files.ts";
import { runsIn } from "../run/files/runs-in.ts";
import { type ListedRun, listedRun } from "../run/listed-run.ts";
import { type Program, programName } from "../run/program-name.ts";
import { newCommand, readCommandLine } from "./command-line.ts";
import { commandWords } from "./options.ts";
import { resumeCommand } from "./resume-command.ts";
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
export function startRuns({ args, command }: Program): Promise<ExitCode> {
  const described = describeRuns();
  const text = readCommandLine(described, args);
  if (text !== undefined) return show(text);
  const [given = "."] = described.args;
  const folder = resolve(given);
  if (!isFolder(folder)) throw new UserError("no-such-folder", `${given}: there is no such folder`);
  const words = programName(command, process.env);
  const runs = runsIn(folder)
    .map(listedRun)
    .toSorted((a, b) => (a.last ?? 0) - (b.last ?? 0))
    .map((run) => ({ ...run, goOn: wayOn(run, words) }));
  const { json } = described.opts<{ readonly json: boolean }>();
  if (json) return show(`${JSON.stringify(runs)}\n`);
  if (runs.length === 0) return show(`no run of yours has its files in ${folder}\n`);
  return show(formatRuns(runs.map((run) => ({ ...run, name: basename(run.prefix), state: stateOf(run) }))));
}

function stateOf({ state, reason, host }: ListedRun): string {
  switch (state) {
    case "running":
      return `running on ${host ?? "?"}`;
    case "ended":
      return reason === "done" || reason === undefined ? "ended" : `ended: ${reason}`;
    case "driver-died":
      return `driver died on ${host ?? "?"}`;
    case "cut-off":
      return "cut off";
    default:
      return state satisfies never;
  }
}

/** What is next to do with a run, and the command line for it, good from any folder; undefined when nothing is. */
function wayOn(run: ListedRun, words: readonly string[]): { what: string; command: string } | undefined {
  const { prefix, state, slurmJob } = run;
  if (state === "running") return { what: "to see how far it is", command: shellWords([...words, "status", prefix]) };
  if (state === "driver-died" && (slurmJob === undefined || slurmJob === process.env["SLURM_JOB_ID"])) {
    return { what: `to go on, on ${run.host}`, command: recoverCommand(words, prefix) };
  }
  const isLeft = run.total === undefined ? run.reason !== "done" : run.done < run.total;
  if (!isLeft && run.failed === 0) return undefined;
  const { status, util } = filesOfRun(prefix);
  const begun = begunBy(util);
  if (begun === undefined) return undefined;
  const retry = !isLeft || run.reason === "check-failed";
  try {
    const again = commandWords(begun.args).taskFile === "-" ? ", with the same tasks given again" : "";
    const command = resumeCommand(begun.args, { program: words, folder: begun.cwd, statusFile: status, retry });
    return { what: `${isLeft ? "to run the rest" : "to run the failed ones again"}${again}`, command };
  } catch (error) {
    // Another version has begun it, with options that this one does not know.
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
