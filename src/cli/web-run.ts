import { createHash } from "node:crypto";
import { formatDiagnostic } from "../domain/errors.ts";
import { shellWords } from "../domain/shell-words.ts";
import { doneOf } from "../domain/task-tally.ts";
import type { TaskDetail } from "../domain/watch.ts";
import { isOwnFile } from "../files/own-file.ts";
import { isSuccess } from "../domain/ending.ts";
import { type ListedRun, listedRun } from "../run/listed-run.ts";
import type { RunFiles } from "../run/files/run-files.ts";
import { type Program, programName } from "../run/program-name.ts";
import type { RunDocument } from "../web/api/answers.ts";
import type { WebRun } from "../web/api/web-run.ts";
import { wayOn, wayToRetry } from "./listed-ways.ts";
import { withTallies } from "./listed-workflow.ts";
import { WebOutputs } from "./web-output.ts";
import { WebReports } from "./web-reports.ts";
import { WebFollowed } from "./web-followed.ts";
import { WebWorkflow } from "./web-workflow.ts";
import { isWorkflow } from "./workflow-records.ts";

/** The way on is looked for again after this time, in milliseconds, and at once where the run does something else by now. */
const SAME_WAY_MS = 1000;

type Ways = RunDocument["next"];

/**
 * Opens a run for those who ask for it over HTTP. To be closed.
 *
 * @param giveWay resolves when nobody waits for an answer: long work is done in the meantime.
 * @throws UserError for a run of which nothing can be read.
 */
export async function openWebRun(files: RunFiles, program: Program, giveWay: () => Promise<void>): Promise<WebRun> {
  const words = programName(program.command, process.env);
  const followed = await WebFollowed.open({ words, contact: files.contact }, files, giveWay);
  return new RunOfPage(files, program, followed, words);
}

/** What stands for a run in paths: its name as far as it can stand there, and what tells it from runs elsewhere. */
function idOfRun(prefix: string, jobId: string): string {
  const name = jobId.replaceAll(/[^A-Za-z0-9._-]/g, "_").slice(0, 80);
  return `${name}-${createHash("sha256").update(prefix).digest("hex").slice(0, 8)}`;
}

class RunOfPage implements WebRun {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  readonly followed: WebFollowed;
  readonly isWorkflow: boolean;
  readonly #files: RunFiles;
  readonly #words: readonly string[];
  readonly #outputs: WebOutputs;
  readonly #reports: WebReports;
  readonly #workflow: WebWorkflow;
  #listed: { readonly run: ListedRun; readonly at: number; readonly stage: string } | undefined;

  /** @param words that start this program in the user's shell. */
  constructor(files: RunFiles, program: Program, followed: WebFollowed, words: readonly string[]) {
    this.#files = files;
    this.#words = words;
    this.prefix = files.prefix;
    this.name = files.jobId;
    this.id = idOfRun(files.prefix, files.jobId);
    this.isWorkflow = isWorkflow(files);
    this.followed = followed;
    this.#outputs = new WebOutputs(files.output, () => followed.view.started);
    this.#reports = new WebReports(program, files.prefix);
    this.#workflow = new WebWorkflow({
      standing: followed.standing,
      told: () => followed.view.templates?.list,
    });
  }

  get warnings(): readonly string[] {
    return this.followed.records.warnings.map(formatDiagnostic);
  }

  pictured(): ReturnType<WebRun["pictured"]> {
    return this.followed.records.pictured();
  }

  next(): Ways {
    const words = this.#words;
    const listed = this.#listedNow();
    const { prefix, output } = this.#files;
    const way = wayOn(listed, words, process.env["SLURM_JOB_ID"]);
    const ways = way === undefined ? [] : [wayOf(way.what, way.command)];
    if (listed.failed > 0 && isOwnFile(output)) {
      ways.push(wayOf("to see what the failed ones printed", shellWords([...words, "output", "--failed", prefix])));
    }
    return ways;
  }

  nextOfTask({ row }: TaskDetail): Ways {
    const words = this.#words;
    const { prefix, output } = this.#files;
    const id = String(row.id);
    const ways = [wayOf("to see why it stands where it stands", shellWords([...words, "explain", prefix, id]))];
    if (isOwnFile(output)) ways.push(wayOf("to see what it printed", shellWords([...words, "output", prefix, id])));
    const listed = this.#listedNow();
    const hasFailed = row.ending !== undefined && !isSuccess(row.ending);
    const retry = hasFailed && listed.state === "ended" ? wayToRetry(listed, words) : undefined;
    return retry === undefined ? ways : [wayOf(retry.what, retry.command), ...ways];
  }

  // oxlint-disable-next-line typescript/require-await -- as its interface has it.
  async kept(task: number): ReturnType<WebRun["kept"]> {
    return this.#outputs.kept(task);
  }

  output(...[task, stream, choose]: Parameters<WebRun["output"]>): ReturnType<WebRun["output"]> {
    return this.#outputs.read(task, stream, choose);
  }

  graph(): ReturnType<WebRun["graph"]> {
    return this.#workflow.graph();
  }

  instances(query: Parameters<WebRun["instances"]>[0]): ReturnType<WebRun["instances"]> {
    return this.#workflow.instances(query);
  }

  report(...[format, signal]: Parameters<WebRun["report"]>): Promise<string> {
    return this.#reports.report(format, signal);
  }

  async close(): Promise<void> {
    this.#outputs.close();
    await Promise.all([this.#reports.close(), this.followed.close()]);
  }

  /** Where it stands, by its files, and by what has been read of them. */
  #listedNow(): ListedRun {
    const now = performance.now();
    const { tasks, templates, phase, reason } = this.followed.view;
    const { state } = this.followed.link;
    const stage = `${state} ${phase} ${reason}`;
    const known = this.#listed;
    if (known?.stage === stage && now - known.at < SAME_WAY_MS) return known.run;
    const failed = tasks.failed + tasks.skippedFailed;
    const listed = listedRun(this.#files, { done: doneOf(tasks), failed }, state === "over");
    const run = templates === undefined ? listed : withTallies(listed, templates.list);
    this.#listed = { run, at: now, stage };
    return run;
  }
}

function wayOf(purpose: string, command: string): Ways[number] {
  return { purpose, command };
}
