import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { FILE_CALLS, type FileCalls } from "../../../../src/files/outputs/file-calls.ts";

/** What a process gets whose life has ended: nothing it does after that happens. */
export class CutOff extends Error {}

/** Calls that change something. */
type Change = "write" | "append" | "mkdir" | "chmod" | "link" | "rename" | "unlink" | "rmdir";

/** What is told before each change; what it throws is what the call throws, and then nothing is changed. */
type BeforeChange = (change: number, call: Change, path: string) => void | Promise<void>;

/** The calls of the system, each change of which is told of before. A folder is removed in as many changes as it takes. */
export function watchedCalls(before: BeforeChange): FileCalls & { readonly changes: () => number } {
  let changes = 0;
  const told = async (call: Change, path: string): Promise<void> => before(++changes, call, path);
  const calls: FileCalls & { readonly changes: () => number } = {
    ...FILE_CALLS,
    write: (path, text) => told("write", path).then(() => FILE_CALLS.write(path, text)),
    append: (path, text) => told("append", path).then(() => FILE_CALLS.append(path, text)),
    mkdir: (path, mode) => told("mkdir", path).then(() => FILE_CALLS.mkdir(path, mode)),
    chmod: (path, mode) => told("chmod", path).then(() => FILE_CALLS.chmod(path, mode)),
    link: (from, to) => told("link", from).then(() => FILE_CALLS.link(from, to)),
    rename: (from, to) => told("rename", from).then(() => FILE_CALLS.rename(from, to)),
    unlink: (path) => told("unlink", path).then(() => FILE_CALLS.unlink(path)),
    rmdir: (path) => told("rmdir", path).then(() => FILE_CALLS.rmdir(path)),
    rm: (path) => removeAll(path, calls),
    changes: () => changes,
  };
  return calls;
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
