/**
 * The form of an output file: frames, one behind the other. A frame begins with a mark, the lengths of its head and of its data, and
 * a sum of its head. The head is JSON, and says whose bytes the data are, so that the heads are the index of the file. The data are
 * bytes compressed by zlib, which has a sum of its own.
 */

import * as v from "valibot";
import { type OutputPiece, STREAMS } from "../../domain/output.ts";

/** No text begins so, and no compressed data. */
const MARK = Buffer.from([0x89, 0x64, 0x62, 0x6f]);
/** Bytes of what stands before the head. */
export const FRAME_START = 16;
/** No frame has a longer head, or longer data, in bytes. */
const MOST_HEAD = 1024 * 1024;
const MOST_DATA = 64 * 1024 * 1024;

/** What a frame says of itself. */
export interface FrameHead {
  /** Unix time in seconds; a run has begun then, and the attempts of tasks are counted anew. */
  readonly begun?: number | undefined;
  /** The template of the files that the bytes are in; missing where they are in the frame. */
  readonly files?: string | undefined;
  readonly pieces: readonly OutputPiece[];
}

/** Where the parts of a frame are, in bytes from its beginning. */
export interface FrameLengths {
  readonly head: number;
  readonly data: number;
  readonly sum: number;
}

/** A frame, in the parts that are written one behind the other. */
export function encodeOutputFrame(head: FrameHead, data: Buffer): Buffer[] {
  const { begun, files, pieces } = head;
  const text = Buffer.from(JSON.stringify({ begun, files, pieces: pieces.map(asRow) }));
  const start = Buffer.alloc(FRAME_START);
  MARK.copy(start);
  start.writeUInt32BE(text.length, 4);
  start.writeUInt32BE(data.length, 8);
  start.writeUInt32BE(sumOf(text), 12);
  return data.length === 0 ? [start, text] : [start, text, data];
}

/** What stands before a head; undefined where no frame begins. @param bytes at least `FRAME_START` of them. */
export function readFrameStart(bytes: Buffer): FrameLengths | undefined {
  if (!bytes.subarray(0, MARK.length).equals(MARK)) return undefined;
  const [head, data, sum] = [bytes.readUInt32BE(4), bytes.readUInt32BE(8), bytes.readUInt32BE(12)];
  return head <= MOST_HEAD && data <= MOST_DATA ? { head, data, sum } : undefined;
}

/** Whether a frame begins with these bytes, which may be too few to tell. */
export function beginsLikeFrame(bytes: Buffer): boolean {
  const length = Math.min(bytes.length, MARK.length);
  return bytes.subarray(0, length).equals(MARK.subarray(0, length));
}

const Count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** Task, attempt, number of the stream, first byte, length, first byte that is kept, all bytes, whether the attempt failed. */
const RowSchema = v.tuple([Count, Count, v.picklist([0, 1]), Count, Count, Count, Count, v.picklist([0, 1])]);
type Row = v.InferOutput<typeof RowSchema>;

const HeadSchema = v.object({
  begun: v.optional(v.number()),
  files: v.optional(v.string()),
  pieces: v.array(RowSchema),
});

/** The head of a frame; undefined for bytes that are none. */
export function readFrameHead(bytes: Buffer, sum: number): FrameHead | undefined {
  if (sumOf(bytes) !== sum) return undefined;
  try {
    const { begun, files, pieces } = v.parse(HeadSchema, JSON.parse(bytes.toString("utf8")));
    return { begun, files, pieces: pieces.map(pieceOf) };
  } catch {
    return undefined;
  }
}

/** Where a frame may begin next, in bytes; -1 where none does. */
export function findMark(bytes: Buffer, from: number): number {
  return bytes.indexOf(MARK, from);
}

function asRow({ taskId, attempt, stream, from, length, start = from, bytes, failed = false }: OutputPiece): Row {
  const number = stream === "stdout" ? 0 : 1;
  return [taskId, attempt, number, from, length, start, bytes ?? from + length, failed ? 1 : 0];
}

function pieceOf([taskId, attempt, number, from, length, start, bytes, failed]: Row): OutputPiece {
  return { taskId, attempt, stream: STREAMS[number], from, length, start, bytes, failed: failed === 1 };
}

/** A number that is another one for other bytes, nearly always (FNV-1a). */
function sumOf(bytes: Buffer): number {
  let sum = 0x811c9dc5;
  for (const byte of bytes) sum = Math.imul(sum ^ byte, 0x01000193);
  return sum >>> 0;
}
