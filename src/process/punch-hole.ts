import { execFile } from "node:child_process";
import { ftruncateSync } from "node:fs";

/** Blocks of file systems are no larger than this. */
const BLOCK = 64 * 1024;

/**
 * Frees the disk blocks between the first and the last of a file; its length stays what it is, and so does its exact count
 * of bytes. By util-linux's `fallocate`, since neither runtime offers the call. Where that is not to be had the file is
 * emptied instead: bounded disk space goes before an exact count.
 */
export function punchHole(fd: number, size: number): Promise<void> {
  const args = [
    "--punch-hole",
    "--offset",
    `${BLOCK}`,
    "--length",
    `${size - 2 * BLOCK}`,
    `/proc/${process.pid}/fd/${fd}`,
  ];
  return new Promise((resolve) => {
    execFile("fallocate", args, (error) => {
      if (error) truncate(fd);
      resolve();
    });
  });
}

function truncate(fd: number): void {
  try {
    ftruncateSync(fd, 0);
  } catch {
    // The task has ended meanwhile and its file is closed.
  }
}
