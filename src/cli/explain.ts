import type { Command } from "commander";
import { followRun } from "../control/followed-run.ts";
import { UserError } from "../domain/errors.ts";
import { EXIT, type ExitCode } from "../domain/exit-codes.ts";
import { shellWords } from "../domain/shell-words.ts";
import type { TaskSource } from "../domain/source.ts";
import type { Task } from "../domain/task.ts";
import type { FollowedRun } from "../domain/watch.ts";
import { explainRun, waitsFor } from "../faces/terminal/explain-run.ts";
import { explainTask, type TaskNumber } from "../faces/terminal/explain-task.ts";
import { Terminal } from "../faces/terminal/terminal.ts";
import { type TaskHistory, taskHistory } from "../records/journal/task-history.ts";
import { openPastRun } from "../records/past/past-run.ts";
import { findRun } from "../run/files/find-run.ts";
import { begunBy } from "../run/files/pool-script.ts";
import type { RunFiles } from "../run/files/run-files.ts";
import { type ListedRun, listedRun } from "../run/listed-run.ts";
import { type Program, programName } from "../run/program-name.ts";
import { sayOn } from "./conduct.ts";
import { newCommand, readCommandLine } from "./command-line.ts";
import type { ExplainedInstance } from "./explain-instance.ts";
import { hasRest, wayOn, wayToRetry } from "./listed-ways.ts";
import { listedByInstances, withTallies } from "./listed-workflow.ts";
import { addPrefix } from "./prefix-argument.ts";
import { findTaskFile } from "./report-run.ts";
import { show } from "./standard-output.ts";
import { historyOfDetail } from "./task-from-detail.ts";
import { tasksOfRun } from "./tasks-of-run.ts";
import { OUT_OF_REACH } from "./with-run.ts";

/** Items of a task list that are asked for at once. */
const AT_ONCE = 1000;

/** The operands of `disbatch explain`. */
export function describeExplain(): Command {
  const command = newCommand("disbatch explain").description(
    "Says why a run stands where it stands; or, with TASK, where that task is, how each of its starts ended, and what runs it again. " +
      "Of a document, TASK is the name of an instance.",
  );
  return addPrefix(command)
    .usage("[options] [PREFIX] [TASK]")
    .argument(
      "[TASK]",
      "number of a task, from 0, which alone is one of the newest run; or an instance, such as 'fetch[day=3]'",
    )
    .option("--json", "print what is known of an instance as JSON, in one line", false);
}

/** A run that is to be explained, from all sides. */
interface Explained {
  readonly files: RunFiles;
  readonly listed: ListedRun;
  readonly followed: FollowedRun;
  /** The words that start this program in the user's shell. */
  readonly words: readonly string[];
}

/** Does what `disbatch explain` is asked for. @throws UserError for a run of which nothing can be read, with exit code 3. */
export async function startExplain({ args, command }: Program): Promise<ExitCode> {
  const described = describeExplain();
  const text = readCommandLine(described, args);
  if (text !== undefined) return show(text);
  const { files, task } = chosen(described.args);
  const words = programName(command, process.env);
  const followed = await follow(files, words);
  try {
    const isInstance = task !== undefined && !NUMBER.test(task);
    // What is told of an instance comes with the numbers of all.
    const listed = isInstance ? listedRun(files) : await listedByInstances(files);
    const run = { files, listed, followed, words };
    const { json } = described.opts<{ readonly json: boolean }>();
    if (json && !isInstance)
      throw new UserError("conflicting-options", "--json: name an instance, such as 'fetch[day=3]'");
    const lines = json && isInstance ? await jsonOfInstance(run, task) : await linesOf(run, task);
    return await show(lines.map((line) => `${line}\n`).join(""));
  } finally {
    await followed.close();
  }
}

const NUMBER = /^[0-9]{1,15}$/;

/** A number alone is a task, unless a run has that name. @throws UserError `no-run-here`. */
function chosen([prefix, task]: readonly string[]): { readonly files: RunFiles; readonly task: string | undefined } {
  const folder = process.cwd();
  try {
    return { files: findRun(prefix, folder), task };
  } catch (error) {
    if (task !== undefined || prefix === undefined || !NUMBER.test(prefix)) throw error;
    return { files: findRun(undefined, folder), task: prefix };
  }
}

/** @param task its number, or the name of an instance; undefined for the whole run. */
function linesOf(run: Explained, task: string | undefined): Promise<readonly string[]> | readonly string[] {
  if (task === undefined) return linesOfRun(run);
  return NUMBER.test(task) ? linesOfTask(run, Number(task)) : linesOfInstance(run, task);
}

async function jsonOfInstance(run: Explained, name: string): Promise<readonly string[]> {
  const { instanceAsJson } = await import("./explain-instance.ts");
  return [await instanceAsJson(name, explainedWith(run))];
}

async function linesOfInstance(run: Explained, name: string): Promise<readonly string[]> {
  const { explainInstance } = await import("./explain-instance.ts");
  return explainInstance(name, explainedWith(run));
}

function explainedWith(run: Explained): ExplainedInstance {
  const { files, followed, words } = run;
  const isRunning = run.listed.state === "running";
  return {
    files,
    followed,
    words,
    say: sayOn(new Terminal(process.stderr)),
    attempts: (id, history, tallies) => {
      const listed = withTallies(run.listed, tallies);
      const retry = isRunning ? undefined : wayOn(listed, words, process.env["SLURM_JOB_ID"]);
      const [head = "", ...lines] = explainTask(id, history, {
        jobId: files.jobId,
        state: isRunning ? "running" : listed.state === "ended" ? "ended" : "dead",
        hasRest: hasRest(listed),
        now: isRunning ? followed.view.now : Date.now() / 1000,
        waitsFor: [],
        retry,
      });
      // Its name stands above already.
      return [head, ...(history.task === undefined ? lines : lines.slice(1))];
    },
  };
}

async function follow(
  { prefix, jobId, status, journal, contact }: RunFiles,
  words: readonly string[],
): Promise<FollowedRun> {
  try {
    return await followRun(contact, words, () => openPastRun({ status, journal, jobId }));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const exitCode = OUT_OF_REACH.has(error.code) ? EXIT.unfinished : error.exitCode;
    throw new UserError(error.code, `${prefix}: ${error.message}`, { exitCode, cause: error });
  }
}

function linesOfRun({ files, listed, followed, words }: Explained): string[] {
  const { view, link } = followed;
  const isDead = listed.state === "driver-died" || listed.state === "cut-off";
  const silent =
    link.state === "lost" && !isDead ? [`it cannot be reached now: ${link.why}; this is what its records say`] : [];
  const goOn = listed.state === "running" ? undefined : wayOn(listed, words, process.env["SLURM_JOB_ID"]);
  const explain = shellWords([...words, "explain", files.prefix]);
  return [...silent, ...explainRun(view, isDead, { utility: shellWords([files.util]), explain, goOn })];
}

async function linesOfTask(run: Explained, id: number): Promise<string[]> {
  const { files, listed, followed, words } = run;
  const { view } = followed;
  const utility = shellWords([files.util]);
  const isRunning = listed.state === "running";
  const goOn = isRunning ? undefined : wayOn(listed, words, process.env["SLURM_JOB_ID"]);
  const history = await historyOfTask(run, id);
  const number = await numberInList(followed, id);
  // The records have a task's text from when it is given to an engine.
  const isWaiting = history.attempts.length === 0 && history.task === undefined && history.barrier === undefined;
  const task = isWaiting && number?.isBeyond !== true ? await taskInFile(files, view.taskFile, id) : history.task;
  return explainTask(
    id,
    { ...history, task },
    {
      jobId: files.jobId,
      state: isRunning ? "running" : listed.state === "ended" ? "ended" : "dead",
      hasRest: hasRest(listed),
      now: isRunning ? view.now : Date.now() / 1000,
      number,
      waitsFor: isRunning ? waitsFor(view, utility) : [],
      folder: begunBy(files.util)?.cwd,
      goOn,
      retry: listed.state === "ended" ? wayToRetry(listed, words) : goOn,
    },
  );
}

/** The task of that number, as its task file has it now; undefined where the file is not there, or says nothing of it. */
async function taskInFile(files: RunFiles, name: string, id: number): Promise<Task | undefined> {
  try {
    const source = await tasksOfRun(findTaskFile(files, name), files);
    if (source === undefined) return undefined;
    try {
      return await taskOf(source, id);
    } finally {
      await source.close();
    }
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

async function taskOf(source: TaskSource, id: number): Promise<Task | undefined> {
  for (;;) {
    const items = await source.next(AT_ONCE);
    if (items.length === 0) return undefined;
    for (const item of items) if (item.kind === "task" && item.id === id) return item;
  }
}

/** @returns undefined for a list of which nobody knows how long it is. */
async function numberInList(followed: FollowedRun, id: number): Promise<TaskNumber | undefined> {
  const { total, succeeded, failed, skipped, running, assigned, interrupted } = followed.view.tasks;
  if (total === undefined) return undefined;
  const isSure = succeeded + failed + skipped + running + assigned + interrupted >= total;
  return { total, isBeyond: (await followed.task(id)) === undefined, isSure };
}

/** The journal knows most; without one the run itself is asked, or its status file. */
async function historyOfTask({ files, followed }: Explained, id: number): Promise<TaskHistory> {
  try {
    return taskHistory(files.journal, id);
  } catch {
    const detail = await followed.task(id);
    return detail === undefined ? { attempts: [] } : historyOfDetail(detail);
  }
}
