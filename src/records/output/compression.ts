import type { OutputPiece } from "../../domain/output.ts";

/**
 * The bytes of a block, of which there are as many as its pieces have.
 *
 * @param data compressed by zlib.
 * @throws Error for others: they are damaged.
 */
export async function expand(data: Buffer, pieces: readonly Pick<OutputPiece, "length">[]): Promise<Buffer> {
  const { inflate } = await import("node:zlib");
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  return new Promise((resolve, reject) => {
    inflate(data, { maxOutputLength: Math.max(1, length) }, (error, bytes) => {
      if (error !== null) reject(error);
      else if (bytes.length !== length) reject(new Error(`it has ${bytes.length} bytes instead of ${length}`));
      else resolve(bytes);
    });
  });
}
