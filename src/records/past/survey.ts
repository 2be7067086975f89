import { COLUMN, readInteger, readSeconds } from "../statusfile/columns.ts";
import { laterCounts } from "../statusfile/counting.ts";
import type { LineCount, StatusLine } from "../statusfile/line-reader.ts";
import { NodeNames } from "../statusfile/node-names.ts";
import { IdSet } from "../../domain/id-set.ts";
import type { TaskTable } from "../state/task-table.ts";
import { eachLine } from "./each-line.ts";
import { Lanes } from "./lanes.ts";

/** A node on which tasks have run. */
export interface SurveyedNode {
  readonly name: string;
  readonly lanes: Lanes;
  /** When its first task began, Unix time in seconds. */
  first: number;
}

/** What has to be known of a status file before it can be told as a run. */
export class Survey {
  /** In the order in which they come in the file. */
  readonly nodes = new Map<string, SurveyedNode>();
  /** Unix times in seconds: when the first task began that is known, and the last one ended. */
  first = Infinity;
  last = -Infinity;
  readonly #table: TaskTable;
  readonly #names = new NodeNames();
  readonly #succeeded = new IdSet();

  /** @param table is told which line counts of each task. */
  constructor(table: TaskTable) {
    this.#table = table;
  }

  read(fd: number, path: string): Promise<LineCount> {
    return eachLine(fd, path, (line) => {
      if (line.kind === "task" || line.kind === "skipped") this.#take(line);
    });
  }

  #take(line: StatusLine): void {
    const id = readInteger(line.bytes, line.starts, COLUMN.id);
    const failed = readInteger(line.bytes, line.starts, COLUMN.returnCode) !== 0;
    if (laterCounts(!this.#succeeded.has(id), failed)) this.#table.placeLine(id, line.offset);
    if (!failed) this.#succeeded.add(id);
    if (line.kind === "task") this.#occupy(line);
  }

  #occupy(line: StatusLine): void {
    const { bytes, starts } = line;
    const [start, finish] = [readSeconds(bytes, starts, COLUMN.start), readSeconds(bytes, starts, COLUMN.finish)];
    // What was given up, or never started, has no times.
    if (start === 0) return;
    const name = this.#names.nameIn(line);
    let node = this.nodes.get(name);
    if (node === undefined) this.nodes.set(name, (node = { name, lanes: new Lanes(), first: start }));
    node.lanes.add(start, finish);
    node.first = Math.min(node.first, start);
    this.first = Math.min(this.first, start);
    this.last = Math.max(this.last, finish);
  }
}
