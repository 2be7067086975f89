import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** Paths of all files below a folder, from that folder, sorted. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => isFile(path.join(folder, name)))
    .toSorted();
}

/** Files may go while the folder is being looked at. */
function isFile(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false })?.isDirectory() === false;
}

/** One line for each file below a folder: path, when it was last written, and a digest of what it holds. */
export function fingerprint(folder: string): string[] {
  return filesBelow(folder).map((name) => {
    const { mtimeMs, ino } = lstatSync(path.join(folder, name));
    const digest = createHash("sha256")
      .update(readFileSync(path.join(folder, name)))
      .digest("hex");
    return `${name} ${ino} ${mtimeMs} ${digest}`;
  });
}
