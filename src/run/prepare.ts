import { prepareOutput } from "./output.ts";
import type { Context } from "../domain/engine.ts";
import { type Diagnostic, formatDiagnostic, UserError } from "../domain/errors.ts";
import type { TaskSource } from "../domain/source.ts";
import type { Task } from "../domain/task.ts";
import { makeContext } from "../places/contexts.ts";
import { thisMachine } from "../places/given-hosts.ts";
import { findPlace, type Place, withoutEffect } from "../places/place.ts";
import { type AskSlurm, slurmPrograms } from "../places/slurm/ask.ts";
import type { SlurmPlace } from "../places/slurm-place.ts";
import { refuseMissingWorkdir } from "../places/workdir.ts";
import { isSameFile } from "../records/statusfile/same-file.ts";
import type { KvsTaskSource } from "../tasks/kvs/kvs-task-source.ts";
import type { OpenList } from "../tasks/sources/open-list.ts";
import { carriedEnvironment } from "./carried-environment.ts";
import { refuseClashes } from "./file-clashes.ts";
import { refuseForeignFiles, type RunFiles } from "./files/run-files.ts";
import { refuseUsedPrefix } from "./files/used-prefix.ts";
import { programName } from "./program-name.ts";
import { refuseCutOff, refuseOtherRecords } from "./refusals.ts";
import type { RunSettings } from "./settings.ts";
import type { Surroundings } from "./surroundings.ts";
import { keptLines } from "./kept-lines.ts";
import { checkAgain, type KeptLines, type OpenedSource, openSource, resume } from "./task-source.ts";
import type { OpenedWorkflow } from "./workflow/opened-workflow.ts";

/** The label of the context that the run begins with, unless the user names it. */
const FIRST_LABEL = "SSH0";

/** Everything a run needs, checked; nothing has been written or started. */
export interface Preparation {
  readonly source: TaskSource;
  /** The list is a stream: whoever wants it again has to give it again. */
  readonly isStream: boolean;
  /** The same list as `source`, where more can be submitted to it. */
  readonly list: OpenList | undefined;
  /** The same where programs submit to it by a key-value server. */
  readonly programs: KvsTaskSource | undefined;
  /** What had been submitted to it, where the run goes on with that. */
  readonly kept: KeptLines | undefined;
  /** The document that the tasks come from. */
  readonly workflow: OpenedWorkflow | undefined;
  /** Below this are the ids of all its tasks and barriers so far; undefined for a stream. */
  readonly idsEnd: (() => number) | undefined;
  /** Tasks of the whole list that earlier runs have settled; undefined when nobody knows the list yet. */
  readonly skips: number | undefined;
  /** Where the run begins; none when it begins without engines. */
  readonly contexts: readonly Context[];
  /** The Slurm job that this process is part of, and that the run begins in. */
  readonly slurm: SlurmPlace | undefined;
  /** Working directory of the tasks, an absolute path. */
  readonly workdir: string;
  /** Variables that tasks get on every engine. */
  readonly environment: Readonly<Record<string, string>>;
  /** The run goes on in the status file of the run it resumes. */
  readonly appending: boolean;
  /** What the user should know once the run begins. */
  readonly notes: readonly string[];
}

/** A run that is taken up again has its files already. */
export interface Again {
  /** The run has its contexts, too. */
  readonly begun: boolean;
  /** The contexts are of the Slurm job that this process is part of. */
  readonly inSlurmJob: boolean;
  /** Its tasks that have been given out and have no outcome, by their ids. */
  readonly underWay: ReadonlyMap<number, Task>;
}

/** What is to be had before a run begins. */
export interface Beforehand extends Pick<
  Surroundings,
  "program" | "env" | "input" | "list" | "say" | "refuseThisMachine"
> {
  /** The list of tasks, where it is open: that of a document. */
  readonly opened?: OpenedSource | undefined;
}

/**
 * Checks all that can be checked before anything runs.
 *
 * @param files where the run's records go.
 * @throws UserError (exit code 2).
 */
export async function prepare(
  settings: RunSettings,
  files: RunFiles,
  beforehand: Beforehand,
  again?: Again,
): Promise<Preparation> {
  const { program, env, input, list, say } = beforehand;
  refuseForeignFiles(files);
  const onWarning = (diagnostic: Diagnostic): void => say(formatDiagnostic(diagnostic));
  const ask = slurmPrograms(env);
  const name = programName(program.command, env);
  if (again === undefined) {
    refuseClashes(settings, files);
    await refuseCutOff(settings.resumeFrom, name, ask, "-r");
    if (settings.overwrite) await refuseCutOff([files.status], name, ask, "--overwrite");
    refuseOtherRecords(settings.resumeFrom);
  }
  const needsNone = settings.startupOnly || (again?.begun === true && !again.inSlurmJob);
  const place = needsNone
    ? undefined
    : ((await findPlace(settings, env, ask)) ?? (await thisPlace(settings, ask, beforehand)));
  const context = place === undefined ? undefined : { ...place.draft, label: place.draft.label ?? FIRST_LABEL };
  const reserved = needsNone ? [] : await furtherContexts(settings, context);
  const contexts = [...(context === undefined ? [] : [context]), ...reserved];
  const workdir = settings.workdir ?? process.cwd();
  refuseMissingWorkdir(
    workdir,
    contexts.flatMap(({ nodes }) => nodes),
  );
  const { variables: environment, notes } = carriedEnvironment(settings, env);
  const goesOn = beforehand.opened?.workflow?.goesOn === true;
  const appending = goesOn || settings.resumeFrom.some((file) => isSameFile(file, files.status));
  if (appending && list !== undefined) throw submittedAgain(files);
  const kept = keptLines(settings, files, { appending, again: again !== undefined });
  const opened = beforehand.opened ?? (await openSource(settings, { input, list, say }, onWarning, kept));
  for (const warning of opened.warnings) onWarning(warning);
  if (again !== undefined && !settings.forceResume) await checkAgain(opened, files, again.underWay);
  if (again === undefined && !appending && !settings.overwrite)
    refuseUsedPrefix(files, settings.workflow !== undefined);
  if (again === undefined) prepareOutput(settings, files.output);
  const resumed = settings.resumeFrom.length > 0 ? await resume(opened, settings, files, onWarning, say) : undefined;
  const { source, skips } = resumed ?? { source: opened.source, skips: 0 };
  return {
    source,
    list: opened.list,
    programs: opened.programs,
    workflow: opened.workflow,
    kept,
    idsEnd: opened.idsEnd,
    skips,
    workdir,
    environment,
    appending,
    isStream: opened.isStream,
    contexts,
    slurm: place?.slurm,
    notes: [...(place?.notes ?? []), ...notes, ...startedAgain(settings, place)],
  };
}

/** Loaded late: most runs have one context. */
async function furtherContexts(settings: RunSettings, first: Context | undefined): Promise<readonly Context[]> {
  if (settings.context.length === 0) return [];
  const { reservedContexts } = await import("../places/reserved-contexts.ts");
  return reservedContexts(settings.context, settings, first);
}

/** What a program submits again would stand in the run's files twice. */
function submittedAgain({ prefix }: RunFiles): UserError {
  const message = `${prefix} has the tasks of an earlier run: a program that submits them again takes another prefix`;
  return new UserError("prefix-in-use", message);
}

/** Where nobody has said where tasks are to run it is this machine, and the user is told so. */
async function thisPlace(
  settings: RunSettings,
  ask: AskSlurm,
  { program, refuseThisMachine }: Beforehand,
): Promise<Place> {
  await refuseThisMachine?.(program, ask);
  const machine = thisMachine();
  const draft = makeContext({ ...settings, nodeLists: [], listedIn: "-s", hostfiles: [] }, machine);
  const slots = draft.nodes.reduce((sum, node) => sum + node.slots, 0);
  const note = `no -s given: using the ${machine.cores} cores of this machine, ${slots} tasks at a time`;
  return { draft, slurm: undefined, notes: [note, ...withoutEffect(settings)] };
}

/** A job that Slurm has started again, on its own account, begins anew unless it is told to go on. */
function startedAgain({ requeueResume, resumeFrom }: RunSettings, place: Place | undefined): string[] {
  if (requeueResume || resumeFrom.length > 0 || (place?.slurm?.job.restarts ?? 0) === 0) return [];
  return ["warning: Slurm has started this job again, and so all tasks run again; --requeue-resume goes on instead"];
}
