import { closeSync } from "node:fs";
import { type Diagnostic, UserError } from "../../domain/errors.ts";
import { errnoOf } from "../../domain/system-error.ts";
import { parseJson } from "../../domain/json.ts";
import type { KnownContents } from "../../files/file-states.ts";
import { openOwnFile, reasonOf } from "../../files/own-file.ts";
import { eachWholeLine } from "../../records/ledger/whole-lines.ts";
import { textOfParts } from "../../records/ledger/parts.ts";
import { CACHE_VERSION, isFileRecord, isMadeRecord, isPartLine, versionIn } from "./lines.ts";
import { LineIndex } from "./line-index.ts";
import type { MadeRecord } from "./made-record.ts";

/** What can be done about a file that cannot be used. */
const ANEW = "move it away, and cached tasks run once more";

/** How lines begin that say what they are about at once. */
const [MADE, FILE] = ['{"type":"made","instance":"', '{"type":"file","path":"'] as const;

/**
 * What `PREFIX_cache.jsonl` says. Only where records are is kept: each is read when it is asked for. Nothing is locked, and the file
 * may grow meanwhile; what comes later is not seen.
 */
export class CacheRecords {
  readonly #fd: number | undefined;
  readonly #path: string;
  readonly #onWarning: (warning: Diagnostic) => void;
  readonly #made: LineIndex;
  readonly #files: LineIndex;
  #lines = 0;
  /** The first line that is none, and how many there are. */
  #foreign = 0;
  #foreignAt = 0;

  private constructor(path: string, fd: number | undefined, onWarning: (warning: Diagnostic) => void) {
    this.#path = path;
    this.#fd = fd;
    this.#onWarning = onWarning;
    this.#made = new LineIndex(fd);
    this.#files = new LineIndex(fd);
  }

  /**
   * Reads where records are. A torn end is what a killed driver leaves, and passes without a word. Of two records of one instance
   * the last one counts.
   *
   * @param onWarning told once when other lines are none of such a file.
   * @throws UserError `cache-unreadable`, also when it is another file, or of a later version.
   */
  static read(path: string, onWarning: (warning: Diagnostic) => void): CacheRecords {
    let fd: number;
    try {
      fd = openOwnFile(path, "others");
    } catch (error) {
      if (errnoOf(error) === "ENOENT") return new CacheRecords(path, undefined, onWarning);
      throw unreadable(path, reasonOf(error), error);
    }
    const records = new CacheRecords(path, fd, onWarning);
    try {
      records.#index(fd);
      return records;
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  }

  /** Records of a file that is not there. */
  static none(path: string): CacheRecords {
    return new CacheRecords(path, undefined, () => undefined);
  }

  /** How many instances have a record. */
  get size(): number {
    return this.#made.size;
  }

  /** How many lines the file has, also those that count for nothing, since there are later ones of the same. */
  get lines(): number {
    return this.#lines;
  }

  /** What the file has of an instance last: a line, or those of the parts of a record. */
  textOf(instance: string): string | undefined {
    const row = this.#made.rowOf(instance);
    return row === undefined ? undefined : this.#made.textOf(row);
  }

  /** The last record of an instance. */
  find(instance: string): MadeRecord | undefined {
    const text = this.textOf(instance);
    if (text === undefined) return undefined;
    const record = parseJson(text);
    if (isMadeRecord(record)) return record;
    const data = text
      .split("\n")
      .map(parseJson)
      .flatMap((part) => (isPartLine(part) ? [part.data] : []));
    const whole = parseJson(textOfParts(data) ?? "");
    return isMadeRecord(whole) && whole.instance === instance ? whole : undefined;
  }

  /** What is known of a file, beside what records of instances say. */
  contentsOf(path: string): KnownContents | undefined {
    const row = this.#files.rowOf(path);
    if (row === undefined) return undefined;
    const record = parseJson(this.#files.textOf(row));
    return isFileRecord(record) ? record : undefined;
  }

  /** The last record of each instance, in the order of their first ones. */
  *all(): Generator<MadeRecord, void, void> {
    for (const instance of this.#made.names()) {
      const record = this.find(instance);
      if (record !== undefined) yield record;
    }
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
  }

  #index(fd: number): void {
    const parts = new Parts();
    eachWholeLine(fd, (bytes, from, to, offset) => {
      if (++this.#lines === 1) return this.#checkHeader(bytes.toString("utf8", from, to));
      const file = nameBehind(FILE, bytes, from, to);
      if (file !== undefined) return this.#files.set(file, offset, to - from);
      const instance = nameBehind(MADE, bytes, from, to);
      // What follows tells a record from a part of one.
      if (instance !== undefined && bytes[from + MADE.length + instance.length + 3] === RUN) {
        return this.#made.set(instance, offset, to - from);
      }
      const json = parseJson(bytes.toString("utf8", from, to));
      if (isMadeRecord(json)) return this.#made.set(json.instance, offset, to - from);
      if (isFileRecord(json)) return this.#files.set(json.path, offset, to - from);
      if (isPartLine(json)) {
        const begin = parts.take(json, offset);
        if (begin !== undefined && json.part + 1 === json.parts)
          this.#made.set(json.instance, begin, offset + to - from - begin);
        if (begin !== undefined) return;
      }
      const version = versionIn(json);
      if (version !== undefined) return this.#checkVersion(version);
      if (this.#foreign++ === 0) this.#foreignAt = this.#lines;
    });
    if (this.#foreign > 0) this.#onWarning(foreignLines(this.#path, this.#foreignAt, this.#foreign));
  }

  #checkHeader(line: string): void {
    const version = versionIn(parseJson(line));
    if (version === undefined) throw unreadable(this.#path, `it is no record of cached tasks; ${ANEW}`);
    this.#checkVersion(version);
  }

  #checkVersion(version: number): void {
    if (version <= CACHE_VERSION) return;
    throw unreadable(this.#path, `a later version of disbatch has written it; use that, or ${ANEW}`);
  }
}

const HEADER_BEGINNING = '{"format":';

/** The first character of what stands behind the instance in a whole record: `run`. */
const RUN = 0x72;
const [QUOTE, BACKSLASH, BRACE, FIRST_NOT_ASCII] = [0x22, 0x5c, 0x7d, 0x80] as const;

/** The name that a line has behind a beginning; undefined where it begins otherwise, or the name is not plainly written. */
function nameBehind(beginning: string, bytes: Buffer, from: number, to: number): string | undefined {
  if (to - from <= beginning.length || bytes[to - 1] !== BRACE) return undefined;
  for (let i = 0; i < beginning.length; i++) if (bytes[from + i] !== beginning.charCodeAt(i)) return undefined;
  const start = from + beginning.length;
  for (let at = start; at < to; at++) {
    const byte = bytes[at] ?? FIRST_NOT_ASCII;
    if (byte === QUOTE) return isOneLine(bytes, at, to) ? bytes.toString("latin1", start, at) : undefined;
    if (byte === BACKSLASH || byte >= FIRST_NOT_ASCII) return undefined;
  }
  return undefined;
}

/** Whether there is no second line in it, whose first one has lost its newline where two files were put together. */
function isOneLine(bytes: Buffer, from: number, to: number): boolean {
  return !bytes.subarray(from, to).includes(HEADER_BEGINNING);
}

/** Looks after the parts of one record, which count only one behind the other. */
class Parts {
  #instance = "";
  #next = 0;
  #begin = 0;

  /** Takes the next part. @returns where the record begins; undefined for one that does not go on with what was there. */
  take(
    { instance, part, parts }: { readonly instance: string; readonly part: number; readonly parts: number },
    offset: number,
  ): number | undefined {
    if (part === 0) {
      this.#instance = instance;
      this.#begin = offset;
      this.#next = 0;
    }
    if (part !== this.#next || instance !== this.#instance || part >= parts) return undefined;
    this.#next++;
    return this.#begin;
  }
}

function unreadable(path: string, why: string, cause?: unknown): UserError {
  return new UserError("cache-unreadable", `cannot read what cached tasks were made from, ${path}: ${why}`, { cause });
}

function foreignLines(file: string, line: number, count: number): Diagnostic {
  const lines = count === 1 ? "this line is" : `this is the first of ${count} lines that are`;
  const message = `${lines} torn or not of cached tasks; not counted`;
  return { code: "foreign-cache-line", severity: "warning", place: { file, line, column: 1 }, message };
}
