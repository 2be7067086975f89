import { readSync } from "node:fs";
import { beginsLikeFrame, FRAME_START, findMark, type FrameHead, readFrameHead, readFrameStart } from "./format.ts";

/** Bytes read at once: frames are short where few tasks print, and their data is passed over where they are long. */
const WINDOW = 256 * 1024;

/** A frame in its place. */
export interface PlacedFrame extends FrameHead {
  /** Where its data begin in the file, and how long they are, in bytes. */
  readonly at: number;
  readonly length: number;
}

/** Bytes of the file that are no frame. `isEnd`: nothing comes behind them. */
export interface TornPart {
  readonly at: number;
  readonly length: number;
  readonly isEnd: boolean;
}

/** Told what a file has, from its beginning to its end. */
export interface Scan {
  frame(frame: PlacedFrame): void;
  torn(part: TornPart): void;
}

/**
 * Reads the heads of the frames of an open file. What is damaged is passed over up to the next frame.
 *
 * @param from where a frame begins, in bytes.
 * @returns where the next frame will begin: behind the last whole one.
 * @throws the system's error.
 */
export function scanFrames(fd: number, from: number, size: number, scan: Scan): number {
  const file = new Window(fd, size);
  let end = from;
  for (let at = from; at < size;) {
    const found = frameAt(file, at, size);
    if (found !== undefined && !hasSwallowed(file, found, size)) {
      if (at > end) scan.torn({ at: end, length: at - end, isEnd: false });
      scan.frame(found);
      at = found.at + found.length;
      end = at;
      continue;
    }
    at = nextMark(file, at + 1, size);
  }
  if (size > end) scan.torn({ at: end, length: size - end, isEnd: true });
  return end;
}

/** Whether a file that is open has something in it, and nothing of that is of an output file. @throws the system's error. */
export function isOtherFile(fd: number, size: number): boolean {
  if (size === 0 || beginsLikeFrame(new Window(fd, size).read(0, FRAME_START))) return false;
  return scanFrames(fd, 0, size, { frame: () => undefined, torn: () => undefined }) === 0;
}

function frameAt(file: Window, at: number, size: number): PlacedFrame | undefined {
  const start = file.read(at, FRAME_START);
  const lengths = start.length === FRAME_START ? readFrameStart(start) : undefined;
  if (lengths === undefined) return undefined;
  const headAt = at + FRAME_START;
  if (headAt + lengths.head + lengths.data > size) return undefined;
  const head = readFrameHead(file.read(headAt, lengths.head), lengths.sum);
  return head === undefined ? undefined : { ...head, at: headAt + lengths.head, length: lengths.data };
}

/** Whether the data of a frame were torn off, and what is taken for their rest is another frame. */
function hasSwallowed(file: Window, { at, length }: PlacedFrame, size: number): boolean {
  const end = at + length;
  if (end === size || findMark(file.read(end, Math.min(FRAME_START, size - end)), 0) === 0) return false;
  for (let next = nextMark(file, at, size); next < end; next = nextMark(file, next + 1, size)) {
    if (frameAt(file, next, size) !== undefined) return true;
  }
  return false;
}

function nextMark(file: Window, from: number, size: number): number {
  for (let at = from; at < size; at += WINDOW - FRAME_START) {
    const found = findMark(file.read(at, Math.min(WINDOW, size - at)), 0);
    if (found >= 0) return at + found;
  }
  return size;
}

/** A part of a file, which moves to where something is read. */
class Window {
  readonly #fd: number;
  readonly #size: number;
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;

  constructor(fd: number, size: number) {
    this.#fd = fd;
    this.#size = size;
  }

  /** These bytes, or fewer where the file ends; good until the next call. */
  read(at: number, length: number): Buffer {
    if (at < this.#at || at + length > this.#at + this.#bytes.length) {
      const bytes = Buffer.allocUnsafe(Math.min(Math.max(length, WINDOW), this.#size - at));
      this.#bytes = bytes.subarray(0, readSync(this.#fd, bytes, 0, bytes.length, at));
      this.#at = at;
    }
    return this.#bytes.subarray(at - this.#at, at - this.#at + length);
  }
}
