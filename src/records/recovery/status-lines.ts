import { closeSync } from "node:fs";
import { UserError } from "../../domain/errors.ts";
import { ForeignFileError, openOwnFile, reasonOf } from "../../files/own-file.ts";
import { eachWholeLine } from "../ledger/whole-lines.ts";
import { COLUMN, COLUMNS, findColumns, isTaskOutcome, readInteger } from "../statusfile/columns.ts";
import { parseRecord } from "../statusfile/parse.ts";
import type { StatusRecord } from "../statusfile/record.ts";
import { IdSet } from "../../domain/id-set.ts";
import type { Recorded } from "./run-fold.ts";

const BARRIER_FLAGS: ReadonlySet<number | undefined> = new Set([0x42, 0x43]);
const PER_ENGINE_FLAG = 0x50;

/** Says of which tasks and barriers, by their id, and of which per-engine commands, by their key, records are wanted. */
export interface RecordFilter {
  id(id: number): boolean;
  perEngine(key: string): boolean;
}

/**
 * Tells one run of a per-engine command from all others, which its id does not. The times are as exact as in the file;
 * the elapsed time is not there, since it cannot be had from them to the millisecond.
 */
export function perEngineKey({ id, line, node, pid, start, finish }: StatusRecord): string {
  return `${id} ${line} ${node} ${pid} ${start.toFixed(3)} ${finish.toFixed(3)}`;
}

/** The records of one run in its status file. */
export class StatusLines implements Recorded {
  readonly #path: string;
  readonly #from: number;
  /** Ids of tasks and barriers; they share one count. */
  readonly #now = new IdSet();
  readonly #before = new IdSet();
  /** Keys of per-engine commands' records. There are as many as engines, times commands. */
  readonly #perEngine = new Set<string>();

  /**
   * @param from the file's size when the run began, in bytes: what stands before is of earlier runs.
   * @throws UserError `status-file-unreadable`.
   */
  constructor(path: string, from: number) {
    this.#path = path;
    this.#from = from;
    this.#each((line, starts, offset) => {
      const isTask = isTaskOutcome(line.bytes, starts);
      if (offset < from) {
        if (isTask) this.#before.add(readInteger(line.bytes, starts, COLUMN.id));
      } else if (isTask || isBarrier(line)) this.#now.add(readInteger(line.bytes, starts, COLUMN.id));
      else if (isPerEngine(line)) this.#perEngine.add(perEngineKey(recordIn(line)));
    });
  }

  now(id: number): boolean {
    return this.#now.has(id);
  }

  before(id: number): boolean {
    return this.#before.has(id);
  }

  /** Whether a record of a per-engine command is there. */
  hasPerEngine(key: string): boolean {
    return this.#perEngine.has(key);
  }

  /** How many records of this run there are. */
  get size(): number {
    return this.#now.size + this.#perEngine.size;
  }

  /** The records of this run that are wanted, in the order in which they stand in the file. */
  eachOf(isWanted: RecordFilter, take: (record: StatusRecord) => void): void {
    this.#each((line, starts, offset) => {
      if (offset < this.#from) return;
      if (isPerEngine(line)) {
        const record = recordIn(line);
        if (isWanted.perEngine(perEngineKey(record))) take(record);
      } else if (isTaskOutcome(line.bytes, starts) || isBarrier(line)) {
        if (isWanted.id(readInteger(line.bytes, starts, COLUMN.id))) take(recordIn(line));
      }
    });
  }

  #each(take: (line: Line, starts: Int32Array, offset: number) => void): void {
    const starts = new Int32Array(COLUMNS + 1);
    let fd: number | undefined;
    try {
      fd = openOwnFile(this.#path, "others");
      eachWholeLine(fd, (bytes, from, to, offset) => {
        if (findColumns(bytes, from, to, starts)) take({ bytes, from, to }, starts, offset);
      });
    } catch (error) {
      if (error instanceof UserError && !(error instanceof ForeignFileError)) throw error;
      const message = `cannot read the status file ${this.#path}: ${reasonOf(error)}`;
      throw new UserError("status-file-unreadable", message, { cause: error });
    } finally {
      if (fd !== undefined) closeSync(fd);
    }
  }
}

/** A line is bytes[from, to). */
interface Line {
  readonly bytes: Buffer;
  readonly from: number;
  readonly to: number;
}

function isBarrier({ bytes, from }: Line): boolean {
  return BARRIER_FLAGS.has(bytes[from]);
}

function isPerEngine(line: Line): boolean {
  return !isBarrier(line) && line.bytes[line.from + 3] === PER_ENGINE_FLAG;
}

function recordIn({ bytes, from, to }: Line): StatusRecord {
  const record = parseRecord(bytes.subarray(from, to));
  if (record === undefined) throw new Error("a line that has been accepted is no record");
  return record;
}
