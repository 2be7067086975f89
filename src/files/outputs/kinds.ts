import type { Stats } from "node:fs";
import { unlessMissing } from "./errors.ts";
import type { FileCalls } from "./file-calls.ts";

/** Why what a command has left, if anything, is not the output that it was to make, as the end of a sentence. */
export function whyNotMade(made: Stats | undefined, isFolder: boolean): string | undefined {
  if (made === undefined) return "was not made";
  if (isFolder) return made.isDirectory() ? undefined : `was to be a folder, and is ${kindOf(made)}`;
  return made.isFile() ? undefined : `was to be a file, and is ${kindOf(made)}`;
}

/** Why what stands at a place is not replaced by an output. */
export async function whyNotReplaced(
  place: string,
  before: Stats,
  isFolder: boolean,
  calls: FileCalls,
): Promise<string | undefined> {
  if (isFolder) return before.isDirectory() ? undefined : `${kindOf(before)} is there, and this is a folder`;
  if (before.isFile()) return undefined;
  // A link is replaced, and not what it leads to.
  const target = before.isSymbolicLink() ? await unlessMissing(calls.stat(place)) : before;
  return target === undefined || target.isFile() ? undefined : `${kindOf(target)} is there, and this is a file`;
}

function kindOf(there: Stats): string {
  if (there.isFile()) return "a file";
  if (there.isDirectory()) return "a folder";
  if (there.isSymbolicLink()) return "a link";
  if (there.isFIFO()) return "a pipe";
  return there.isSocket() ? "a socket" : "a device";
}
