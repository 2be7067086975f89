import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Context } from "../domain/engine.ts";
import { formatDiagnostic, UserError, type Diagnostic } from "../domain/errors.ts";
import { shellWords } from "../domain/shell-words.ts";
import type { TaskSource } from "../domain/source.ts";
import type { Task } from "../domain/task.ts";
import { checkRecovered, PUT_BACK } from "../tasks/sources/recovered-check.ts";
import { checkResume } from "../tasks/sources/resume-check.ts";
import { resumeSource } from "../tasks/sources/resume.ts";
import { streamSource } from "../tasks/sources/stream.ts";
import { openTaskFile } from "../tasks/sources/task-file.ts";
import { isOwnFile, otherOwnerOf } from "../files/own-file.ts";
import { type AskSlurm, slurmPrograms } from "../places/slurm/ask.ts";
import { isJobOver } from "../places/slurm/job-facts.ts";
import { loadStatusFiles } from "../records/statusfile/load.ts";
import { isSameFile } from "../records/statusfile/same-file.ts";
import { carriedEnvironment } from "../run/carried-environment.ts";
import { makeContext } from "../places/contexts.ts";
import type { Environment } from "../places/slurm/environment.ts";
import { refuseClashes } from "../run/file-clashes.ts";
import { thisMachine } from "../places/given-hosts.ts";
import type { Program } from "../run/program-name.ts";
import { refuseLoginNode } from "./login-node.ts";
import type { Options } from "./options.ts";
import { findPlace, type Place, withoutEffect } from "../places/place.ts";
import { programName } from "../run/program-name.ts";
import { recoverCommand } from "../run/files/recover-command.ts";
import { isOfThisHost, slurmJobIn } from "../run/files/recovery-file.ts";
import { filesOfRun, refuseForeignFiles, type RunFiles, waysOn } from "../run/files/run-files.ts";
import type { SlurmPlace } from "../places/slurm-place.ts";
import { refuseMissingWorkdir } from "../places/workdir.ts";

/** The label of the context that the run begins with, unless the user names it. */
const FIRST_LABEL = "SSH0";

const GPU_NOTE = "-g is deprecated and ignored; use -E CUDA_VISIBLE_DEVICES";

/** Everything a run needs, checked; nothing has been written or started. */
export interface Preparation {
  readonly source: TaskSource;
  /** The list is a stream: whoever wants it again has to give it again. */
  readonly isStream: boolean;
  /** Tasks of the whole list that earlier runs have settled; undefined when nobody knows the list yet. */
  readonly skips: number | undefined;
  /** Where the run begins; none when it begins without engines. */
  readonly contexts: readonly Context[];
  /** The Slurm job that this process is part of, and that the run begins in. */
  readonly slurm?: SlurmPlace;
  /** Working directory of the tasks, an absolute path. */
  readonly workdir: string;
  /** Variables that tasks get on every engine. */
  readonly environment: Readonly<Record<string, string>>;
  /** The run goes on in the status file of the run it resumes. */
  readonly appending: boolean;
  /** What the user should know once the run begins. */
  readonly notes: readonly string[];
}

/**
 * Checks all that can be checked before anything runs.
 *
 * @param program as it was started, for messages.
 * @param files where the run's records go.
 * @param say tells the user something that is no error.
 * @throws UserError (exit code 2).
 */
export async function prepare(
  options: Options,
  program: Program,
  env: Environment,
  files: RunFiles,
  say: (message: string) => void,
  again?: Again,
): Promise<Preparation> {
  refuseForeignFiles(files);
  const onWarning = (diagnostic: Diagnostic): void => say(formatDiagnostic(diagnostic));
  const ask = slurmPrograms(env);
  const name = programName(program.command, env);
  if (again === undefined) {
    refuseClashes(options, files);
    await refuseCutOff(options.resumeFrom, name, ask, "-r");
    if (options.overwrite) await refuseCutOff([files.status], name, ask, "--overwrite");
    refuseOtherRecords(options.resumeFrom);
  }
  const needsNone = options.startupOnly || (again?.begun === true && !again.inSlurmJob);
  const place = needsNone ? undefined : await choosePlace(options, program, env, ask);
  const context = place === undefined ? undefined : { label: FIRST_LABEL, ...place.draft };
  const workdir = options.workdir ?? process.cwd();
  refuseMissingWorkdir(workdir, context?.nodes ?? []);
  const { variables: environment, notes } = carriedEnvironment(options, env);
  const opened = await openSource(options, onWarning);
  for (const warning of opened.warnings) onWarning(warning);
  const appending = options.resumeFrom.some((file) => isSameFile(file, files.status));
  if (again !== undefined && !options.forceResume) await checkAgain(opened, files, again);
  if (again === undefined && !appending && !options.overwrite) refuseUsedPrefix(files);
  const resumed = options.resumeFrom.length > 0 ? await resume(opened, options, files, onWarning, say) : undefined;
  const { source, skips } = resumed ?? { source: opened.source, skips: 0 };
  return {
    ...{ source, skips, workdir, environment, appending },
    isStream: opened.readAgain === undefined,
    contexts: context === undefined ? [] : [context],
    ...(place?.slurm === undefined ? {} : { slurm: place.slurm }),
    notes: [...(place?.notes ?? []), ...notes, ...(options.gpu ? [GPU_NOTE] : []), ...startedAgain(options, place)],
  };
}

/** The files are made with care later on; this only says it before anything else is touched. */
function refuseUsedPrefix(files: RunFiles): void {
  const { prefix, status, journal, recovery } = files;
  const used = [status, journal].find((file) => existsSync(file));
  if (used === undefined) return;
  const ways = isOwnFile(recovery)
    ? [`go on with it with ${shellWords(["--recover", prefix])}`]
    : [waysOn(files), "replace that run's files with --overwrite"].filter((way) => way !== undefined);
  const others = ways.map((way, i) => `, ${i === ways.length - 1 ? "or " : ""}${way}`).join("");
  throw new UserError("prefix-in-use", `${used} exists already: choose another prefix${others}`);
}

/**
 * A run that was cut off is recovered, and neither resumed nor replaced: its engines may still be there, with tasks that
 * another run would start a second time.
 *
 * @param option that names the run.
 */
async function refuseCutOff(
  statusFiles: readonly string[],
  program: readonly string[],
  ask: AskSlurm,
  option: string,
): Promise<void> {
  for (const file of statusFiles) {
    const { recovery, prefix } = filesOfRun(file);
    if (!isOfThisHost(recovery)) continue;
    const job = slurmJobIn(recovery);
    // Slurm has ended all that it has started.
    if (job !== undefined && (await isJobOver(ask, job))) continue;
    const message = `${option} ${file}: that run has not ended, and what it has started may still run (remove ${recovery} only if nothing does); if its driver was killed, to go on: ${recoverCommand(program, prefix)}`;
    throw new UserError("run-cut-off", message);
  }
}

/** Another file of a run is no status file; one that is gone can be had again from its journal. */
function refuseOtherRecords(statusFiles: readonly string[]): void {
  for (const file of statusFiles) {
    const files = filesOfRun(file);
    const [path, way] = [resolve(file), waysOn(files)];
    const isGone = path === files.status && !existsSync(path);
    if (way === undefined || !(isGone || path === files.journal || path === files.recovery)) continue;
    const code = isGone ? "status-file-missing" : "no-status-file";
    throw new UserError(code, `-r ${file}: ${isGone ? "there is no such file" : "this is no status file"}; ${way}`);
  }
}

/** A run that is taken up again has its files already. */
export interface Again {
  /** It has its contexts, too. */
  readonly begun: boolean;
  /** These are of the Slurm job that this process is part of. */
  readonly inSlurmJob: boolean;
  /** Its tasks that have been given out and have no outcome, by their ids. */
  readonly underWay: ReadonlyMap<number, Task>;
}

/** The task file is still the one that the run began with, as far as it got. */
async function checkAgain({ readAgain }: OpenedSource, { status }: RunFiles, { underWay }: Again): Promise<void> {
  if (readAgain === undefined) return;
  await checkRecovered(readAgain(), underWay);
  // Whatever is no record has been told of before.
  const index = loadStatusFiles([status], { onWarning: () => undefined });
  try {
    await checkResume(readAgain(), index, { retryFailed: false, force: false, advice: PUT_BACK });
  } finally {
    index.close();
  }
}

interface OpenedSource {
  readonly source: TaskSource;
  readonly warnings: readonly Diagnostic[];
  readonly readAgain?: () => TaskSource;
}

/** A job that Slurm has started again, on its own account, begins anew unless it is told to go on. */
function startedAgain({ requeueResume, resumeFrom }: Options, place: Place | undefined): string[] {
  if (requeueResume || resumeFrom.length > 0 || (place?.slurm?.job.restarts ?? 0) === 0) return [];
  return ["warning: Slurm has started this job again, and so all tasks run again; --requeue-resume goes on instead"];
}

/** Where nobody has said where tasks are to run it is this machine, and the user is told so. */
async function choosePlace(options: Options, program: Program, env: Environment, ask: AskSlurm): Promise<Place> {
  const place = await findPlace(options, env, ask);
  if (place !== undefined) return place;
  if (!options.dryRun) await refuseLoginNode(program, env, ask);
  const machine = thisMachine();
  const draft = makeContext({ ...options, nodeLists: [], listedIn: "-s", hostfiles: [] }, machine);
  const slots = draft.nodes.reduce((sum, node) => sum + node.slots, 0);
  const note = `no -s given: using the ${machine.cores} cores of this machine, ${slots} tasks at a time`;
  return { draft, notes: [note, ...withoutEffect(options)] };
}

async function openSource(options: Options, onWarning: (warning: Diagnostic) => void): Promise<OpenedSource> {
  const { taskFile, lenient } = options;
  if (taskFile !== "-") return openTaskFile(taskFile, { lenient, onWarning });
  return { source: streamSource(process.stdin, { name: "stdin", lenient, onWarning }), warnings: [] };
}

async function resume(
  opened: OpenedSource,
  options: Options,
  files: RunFiles,
  onWarning: (warning: Diagnostic) => void,
  say: (message: string) => void,
): Promise<Pick<Preparation, "source" | "skips">> {
  for (const file of options.resumeFrom) {
    const owner = otherOwnerOf(file);
    if (owner !== undefined) say(`warning: -r ${file}: it belongs to another user (number ${owner}), and is believed`);
  }
  const index = loadStatusFiles(options.resumeFrom, { onWarning, appendingTo: files.status });
  const how = { retryFailed: options.retry, force: options.forceResume, onWarning };
  const plan = opened.readAgain === undefined ? undefined : await checkResume(opened.readAgain(), index, how);
  return { source: resumeSource(opened.source, index, how), skips: plan?.skipped };
}
