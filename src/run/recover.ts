import { openLeftOutput } from "./output.ts";
import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { formatDiagnostic, UserError } from "../domain/errors.ts";
import { plural } from "../domain/plural.ts";
import { shellWords } from "../domain/shell-words.ts";
import type { Task, TaskOutcome } from "../domain/task.ts";
import type { EarlierRun } from "../core/driver/earlier-run.ts";
import { removeFile } from "../files/remove-file.ts";
import type { Environment } from "../domain/environment.ts";
import { dropLeftFolders } from "../places/ssh/socket-folder.ts";
import type { JournaledRun } from "../records/recovery/journaled-run.ts";
import { recoverRun } from "../records/recovery/recover-run.ts";
import { journalEnds } from "../records/journal/ends.ts";
import { loadStatusFiles } from "../records/statusfile/load.ts";
import { recoveredSource } from "../tasks/sources/recovered.ts";
import { sayWhatStays } from "./files/leftover.ts";
import { bootId, readRecovery, type Recovery } from "./files/recovery-file.ts";
import { dropUnfinished, filesOfRun, isTaken, type RunFiles, waysOn } from "./files/run-files.ts";
import { lockOfEndedRun, type RunLock } from "./files/run-lock.ts";
import { type CompletedRun, completeRecords, restoreStatusFile } from "./lost-records.ts";
import { prepare } from "./prepare.ts";
import type { PreparedRun } from "./prepared-run.ts";
import { beginRun } from "./begin-run.ts";
import type { Run } from "./run.ts";
import { nameOfTasks, type RunSettings } from "./settings.ts";
import { readingOf } from "./reading.ts";
import type { Surroundings } from "./surroundings.ts";
import { type OpenedSource, refuseShortList } from "./task-source.ts";
import { tasksAgain } from "./tasks-again.ts";

/** How a run was begun that is to be taken up: the arguments of its program, and the folder where they were given. */
export type Beginning = Pick<Recovery, "args" | "cwd">;

/**
 * Goes on with a run whose driver has died.
 *
 * @param prefix of the run's files.
 * @param settingsOf reads the settings of the run out of its beginning, and enters its folder.
 * @returns the run, which has begun.
 * @throws UserError when there is none, or it cannot be gone on with; its records are in order in any case.
 */
export async function recover(
  prefix: string,
  settingsOf: (beginning: Beginning, files: RunFiles) => RunSettings,
  surroundings: Surroundings,
): Promise<Run> {
  const { program, env, say } = surroundings;
  const files = filesOfRun(prefix);
  const isRestored = !existsSync(files.recovery) && !existsSync(files.status) && existsSync(files.journal);
  if (!isRestored && isUnwritten(files)) refuseUnwritten(files);
  const left = isRestored ? undefined : readRecovery(files.recovery, files.prefix);
  if (left !== undefined) {
    refuseOtherHost(left, files);
    refuseOtherJob(left, files, env);
  }
  const lock = takeLock(files);
  const release = (): void => sayWhatStays(lock.release(), say);
  try {
    dropUnfinished(files);
    dropLeftFolders(env);
    if (left === undefined) return await restoreStatusFile(files, say);
    const settings = { ...settingsOf(left, files), name: left.name };
    const completed = await completeRecords(left, files, settings, say);
    const begun = { ...surroundings, program: { ...program, args: left.args } };
    const prepared = await prepareAgain(settings, completed, files, begun);
    return await beginRun(settings, prepared, begun, release);
  } catch (error) {
    release();
    throw error;
  }
}

async function prepareAgain(
  settings: RunSettings,
  { recovery, hold }: CompletedRun,
  files: RunFiles,
  surroundings: Surroundings,
): Promise<PreparedRun> {
  const { say } = surroundings;
  const dropped: string[] = [];
  const { host: node, pid, statusFrom, journalFrom, credentials } = recovery;
  const engineCertificate = credentials.engine.certificate;
  const journaled = await recoverRun(
    {
      ...files,
      statusFrom,
      journalFrom,
      statusHeader: settings.statusHeader,
      driver: { node, pid },
      engineCertificate,
      openOutput: () => openLeftOutput(settings, files.output, say),
    },
    {
      event: () => undefined,
      warning: (warning) => say(formatDiagnostic(warning)),
      dropped: (text) => void dropped.push(text),
    },
  );
  refuseEnded(journaled, files, say);
  // Hardly anything is known of a run whose journal was lost; it begins anew, but for what the status file says.
  const begun = journaled.started !== undefined && (settings.startupOnly || journaled.contexts.length > 0);
  const isGiven = (id: number): boolean => journaled.settled(id) || (begun && journaled.claimed(id));
  const opened = await documentAgain(settings, files, surroundings, recovery.environment, isGiven);
  const beforehand = { ...surroundings, opened };
  const prepared = await prepare(settings, files, beforehand, {
    begun,
    inSlurmJob: recovery.slurmJob !== undefined,
    underWay: underWay(journaled),
  });
  refuseShortList(prepared, journaled.largestId);
  const claimed = new Set<number>();
  const claimOnce = (id: number): boolean => !claimed.has(id) && claimed.add(id).has(id);
  const powerLost = recovery.bootId === "" || recovery.bootId !== bootId();
  // Engines that the journal does not say enough of cannot be taken back; what they have is run again when they have ended it.
  const strangers =
    !begun && journaled.engines.length > 0 ? `${files.journal} lacks the beginning of the run` : undefined;
  const why = hold ?? (powerLost ? "this machine was down" : strangers);
  const left = {
    settled: (id: number) => journaled.settled(id),
    claimed: (id: number) => begun && (journaled.claimed(id) || claimed.has(id)),
    lastBarrier: journaled.lastBarrier,
    largestId: journaled.largestId,
    outcomeOf:
      prepared.source.settled === undefined
        ? undefined
        : outcomesIn(files, prepared.workflow === undefined ? 0 : statusFrom, (id) => journaled.made(id)),
    standing: standingOf(journaled),
  };
  const { engines, returned, retries, state } = journaled;
  const held = engines.reduce((sum, engine) => sum + engine.held.length, returned.length + retries.length);
  const there = engines.length === 0 ? "" : `; ${plural(engines.length, "engine")} may still be there`;
  say(`going on with the run of ${files.prefix}: ${plural(state.done, "task")} done, ${held} under way${there}`);
  const own = journaled.contexts.filter(({ later }) => !later).map(({ context }) => context);
  return {
    ...prepared,
    contexts: begun ? own : prepared.contexts,
    environment: recovery.environment,
    source: recoveredSource(prepared.source, left),
    appending: true,
    notes: [],
    files,
    taskFileName: nameOfTasks(settings),
    earlier: {
      run: begun ? tasksAgain(earlierRun(journaled, claimOnce), prepared.source) : undefined,
      recovery,
      state,
      passed: journaled.passed,
    },
    hold: why,
    dropped,
  };
}

/** The document of the run, as it was when the run began; loaded late. */
async function documentAgain(
  settings: RunSettings,
  files: RunFiles,
  surroundings: Surroundings,
  carried: Environment,
  isGiven: (id: number) => boolean,
): Promise<OpenedSource | undefined> {
  if (settings.workflow === undefined) return undefined;
  const { RunnableDocument } = await import("./workflow/runnable-document.ts");
  return RunnableDocument.again(readingOf(settings), settings.workflow, files, surroundings, carried, isGiven);
}

/**
 * How tasks have ended that have an outcome, by the status file.
 *
 * @param from where the lines of the run begin, in bytes: an instance of a document may have run before.
 * @param made what the journal says of files that a task has made.
 * @throws UserError when it cannot be read.
 */
function outcomesIn(
  { status }: RunFiles,
  from: number,
  made: (id: number) => TaskOutcome["made"],
): (id: number) => TaskOutcome {
  // Whatever is no record has been told of before.
  const index = loadStatusFiles([status], { onWarning: () => undefined, appendingTo: status, from });
  return (id) => {
    const outcome = index.lookup(id).outcome();
    const files = made(id);
    return files === undefined ? outcome : { ...outcome, made: files };
  };
}

/** Where tasks stand that have no outcome. */
function standingOf({ engines, retries }: JournaledRun): (id: number) => "assigned" | "retrying" | undefined {
  const held = new Set(engines.flatMap((engine) => engine.held.map(({ task }) => task.id)));
  const waiting = new Set(retries.map(({ assignment }) => assignment.task.id));
  return (id) => (held.has(id) ? "assigned" : waiting.has(id) ? "retrying" : undefined);
}

function underWay({ engines, returned, retries }: JournaledRun): ReadonlyMap<number, Task> {
  const waiting = retries.map(({ assignment }) => assignment);
  const assignments = [...returned, ...waiting, ...engines.flatMap(({ held }) => held)];
  return new Map(assignments.map(({ task }) => [task.id, task]));
}

function earlierRun(journaled: JournaledRun, claim: (taskId: number) => boolean): EarlierRun {
  const { checkFailed, runEnd: earlierEnd, ...run } = journaled;
  const runEnd = checkFailed ? "check-failed" : earlierEnd;
  const { succeeded, failed, perEngineFailed } = journaled.state;
  return {
    ...run,
    succeeded,
    failed: failed + perEngineFailed,
    runEnd: runEnd === "check-failed" || runEnd === "failed-fast" ? runEnd : undefined,
    settled: (id) => journaled.settled(id),
    claim,
  };
}

/** Whether the driver has left its lock and nothing to go on with, without having come to the end of the run. */
function isUnwritten({ recovery, lock, journal }: RunFiles): boolean {
  return !isTaken(recovery) && existsSync(lock) && journalEnds(journal).last?.type !== "run-ended";
}

/** The driver died when it had just begun, or could not write that file. */
function refuseUnwritten(files: RunFiles): never {
  const { prefix, recovery } = files;
  // What is left of the lock says nothing more.
  takeLock(files).release();
  const way = waysOn(files) ?? "begin it again";
  const message = `--recover ${prefix}: the run's driver died before it had written ${recovery}: ${way}`;
  throw new UserError("nothing-to-recover", message);
}

/** Its engines know where it was, and there alone they call. */
function refuseOtherHost({ host }: Recovery, files: RunFiles): void {
  const { prefix } = files;
  if (host === hostname()) return;
  const message = `--recover ${prefix}: the run's driver was on ${host}; do this there${orElse(files)}`;
  throw new UserError("run-is-elsewhere", message);
}

/** Only within its job can engines be started on its nodes. */
function refuseOtherJob({ slurmJob }: Recovery, files: RunFiles, env: Environment): void {
  const { prefix } = files;
  if (slurmJob === undefined || slurmJob === env["SLURM_JOB_ID"]) return;
  const message = `--recover ${prefix}: the run was part of Slurm job ${slurmJob}; do this in that job${orElse(files, ", when it has ended")}`;
  throw new UserError("run-is-elsewhere", message);
}

function orElse(files: RunFiles, when = ""): string {
  const way = waysOn(files);
  return way === undefined ? "" : `, or${when === "" ? "" : when + ","} ${way}`;
}

function takeLock({ lock, prefix }: RunFiles): RunLock {
  const message = `--recover ${prefix}: its driver is still there (if not, remove ${lock}); there is nothing to recover`;
  return lockOfEndedRun(lock, hostname(), message);
}

/** Its driver has had no time to remove these files; whoever finds them takes the run for one that was cut off. */
function refuseEnded(
  { ended }: JournaledRun,
  { prefix, status, recovery, contact, kvsInfo }: RunFiles,
  say: (message: string) => void,
): void {
  // One whose list of tasks was not what it should have been may be given the right one.
  if (ended === undefined || ended === "source-failed") return;
  for (const file of [recovery, contact, kvsInfo]) sayWhatStays(removeFile(file), say);
  throw new UserError(
    "run-has-ended",
    `the run of ${prefix} has ended (${ended}); resume it with ${shellWords(["-r", status])}`,
  );
}
