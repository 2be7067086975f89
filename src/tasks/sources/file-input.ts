import type { Stats } from "node:fs";
import type { FileHandle } from "node:fs/promises";

import { EXIT } from "../../domain/exit-codes.ts";
import { UserError } from "../../domain/errors.ts";
import type { ByteInput } from "./parsed-source.ts";

/** Bytes read at a time: a larger piece is no faster, and what it says takes more memory at once. */
const CHUNK_BYTES = 256 * 1024;

/** Reads bytes that are in memory, in chunks, since what they say takes many times their room. */
export function memoryInput(bytes: Uint8Array): ByteInput {
  let position = 0;
  return {
    read: () => {
      const chunk = bytes.subarray(position, position + CHUNK_BYTES);
      position += chunk.length;
      return Promise.resolve(chunk.length === 0 ? undefined : chunk);
    },
    close: () => Promise.resolve(),
  };
}

/**
 * Reads an open file from its start. Several may read the same handle; it is the caller's to close.
 *
 * @param opened what the file was like when it was opened; `read` throws a UserError when it no longer is
 */
export function fileInput(path: string, handle: FileHandle, opened: Stats): ByteInput {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  let position = 0;
  let reading: Promise<unknown> = Promise.resolve();
  const read = async (): Promise<Uint8Array | undefined> => {
    const { bytesRead } = await handle.read(buffer, 0, CHUNK_BYTES, position);
    // Asked after reading, so that what has been read is what stood there before any change.
    const { size, mtimeMs } = await handle.stat();
    if (size !== opened.size || mtimeMs !== opened.mtimeMs) {
      throw new UserError("task-file-changed", `${path}: the task file was changed while it was being read`, {
        exitCode: EXIT.unfinished,
      });
    }
    position += bytesRead;
    return bytesRead === 0 ? undefined : buffer.subarray(0, bytesRead);
  };
  return {
    read: () => {
      const result = read();
      reading = result.catch(() => undefined);
      return result;
    },
    // The handle must not be closed under an outstanding read.
    close: async () => void (await reading),
  };
}
