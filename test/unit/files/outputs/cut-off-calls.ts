import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { FILE_CALLS, type FileCalls } from "../../../../src/files/outputs/file-calls.ts";

/** What a process gets whose life has ended: nothing it does after that happens. */
export class CutOff extends Error {}

/** Calls that change something. */
const CHANGES = ["write", "append", "mkdir", "chmod", "link", "rename", "unlink", "rmdir"] as const;

/** What is told before each change; what it throws is what the call throws, and then nothing is changed. */
type BeforeChange = (change: number, call: (typeof CHANGES)[number], path: string) => void | Promise<void>;

/** The calls of the system, each change of which is told of before. A folder is removed in as many changes as it takes. */
export function watchedCalls(before: BeforeChange): FileCalls & { readonly changes: () => number } {
  let changes = 0;
  const watched: Record<string, unknown> = {};
  for (const name of CHANGES) {
    watched[name] = async (path: string, ...others: never[]) => {
      await before(++changes, name, path);
      return (FILE_CALLS[name] as (...all: unknown[]) => Promise<unknown>)(path, ...others);
    };
  }
  const calls = { ...FILE_CALLS, ...(watched as Partial<FileCalls>), changes: () => changes };
  return { ...calls, rm: (path) => removeAll(path, calls) };
}

/** The calls of a process that dies before its nth change. */
export function callsUntil(last: number): FileCalls & { readonly changes: () => number } {
  return watchedCalls((change) => {
    if (change > last) throw new CutOff();
  });
}

async function removeAll(path: string, calls: FileCalls): Promise<void> {
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there === undefined) return;
  if (!there.isDirectory()) return calls.unlink(path);
  for (const name of readdirSync(path)) await removeAll(join(path, name), calls);
  await calls.rmdir(path);
}
