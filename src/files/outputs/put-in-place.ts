import type { Stats } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { errnoText } from "../../domain/system-error.ts";
import type { MadeFile } from "../../domain/task-files.ts";
import { contentsOf } from "../digest.ts";
import { stampAt, stampOf } from "../stamp.ts";
import { IN_ATTEMPT } from "./attempt-names.ts";
import { hasFailedWith, OutputError, unlessMissing } from "./errors.ts";
import type { FileCalls } from "./file-calls.ts";
import { makeFolder } from "./make-folder.ts";
import { whyNotMade, whyNotReplaced } from "./kinds.ts";
import { isWithin, OutputPlaces, titleOfOutput } from "./place-of.ts";
import { formatPlan, type OldWay, type PlannedOutput } from "./plan.ts";
import type { StagedOutput, StagedTask } from "./staged-task.ts";
import { dropEmptyStage } from "./stage-folder.ts";
import { comeToAnEnd, type Step, stepIn } from "./steps.ts";

/** An output that is about to be put in place. */
interface ReadyOutput {
  readonly output: StagedOutput;
  readonly made: MadeFile;
  /** As it was when the command had ended. */
  readonly stats: Stats;
  /** Where it is put: absolute, with no links on the way. */
  readonly place: string;
  /** What stands there. */
  readonly before: Stats | undefined;
}

/**
 * Puts what a task has made in its places: all of it, or nothing, whatever dies meanwhile. What the attempt has used is removed.
 *
 * @returns the outputs as they are now, in the order of the task's.
 * @throws OutputError when nothing has changed, and one of them is why; or when it is not certain, and settled later.
 */
export async function putInPlace(task: StagedTask, calls: FileCalls): Promise<readonly MadeFile[]> {
  const outputs: ReadyOutput[] = [];
  const places = new OutputPlaces(task.root, calls);
  for (const output of task.outputs) {
    const [made, { path: place }] = [await statOfMade(output, calls), await places.of(output)];
    const before = await statOf(place, calls);
    const why = before === undefined ? undefined : await whyNotReplaced(place, before, output.isFolder, calls);
    if (why !== undefined) throw new OutputError(`${titleOfOutput(output)} cannot be put in place: ${why}`);
    const stamp = await stampOfMade(output, made);
    outputs.push({ output, made: { path: output.path, stamp }, stats: made, place, before });
  }
  const made: MadeFile[] = [];
  for (const { output, made: file } of outputs) made.push(await digested(output, file));
  const folders = await makeFolders(outputs, calls);
  try {
    await putAll(task, outputs, places, calls);
  } catch (error) {
    // Where it is not certain what becomes of the outputs, others may need the folders.
    const isOpen = error instanceof OutputError && error.isOpen;
    for (const folder of isOpen ? [] : folders.toReversed()) await calls.rmdir(folder).catch(() => undefined);
    throw error;
  }
  await dropStaged(task, calls);
  return Promise.all(made.map((file, at) => stampedInPlace(file, outputs[at], calls)));
}

/** The file with the stamp that it has under its new name. One that was written meanwhile keeps the old one, which tells of that. */
async function stampedInPlace(file: MadeFile, put: ReadyOutput | undefined, calls: FileCalls): Promise<MadeFile> {
  if (put === undefined || put.output.isFolder) return file;
  const now = await calls.lstat(put.place).catch(() => undefined);
  const isSame = now?.size === put.stats.size && now.mtimeMs === put.stats.mtimeMs;
  return now !== undefined && isSame ? { ...file, stamp: stampOf(now) } : file;
}

/** Removes what a task has written that is not put in place, and the folders for it. What cannot be removed is settled later. */
export async function dropStaged({ folder, outputs }: StagedTask, calls: FileCalls): Promise<void> {
  const elsewhere = new Set(outputs.flatMap((output) => output.elsewhere ?? []));
  for (const one of [...elsewhere, folder]) await calls.rm(one).catch(() => undefined);
  for (const one of elsewhere) await dropEmptyStage(dirname(one), calls);
}

async function statOfMade(output: StagedOutput, calls: FileCalls): Promise<Stats> {
  const there = await statOf(output.made, calls);
  const why = whyNotMade(there, output.isFolder);
  if (there === undefined || why !== undefined) throw new OutputError(`${titleOfOutput(output)} ${why}`);
  return there;
}

async function stampOfMade({ made, ...output }: StagedOutput, stats: Stats): Promise<string> {
  if (!output.isFolder) return stampOf(stats);
  try {
    return (await stampAt(made)) ?? "";
  } catch (error) {
    throw new OutputError(`${titleOfOutput(output)} cannot be looked at: ${errnoText(error)}`, error);
  }
}

async function statOf(path: string, calls: FileCalls): Promise<Stats | undefined> {
  try {
    return await unlessMissing(calls.lstat(path));
  } catch (error) {
    throw new OutputError(`${JSON.stringify(path)} cannot be looked at: ${errnoText(error)}`, error);
  }
}

async function digested({ made, isDigested, ...output }: StagedOutput, file: MadeFile): Promise<MadeFile> {
  if (isDigested !== true) return file;
  try {
    return { ...file, ...(await contentsOf(made)) };
  } catch (error) {
    throw new OutputError(`${titleOfOutput(output)} cannot be read: ${errnoText(error)}`, error);
  }
}

/** @returns folders that were not there before, each behind those above it. */
async function makeFolders(outputs: readonly ReadyOutput[], calls: FileCalls): Promise<readonly string[]> {
  const made: string[] = [];
  const known = new Set<string>();
  for (const { output, place, before } of outputs) {
    const above = dirname(place);
    if (before !== undefined || known.has(above)) continue;
    known.add(above);
    try {
      await makeFolder(above, calls, (folder) => made.push(folder));
    } catch (error) {
      for (const folder of made.toReversed()) await calls.rmdir(folder).catch(() => undefined);
      throw new OutputError(`${titleOfOutput(output)} cannot be put in place: ${errnoText(error)}`, error);
    }
  }
  return made;
}

/** One call puts a single file in place. Anything else is written down before, so that it can be gone on with. */
async function putAll(
  { folder }: StagedTask,
  outputs: readonly ReadyOutput[],
  places: OutputPlaces,
  calls: FileCalls,
): Promise<void> {
  const [first] = outputs;
  if (first === undefined) return;
  if (outputs.length === 1 && (!first.output.isFolder || first.before === undefined)) {
    await calls.rename(first.output.made, first.place).catch((error: unknown) => {
      throw notPut(first, error);
    });
    return;
  }
  const planned: PlannedOutput[] = [];
  const steps: Step[] = [];
  try {
    const realRoot = await places.realRoot;
    const homes = new Set(outputs.map(({ output }) => output.elsewhere ?? folder));
    for (const home of homes) await calls.mkdir(join(home, IN_ATTEMPT.old));
    for (const { output, place, before } of outputs) {
      const { name, elsewhere } = output;
      const file = basename(output.made);
      const wanted = stepIn(elsewhere ?? folder, { name, file, place, old: "linked" });
      const old = before === undefined ? undefined : await keep(wanted, output.isFolder, calls);
      steps.push({ ...wanted, old });
      const path = isWithin(realRoot, place) ? relative(realRoot, place) : place;
      planned.push({ name, path, file, old, elsewhere });
    }
    await calls.write(join(folder, IN_ATTEMPT.plan), formatPlan(planned));
    await calls.rename(join(folder, IN_ATTEMPT.plan), join(folder, IN_ATTEMPT.ready));
  } catch (error) {
    throw error instanceof OutputError ? error : notPut(outputs[steps.length] ?? first, error);
  }
  const marks = { ready: join(folder, IN_ATTEMPT.ready), undo: join(folder, IN_ATTEMPT.undo) };
  let failure: unknown;
  try {
    failure = await comeToAnEnd(steps, marks, calls);
  } catch (error) {
    const message = `outputs are not all in place, and are brought there or back when the next run begins: ${errnoText(error)}`;
    throw new OutputError(message, error, true);
  }
  if (failure !== undefined) throw notPut(first, failure);
}

/** A second name for what stands at a place, where a file can have one. @returns how it comes out of the way. */
async function keep({ place, kept }: Step, isFolder: boolean, calls: FileCalls): Promise<OldWay> {
  if (isFolder) return "moved";
  try {
    await calls.link(place, kept);
    return "linked";
  } catch (error) {
    if (hasFailedWith(error, "EPERM", "EOPNOTSUPP", "ENOTSUP", "ENOSYS", "EMLINK", "EACCES")) return "moved";
    throw error;
  }
}

function notPut({ output }: ReadyOutput, error: unknown): OutputError {
  return new OutputError(`${titleOfOutput(output)} cannot be put in place: ${errnoText(error)}`, error);
}
