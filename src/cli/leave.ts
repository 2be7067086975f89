import type { Writable } from "node:stream";
import type { ExitCode } from "../domain/exit-codes.ts";

/**
 * Ends this process when all that it has written has arrived, whatever is still under way: a name that is being resolved
 * cannot be called off, and nobody is to wait for it.
 */
export async function leave(code: ExitCode): Promise<void> {
  await Promise.all([written(process.stdout), written(process.stderr)]);
  process.exit(code);
}

/** A reader that is gone has read all it wants. */
function written(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed || stream.writableEnded) resolve();
    else stream.write("", () => resolve());
  });
}
