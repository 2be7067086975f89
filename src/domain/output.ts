import { type Ending, isSuccess } from "./ending.ts";
import type { OutputTerms } from "./output-terms.ts";

/** The standard streams of a task. */
export const STREAMS = ["stdout", "stderr"] as const;
export type StreamName = (typeof STREAMS)[number];

/** The end of what one attempt of a task wrote to one stream. */
export interface KeptStream {
  /** All that was written, in bytes. */
  readonly bytes: number;
  /** The last of it. */
  readonly tail: Buffer;
}

/** What is kept of one attempt; streams to which nothing was written are missing. */
export type KeptOutput = Readonly<Partial<Record<StreamName, KeptStream>>>;

/** Some bytes that an attempt of a task has written. */
export interface OutputPiece {
  readonly taskId: number;
  /** 1 for the first start of the task, one more for each further start. */
  readonly attempt: number;
  readonly stream: StreamName;
  /** Bytes of the stream that come before these. */
  readonly from: number;
  /** How many bytes these are. */
  readonly length: number;
  /** Bytes of the stream that come before the first that is kept; missing while the task runs. */
  readonly start?: number | undefined;
  /** All that was written to the stream; missing while the task runs. */
  readonly bytes?: number | undefined;
  /** Whether the attempt did not succeed; missing while the task runs. */
  readonly failed?: boolean | undefined;
}

/** Several pieces with their bytes, one behind the other, compressed by zlib. */
export interface OutputBlock {
  readonly pieces: readonly OutputPiece[];
  readonly data: Buffer;
}

/** A run's keeper of output: takes blocks that engines send. */
export interface OutputKeeper {
  /** Takes a block. @param done called once the block is safe, or is known to be lost. */
  keep(block: OutputBlock, done: () => void): void;
}

/** Whether what a task printed is kept that has ended so. */
export function keepsOutput({ keep }: OutputTerms, ending: Ending): boolean {
  return keep === "all" || (keep === "failed" && !isSuccess(ending));
}
