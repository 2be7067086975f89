import { deflateSync } from "node:zlib";
import { join } from "node:path";
import type { OutputBlock, OutputPiece } from "../../../../src/domain/output.ts";
import { OutputStore, type OutputStoreOptions } from "../../../../src/records/output/output-store.ts";
import { scratchFolder } from "../../node/process/scratch.ts";

/** Some bytes of a task, as an engine sends them. */
export function pieceOf(taskId: number, text: string, more: Partial<OutputPiece> = {}): OutputPiece {
  const length = Buffer.byteLength(text);
  const { from = 0 } = more;
  return { taskId, attempt: 1, stream: "stdout", from, length, start: 0, bytes: from + length, failed: true, ...more };
}

/** A block of pieces with their texts. */
export function blockOf(...parts: readonly (readonly [OutputPiece, string])[]): OutputBlock {
  const data = deflateSync(Buffer.from(parts.map(([, text]) => text).join("")));
  return { pieces: parts.map(([piece]) => piece), data };
}

/** A block in which one task has printed one text. */
export function printedBy(taskId: number, text: string, more: Partial<OutputPiece> = {}): OutputBlock {
  return blockOf([pieceOf(taskId, text, more), text]);
}

/** A store in a folder of the test's own, or at this path, and what it warns of. */
export function openStore(options: Partial<OutputStoreOptions> = {}) {
  const path = options.path ?? join(scratchFolder(), "run_output.bin");
  const warnings: string[] = [];
  const warn = (message: string): void => void warnings.push(message);
  return { path, warnings, store: new OutputStore({ path, goesOn: false, warn, now: () => 1, ...options }) };
}

/** Has a store keep a block; resolves when it is done with it. */
export function kept(store: OutputStore, block: OutputBlock): Promise<void> {
  return new Promise((done) => store.keep(block, done));
}
