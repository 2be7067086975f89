import { chmodSync, lstatSync, mkdirSync, statSync } from "node:fs";
import { basename, dirname } from "node:path";
import { hasFailedWith, OutputError } from "./errors.ts";
import type { FileCalls } from "./file-calls.ts";

/** Only the user of a run sees what its tasks have not put in place. */
const PRIVATE = 0o700;
const PERMISSIONS = 0o7777;
/** How often a folder is made again that another process has removed since it was empty. */
const TRIES = 10;

/** Makes a folder in a stage, and the stage where it is not there. @throws the system's error, EEXIST where it is there. */
export async function makeInStage(stage: string, folder: string, calls: FileCalls): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await calls.mkdir(folder);
    } catch (error) {
      if (!hasFailedWith(error, "ENOENT") || tries === TRIES) throw error;
    }
    await makeStage(stage, calls);
  }
}

/** The same for who cannot wait; a folder that is there already is no error. @throws the system's error; OutputError. */
export function makeInStageNow(stage: string, folder: string): void {
  for (let tries = 1; ; tries++) {
    try {
      madeNow(folder);
      return;
    } catch (error) {
      if (!hasFailedWith(error, "ENOENT") || tries === TRIES) throw error;
    }
    makeStageNow(stage);
  }
}

/** Makes the folder of an attempt on another file system than the stage's. @throws the system's error. */
export async function makeElsewhere(folder: string, calls: FileCalls): Promise<void> {
  await makeInStage(dirname(folder), folder, calls);
}

/** Removes a stage, and the folder of stages, where nothing is in them. */
export async function dropEmptyStage(stage: string, calls: FileCalls): Promise<void> {
  try {
    await calls.rmdir(stage);
  } catch (error) {
    if (!hasFailedWith(error, "ENOENT")) return;
  }
  await calls.rmdir(dirname(stage)).catch(() => undefined);
}

async function makeStage(stage: string, calls: FileCalls): Promise<void> {
  const stages = dirname(stage);
  if (await made(stages, calls)) {
    // Others who may make files beside it may have stages of their own in it.
    const { mode } = await calls.stat(dirname(stages));
    await calls.chmod(stages, mode & PERMISSIONS).catch(() => undefined);
  } else if (!(await calls.lstat(stages)).isDirectory()) {
    throw noFolder(stages);
  }
  await made(stage, calls, PRIVATE);
}

/** Does what `makeStage` does. */
function makeStageNow(stage: string): void {
  const stages = dirname(stage);
  if (madeNow(stages)) {
    try {
      chmodSync(stages, statSync(dirname(stages)).mode & PERMISSIONS);
    } catch {
      // Whoever cannot write there is told so when it is tried.
    }
  } else if (lstatSync(stages, { throwIfNoEntry: false })?.isDirectory() === false) throw noFolder(stages);
  try {
    madeNow(stage, PRIVATE);
  } catch (error) {
    if (!hasFailedWith(error, "ENOENT")) throw error;
  }
}

function noFolder(stages: string): OutputError {
  return new OutputError(`outputs cannot be written to ${basename(stages)}: in ${dirname(stages)} this is no folder`);
}

async function made(folder: string, calls: FileCalls, mode?: number): Promise<boolean> {
  try {
    await calls.mkdir(folder, mode);
    return true;
  } catch (error) {
    // The one above it may have gone again: whoever wants both tries again.
    if (hasFailedWith(error, "EEXIST") || (mode === PRIVATE && hasFailedWith(error, "ENOENT"))) return false;
    throw error;
  }
}

function madeNow(folder: string, mode?: number): boolean {
  try {
    mkdirSync(folder, mode);
    return true;
  } catch (error) {
    if (hasFailedWith(error, "EEXIST")) return false;
    throw error;
  }
}
