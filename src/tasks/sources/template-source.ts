import { readFile, stat } from "node:fs/promises";
import { encodeText } from "../../domain/bytes.ts";
import { type Diagnostic, UserError } from "../../domain/errors.ts";
import { errnoOf, errnoText } from "../../domain/system-error.ts";
import type { TaskSource } from "../../domain/source.ts";
import { type Reading, TaskFileParser } from "../taskfile/parser.ts";
import { TaskFileCheck } from "../taskfile/task-file-check.ts";
import { type CommandList, commandList } from "../templates/command-list.ts";
import { type CsvColumns, readCsv } from "../templates/csv.ts";
import type { Expansion } from "../templates/expansion.ts";
import { lineValues } from "../templates/line-values.ts";
import { filesOfTemplate, type ListTemplate, STANDARD_INPUT } from "../templates/list-template.ts";
import type { ValueList } from "../templates/value-list.ts";
import { type ByteInput, ParsedSource } from "./parsed-source.ts";
import { openPipe } from "./pipe.ts";
import type { ByteStream } from "./stream.ts";
import type { OpenTaskFile } from "./task-file.ts";

/** What people read as the name of the list, and where mistakes of its lines are. */
const NAME = "each";
/** Characters of commands that are made at a time. */
const TOGETHER = 64 * 1024;

/** How to open the list of a template. */
export interface TemplateOptions extends Reading {
  /** What `-` stands for among the files. */
  readonly input: (() => ByteStream) | undefined;
  /** Told of what the user should know about the template, in one line. */
  readonly note: (message: string) => void;
}

/** A task file that nobody has written, and that can always be read again. */
export interface OpenTemplate extends Required<OpenTaskFile> {
  /** Some of the values come from a stream: who wants the same list in another process has to give them again. */
  readonly isStream: boolean;
}

/**
 * Reads the values of a template, which are kept, and opens the list of its commands: a task file of which only as much exists
 * as is asked for.
 *
 * @throws UserError `bad-template`, `bad-values`, `uneven-lists`, `bad-csv`, `values-unreadable`.
 */
export async function openTemplate(template: ListTemplate, options: TemplateOptions): Promise<OpenTemplate> {
  const { input, note } = options;
  const reading: Reading = { lenient: options.lenient, terms: options.terms, isResource: options.isResource };
  const files = await readFiles(template, input);
  const lines = new Map<string, ValueList>();
  const tables = new Map<string, CsvColumns>();
  const list = commandList(template, {
    lines: (path) => remembered(lines, path, () => lineValues(files.bytes(path), nameOf(path))),
    csv: (path) => remembered(tables, path, () => readCsv(files.bytes(path), nameOf(path))),
  });
  for (const warning of list.warnings) note(`warning: ${warning}`);
  const { total } = list;
  const warnings = list.mayHaveTerms ? await check(list, reading) : [];
  // No warnings: the check has told them.
  const readAgain = (): TaskSource =>
    new ParsedSource(new CommandInput(list.commands()), { ...reading, name: NAME, total, onWarning: () => undefined });
  return { source: readAgain(), readAgain, warnings, size: { ids: total, lines: total }, isStream: files.hasStream };
}

/** Commands in which there are words of this program are read before anything starts, as a task file is. */
async function check(list: CommandList, reading: Reading): Promise<readonly Diagnostic[]> {
  const parser = new TaskFileParser({ ...reading, file: NAME });
  const result = new TaskFileCheck(NAME);
  const input = new CommandInput(list.commands());
  while (!parser.finished) {
    const chunk = await input.read();
    result.add(chunk === undefined ? parser.end() : parser.push(chunk));
  }
  return result.result().warnings;
}

/** Commands as the bytes of a task file. */
class CommandInput implements ByteInput {
  readonly #commands: Expansion;

  constructor(commands: Expansion) {
    this.#commands = commands;
  }

  read(): Promise<Uint8Array | undefined> {
    let text = "";
    while (text.length < TOGETHER) {
      const command = this.#commands.next();
      if (command === undefined) break;
      text += `${command}\n`;
    }
    return Promise.resolve(text === "" ? undefined : encodeText(text));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

interface ReadFiles {
  readonly bytes: (path: string) => Buffer;
  readonly hasStream: boolean;
}

/** Reads every file once. @throws UserError `values-unreadable`. */
async function readFiles(template: ListTemplate, input: (() => ByteStream) | undefined): Promise<ReadFiles> {
  const read = new Map<string, Buffer>();
  let hasStream = false;
  for (const path of new Set(filesOfTemplate(template))) {
    try {
      const stream = await streamAt(path, input);
      hasStream ||= stream !== undefined;
      read.set(path, stream === undefined ? await readFile(path) : await allOf(stream));
    } catch (error) {
      throw error instanceof UserError ? error : unreadable(path, error);
    }
  }
  return { bytes: (path) => read.get(path) ?? Buffer.alloc(0), hasStream };
}

/** What can be read only once; undefined for a regular file. */
async function streamAt(path: string, input: (() => ByteStream) | undefined): Promise<ByteStream | undefined> {
  if (path === STANDARD_INPUT) {
    if (input === undefined) throw new Error("values come from a stream, and there is none");
    return input();
  }
  const found = await stat(path);
  if (found.isDirectory()) throw new UserError("values-unreadable", `${path}: is a folder, and no file of values`);
  return found.isFile() ? undefined : openPipe(path);
}

async function allOf(stream: ByteStream): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function unreadable(path: string, error: unknown): UserError {
  const isMissing = errnoOf(error) === "ENOENT" || errnoOf(error) === "ENOTDIR";
  const why = isMissing ? "no such file of values" : `the values cannot be read: ${errnoText(error)}`;
  return new UserError("values-unreadable", `${nameOf(path)}: ${why}`, { cause: error });
}

function nameOf(path: string): string {
  return path === STANDARD_INPUT ? "standard input" : path;
}

function remembered<T>(known: Map<string, T>, key: string, make: () => T): T {
  const value = known.get(key) ?? make();
  known.set(key, value);
  return value;
}
