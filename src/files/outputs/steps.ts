import { dirname, join } from "node:path";
import { IN_ATTEMPT } from "./attempt-names.ts";
import { hasFailedWith, unlessMissing } from "./errors.ts";
import type { FileCalls } from "./file-calls.ts";
import { makeFolder } from "./make-folder.ts";
import type { OldWay } from "./plan.ts";

/** One output between where it was written and where it is put. All paths are absolute. */
export interface Step {
  /** Where it was written. Once it is in its place nothing goes by that name. */
  readonly made: string;
  readonly place: string;
  /** Where what stood at the place is kept. */
  readonly kept: string;
  /** How; undefined where nothing stood there. */
  readonly old: OldWay | undefined;
}

/** Files that say which way steps go. */
export interface StepMarks {
  /** Outputs come into their places. */
  readonly ready: string;
  /** Its name once they are to go back. */
  readonly undo: string;
}

/** The paths of a step. @param folder of the attempt, on the file system of the place. */
export function stepIn(
  folder: string,
  { name, file, place, old }: { readonly name: string; readonly file: string } & Pick<Step, "place" | "old">,
): Step {
  return { made: join(folder, name, file), place, kept: join(folder, IN_ATTEMPT.old, name), old };
}

/**
 * Puts outputs in their places. It can be done again from its beginning, however far it has come.
 *
 * @throws the system's error; then what is in its place stays there.
 */
async function goForward(steps: readonly Step[], calls: FileCalls): Promise<void> {
  for (const step of steps) {
    const { made, place, kept, old } = step;
    if (old === "moved") {
      if ((await unlessMissing(calls.lstat(made))) === undefined) continue;
      if ((await unlessMissing(calls.lstat(kept))) === undefined) await unlessMissing(calls.rename(place, kept));
    }
    await putThere(step, calls);
  }
}

async function putThere({ made, place, kept }: Step, calls: FileCalls): Promise<void> {
  let isThere: boolean;
  try {
    isThere = await renameInto(made, place, calls);
  } catch (error) {
    if (!hasFailedWith(error, "ENOTEMPTY", "EEXIST")) throw error;
    // A folder has come there since what stood there came out of the way, or since nothing did.
    await calls.rename(place, `${kept}.late`);
    return calls.rename(made, place);
  }
  // It was there already, unless all of this is somebody else's business by now.
  if (!isThere) await calls.lstat(dirname(made));
}

/** Gives something a name in a folder, which is made again where it is gone. @returns false where there is nothing to be named. */
async function renameInto(from: string, to: string, calls: FileCalls): Promise<boolean> {
  if (await isRenamed(from, to, calls)) return true;
  if ((await unlessMissing(calls.lstat(from))) === undefined) return false;
  await makeFolder(dirname(to), calls);
  return isRenamed(from, to, calls);
}

async function isRenamed(from: string, to: string, calls: FileCalls): Promise<boolean> {
  try {
    await calls.rename(from, to);
    return true;
  } catch (error) {
    if (hasFailedWith(error, "ENOENT")) return false;
    throw error;
  }
}

/**
 * Puts everything back. It can be done again from its beginning, however far it has come, or the way forward had come.
 *
 * @throws the system's error.
 */
async function goBack(steps: readonly Step[], calls: FileCalls): Promise<void> {
  for (const { made, place, kept, old } of steps.toReversed()) {
    if (old === "linked") {
      // One step. Where the place still has the old version, these are two names of one file, and nothing happens.
      await renameInto(kept, place, calls);
      continue;
    }
    // Whether it is in its place is told by where it was written.
    if ((await unlessMissing(calls.lstat(made))) === undefined) await unlessMissing(calls.rename(place, made));
    if (old === "moved") await renameInto(kept, place, calls);
  }
}

/**
 * Puts outputs in their places, or back when that cannot be.
 *
 * @returns what went wrong when they are back.
 * @throws the system's error when they are somewhere in between, and stay there until they are settled.
 */
export async function comeToAnEnd(
  steps: readonly Step[],
  { ready, undo }: StepMarks,
  calls: FileCalls,
): Promise<unknown> {
  try {
    await goForward(steps, calls);
  } catch (error) {
    await calls.rename(ready, undo);
    await back(steps, undo, calls);
    return error;
  }
  await removeMark(ready, calls);
  return undefined;
}

/** Puts back what was to be put back. */
export async function back(steps: readonly Step[], undo: string, calls: FileCalls): Promise<void> {
  await goBack(steps, calls);
  await removeMark(undo, calls);
}

/** A mark that stays has nothing left to say. One that is gone has been taken by somebody else, with all that it says. */
async function removeMark(mark: string, calls: FileCalls): Promise<void> {
  try {
    await calls.unlink(mark);
  } catch (error) {
    if (hasFailedWith(error, "ENOENT")) throw error;
  }
}
