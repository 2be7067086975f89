import { access, constants, open, stat, type FileHandle } from "node:fs/promises";

import { UserError, type Diagnostic } from "../../domain/errors.ts";
import { EXIT, type ExitCode } from "../../domain/exit-codes.ts";
import type { TaskSource } from "../../domain/source.ts";
import { type CheckedTaskFile, TaskFileCheck } from "../taskfile/task-file-check.ts";
import { type Reading, TaskFileParser } from "../taskfile/parser.ts";
import { fileInput, memoryInput } from "./file-input.ts";
import { ParsedSource, type ByteInput } from "./parsed-source.ts";
import { descriptorOf, openPipe } from "./pipe.ts";
import { streamSource } from "./stream.ts";

/** A file up to this size, in bytes, is read once and kept: changing it during the run changes nothing. */
export const KEPT_IN_MEMORY = 4 * 1024 * 1024;

/** How to open a task file. */
export interface TaskFileOptions extends Reading {
  /** Told of warnings of a path that is no regular file, which come only as its lines are read. */
  readonly onWarning?: (warning: Diagnostic) => void;
}

/** A task file that has been checked. */
export interface OpenTaskFile {
  readonly source: TaskSource;
  /** Warnings, at most 100, and one that counts the others. */
  readonly warnings: readonly Diagnostic[];
  /**
   * Makes a fresh source over the same file, for looking through all items before the run. The new one can be used while
   * `source` is not closed. Missing for a path that is no regular file and can be read only once.
   */
  readonly readAgain?: () => TaskSource;
  /** How long it is; missing like `readAgain`. */
  readonly size?: ListSize;
}

/** How far the numbers of a list go. */
export interface ListSize {
  /** Tasks and barriers. */
  readonly ids: number;
  readonly lines: number;
}

/**
 * Opens a task file and checks all of it before anything is handed out. A path that is no regular file, such as a named
 * pipe, becomes a stream and is checked as it is read.
 *
 * @throws UserError (exit code 2) with every error in the file, or when it cannot be read
 */
export async function openTaskFile(path: string, options: TaskFileOptions): Promise<OpenTaskFile> {
  let handle: FileHandle | undefined;
  try {
    const kind = await stat(path);
    if (kind.isDirectory()) throw new UserError("task-file-is-directory", `${path}: is a directory, not a task file`);
    if (!kind.isFile()) return await openStream(path, options);
    handle = await open(path, "r");
    return await openRegular(path, handle, options);
  } catch (error) {
    await handle?.close();
    throw explain(path, error, EXIT.usage);
  }
}

async function openRegular(path: string, handle: FileHandle, reading: Reading): Promise<OpenTaskFile> {
  const opened = await handle.stat();
  const kept = opened.size <= KEPT_IN_MEMORY ? await handle.readFile() : undefined;
  const input = (): ByteInput => (kept === undefined ? fileInput(path, handle, opened) : memoryInput(kept));
  const { total, ids, lines, warnings } = await check(path, input(), reading);
  if (kept !== undefined) await handle.close();
  // No warnings: the check has told them.
  const parsing = { ...reading, name: path, total, onWarning: () => undefined };
  const readAgain = (): TaskSource => new ParsedSource(whileRunning(path, input()), parsing);
  const source = new ParsedSource(whileRunning(path, input(), kept === undefined ? handle : undefined), parsing);
  return { source, warnings, readAgain, size: { ids, lines } };
}

async function check(
  file: string,
  input: ByteInput,
  reading: Reading,
): Promise<CheckedTaskFile & Pick<ListSize, "lines">> {
  const parser = new TaskFileParser({ ...reading, file });
  const result = new TaskFileCheck(file);
  while (!parser.finished) {
    const chunk = await input.read();
    result.add(chunk === undefined ? parser.end() : parser.push(chunk));
  }
  return { ...result.result(), lines: parser.state.lines };
}

/** The input as a run reads it: it closes the handle, if that is its own, and tells errors as those of a run. */
function whileRunning(path: string, input: ByteInput, handle?: FileHandle): ByteInput {
  return {
    read: () =>
      input.read().catch((error: unknown) => {
        throw explain(path, error, EXIT.unfinished);
      }),
    close: async () => {
      await input.close();
      await handle?.close();
    },
  };
}

async function openStream(path: string, options: TaskFileOptions): Promise<OpenTaskFile> {
  if (descriptorOf(path) === undefined) await access(path, constants.R_OK);
  const { onWarning = () => undefined } = options;
  return { source: streamSource(openPipe(path), { ...options, name: path, onWarning }), warnings: [] };
}

/** What the system says about a path, in the user's words; other errors as they are. */
function explain(path: string, error: unknown, exitCode: ExitCode): unknown {
  if (!(error instanceof Error) || !("syscall" in error) || !("code" in error)) return error;
  if (error.code === "ENOENT" || error.code === "ENOTDIR") {
    return new UserError("task-file-missing", `${path}: no such task file`, { exitCode, cause: error });
  }
  return new UserError("task-file-unreadable", `${path}: the task file cannot be read (${String(error.code)})`, {
    exitCode,
    cause: error,
  });
}
