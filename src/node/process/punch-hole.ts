import { spawn } from "node:child_process";
import { errnoOf } from "../../domain/system-error.ts";

/** Blocks of file systems are no larger than this. */
const BLOCK = 64 * 1024;

/**
 * Frees the disk blocks between the first and the last ones of a file; its length stays what it is, and so does its exact count
 * of bytes. The work is done by util-linux's `fallocate`, since neither runtime offers the call. That program inherits the
 * file, so it works on this very file even if the descriptor's number means another one by then.
 *
 * @param keptEnd bytes at the end that stay, at least.
 * @returns false where holes cannot be made.
 */
export function punchHole(fd: number, size: number, keptEnd = BLOCK): Promise<boolean> {
  const end = Math.max(BLOCK, keptEnd);
  const args = [
    "--punch-hole",
    "--offset",
    `${BLOCK}`,
    "--length",
    `${Math.max(1, size - BLOCK - end)}`,
    "/proc/self/fd/0",
  ];
  return new Promise((resolve) => {
    const child = spawn("fallocate", args, { stdio: [fd, "ignore", "ignore"] });
    // Short of processes or memory: there is a next time. Not installed: there is none.
    child.once("error", (error) => resolve(errnoOf(error) !== "ENOENT"));
    child.once("exit", (code) => resolve(code === 0));
  });
}
