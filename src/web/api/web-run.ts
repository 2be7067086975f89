import type { TemplateTally } from "../../domain/instance-state.ts";
import type { FollowedRun, TaskDetail } from "../../domain/watch.ts";
import type { StreamName } from "../../domain/output.ts";
import type { GraphDocument, InstanceList, KeptStream, RunDocument } from "./answers.ts";
import type { PicturedRun } from "../../records/pictures/pictured-run.ts";
import type { ByteRange } from "../http/byte-range.ts";

/** A run as the server knows it. */
export interface WebRun {
  /** Stands for the run in all paths. It stays the same when the server is started again: it is made of the prefix. */
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  /** Where it stands, and what can be stopped. Questions about tasks are answered from the records. */
  readonly followed: FollowedRun;
  readonly isWorkflow: boolean;
  readonly warnings: readonly string[];
  /** What its pictures are made of, up to date to a quarter of a second. */
  pictured(): Promise<PicturedRun>;
  /** Command lines that go on with it, as it stands now. */
  next(): RunDocument["next"];
  nextOfTask(detail: TaskDetail): RunDocument["next"];
  /** What is kept of what a task has printed: of the last attempt of which something is. Nothing where that cannot be read. */
  kept(task: number): Promise<Partial<Record<StreamName, KeptStream>>>;
  /**
   * Bytes of that, all of one attempt; fewer where the file has fewer by now.
   *
   * @param choose the range that is wanted, counted from the first byte that is kept.
   * @returns undefined where nothing is kept.
   * @throws what `choose` throws; UserError `output-unreadable`.
   */
  output(task: number, stream: StreamName, choose: (kept: KeptStream) => ByteRange): Promise<PrintedPart | undefined>;
  /** The templates of a workflow, and how they depend on each other. */
  graph(): Promise<GraphDocument>;
  instances(query: InstanceQuery): Promise<InstanceList>;
  /** What `disbatch report` makes of the records. @param signal tells that nobody waits for it any more; it rejects then. */
  report(format: ReportFormat, signal: AbortSignal): Promise<string>;
  close(): Promise<void>;
}

export type ReportFormat = "json" | "html" | "text";

/** Bytes of a stream, and what they are of. */
export interface PrintedPart {
  readonly kept: KeptStream;
  readonly bytes: Buffer;
}

export interface InstanceQuery {
  readonly template: string;
  readonly states?: readonly (keyof TemplateTally["counts"])[] | undefined;
  readonly text?: string | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
}
