import { dirname } from "node:path";
import { hasFailedWith } from "./errors.ts";
import type { FileCalls } from "./file-calls.ts";

/**
 * Makes a folder and those above it, as far as they are not there.
 *
 * @param made told of each that was not there, those above first.
 * @throws the system's error.
 */
export async function makeFolder(
  folder: string,
  calls: FileCalls,
  made: (folder: string) => void = () => undefined,
): Promise<void> {
  try {
    await calls.mkdir(folder);
  } catch (error) {
    if (hasFailedWith(error, "EEXIST")) return;
    if (!hasFailedWith(error, "ENOENT") || folder === dirname(folder)) throw error;
    await makeFolder(dirname(folder), calls, made);
    return makeFolder(folder, calls, made);
  }
  made(folder);
}
