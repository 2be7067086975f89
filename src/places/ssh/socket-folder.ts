import { createHash } from "node:crypto";
import { lstatSync, mkdtempSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import path from "node:path";
import type { Environment } from "../../domain/environment.ts";
import { errnoOf } from "../../domain/system-error.ts";
import { namesIn } from "../../files/look.ts";

/** The longest folder in which ssh can make a socket: 107 characters, less what is added to the name for a moment. */
const LONGEST_FOLDER = 64;

/** Tells this machine from others that share the folder. */
const HERE = createHash("sha256").update(hostname()).digest("hex").slice(0, 4);

/** A folder's name says who has made it: the machine and the process. */
const NAME = /^dbs-([0-9a-f]{4})-([0-9]+)-[A-Za-z0-9]{6}$/;

/** Makes a folder for one control socket, that only this user can enter. */
export function makeSocketFolder(env: Environment): string {
  return mkdtempSync(path.join(temporaryFolder(env), `dbs-${HERE}-${process.pid}-`));
}

/** Removes the folders that killed processes of this user have left on this machine. */
export function dropLeftFolders(env: Environment): void {
  const parent = temporaryFolder(env);
  for (const name of namesIn(parent)) {
    const [, machine, pid] = NAME.exec(name) ?? [];
    if (machine !== HERE || pid === undefined || !isGone(Number(pid))) continue;
    const folder = path.join(parent, name);
    const stat = lstatSync(folder, { throwIfNoEntry: false });
    if (stat?.isDirectory() === true && stat.uid === process.geteuid?.())
      rmSync(folder, { recursive: true, force: true });
  }
}

/** The user's folder for temporary files, unless ssh cannot have a socket there. */
function temporaryFolder(env: Environment): string {
  const folder = env["TMPDIR"] ?? "/tmp";
  return folder.startsWith("/") && folder.length <= LONGEST_FOLDER && !folder.includes("%") ? folder : "/tmp";
}

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return errnoOf(error) === "ESRCH";
  }
}
