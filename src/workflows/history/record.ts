import type { RunReason } from "../../domain/run-reason.ts";
import type { ForeignForm } from "../imports/formats.ts";

/** One record of `PREFIX_workflow.jsonl`: what a workflow is, beside its document, and what came of it, beside the status file. */
export type HistoryRecord = RunRecord | DocumentRecord | GrowthRecord | MarkRecord | DecisionRecord | MoreRecord;

/** A run of the document begins. */
export interface RunRecord {
  readonly type: "run";
  /** 1 for the first of this prefix. */
  readonly run: number;
  /** Unix time in seconds. */
  readonly time: number;
  /** Digest of the document's archive, which stands before. */
  readonly document: string;
  /** Absolute path of the document. */
  readonly file: string;
  /** In which format it is written, where that is not ours. */
  readonly form?: ForeignForm | undefined;
  /** Absolute path of the folder where the tasks work. */
  readonly folder: string;
  /** Parameters that were given. */
  readonly params: Readonly<Record<string, string>>;
  readonly goals: readonly string[];
  /** Instances that run even if they are done, and all that depends on them. */
  readonly from: readonly string[];
  /** What depends on those of `from` stays as it is. */
  readonly only: boolean;
  /** Instances that run even if they are done; what depends on them goes by its rules. */
  readonly force?: readonly string[] | undefined;
  /** No instance is reused. */
  readonly noCache?: boolean | undefined;
  /** Some instances of an earlier run are run again: what the document is run for is what that run says. */
  readonly isPart: boolean;
  /** Most instances that the document may have. */
  readonly maxInstances: number;
  /** Task ids of this run's instances begin here. The same as in the run before where the instances are numbered alike. */
  readonly firstId: number;
  /** Ids of the instances that were known when it began are below this. */
  readonly idsEnd: number;
  /** Bytes that the status file had. */
  readonly statusFrom: number;
  /** Where what its tasks make is written until it is put in place: a name in `.disbatch`, of no other run. */
  readonly stage?: string | undefined;
}

/** All texts that a document was read from. */
export interface DocumentRecord {
  readonly type: "document";
  readonly digest: string;
  readonly archive: DocumentArchive;
}

/** The texts of a document: its own, those of documents that it uses, and those of files with values. */
export interface DocumentArchive {
  /** Path of the document as the texts have it. */
  readonly root: string;
  /** By path; those below the document's folder are relative to it. */
  readonly texts: Readonly<Record<string, string>>;
}

/** What a generator has made. */
export type GrowthRecord = ValuesRecord | TasksRecord;

/** Values of an axis that a generator has printed, in lines that are complete. Written before any instance of them is given out. */
export interface ValuesRecord {
  readonly type: "values";
  /** Name of the generator's instance. */
  readonly by: string;
  readonly attempt: number;
  /**
   * New to the attempt: another generator may have made them, too. None where it has printed nothing until its end; versions before
   * this left out what another one had made, and wrote no record without values.
   */
  readonly values: readonly string[];
  /** Bytes that the attempt had printed with these lines. */
  readonly offset: number;
}

/** Tasks that a generator has printed, as it printed them. Written before it counts as done. */
export interface TasksRecord {
  readonly type: "tasks";
  readonly by: string;
  readonly attempt: number;
  readonly text: string;
}

/** Somebody says that instances are done, or not. */
export interface MarkRecord {
  readonly type: "mark";
  /** Unix time in seconds. */
  readonly time: number;
  readonly done: boolean;
  readonly instances: readonly string[];
}

/** What was decided about instances of a run before any of their tasks began. What runs for the first time has no record. */
export type DecisionRecord = WhyRecord | ReusedRecord | MissingRecord;

/** Why instances run. */
export interface WhyRecord {
  readonly type: "why";
  readonly reason: RunReason;
  readonly instances: readonly string[];
}

/** Instances do not run, since what an earlier run made still holds. */
export interface ReusedRecord {
  readonly type: "reused";
  /** Number of that run. */
  readonly run: number;
  readonly instances: readonly string[];
}

/** Instances are blocked: others were to make this file, and have not. */
export interface MissingRecord {
  readonly type: "missing";
  /** As the document has it. */
  readonly path: string;
  readonly instances: readonly string[];
}

/** More was decided in the run than is kept: of an instance that no record names, nobody knows what. */
export interface MoreRecord {
  readonly type: "more";
}
