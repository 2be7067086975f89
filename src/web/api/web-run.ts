import type { TemplateTally } from "../../domain/instance-state.ts";
import type { FollowedRun, TaskDetail } from "../../domain/watch.ts";
import type { StreamName } from "../../domain/output.ts";
import type { GraphDocument, InstanceList, KeptStream, RunDocument } from "./answers.ts";
import type { PicturedRun } from "../../records/pictures/pictured-run.ts";

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
  /** What is kept of what the last attempt of a task has printed. */
  kept(task: number): Promise<Partial<Record<StreamName, KeptStream>>>;
  /** Bytes of that, from this one to before that one, as far as they are kept. */
  output(task: number, stream: StreamName, from: number, to: number): Promise<Buffer>;
  /** The templates of a workflow, and how they depend on each other. */
  graph(): Promise<GraphDocument>;
  instances(query: InstanceQuery): Promise<InstanceList>;
  /** What `disbatch report` makes of the records. */
  report(format: "json" | "html" | "text"): Promise<string>;
  close(): Promise<void>;
}

export interface InstanceQuery {
  readonly template: string;
  readonly states?: readonly (keyof TemplateTally["counts"])[] | undefined;
  readonly text?: string | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
}
