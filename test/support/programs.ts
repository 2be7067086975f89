import { accessSync, constants } from "node:fs";
import path from "node:path";

/** Where programs stand that only administrators have in PATH. */
const SYSTEM_FOLDERS = ["/usr/sbin", "/sbin", "/usr/local/sbin"];

/** Absolute path of a program. @throws Error that says what to do when there is none. */
export function findSystemProgram(name: string, advice: string): string {
  const folders = [...(process.env["PATH"] ?? "").split(path.delimiter), ...SYSTEM_FOLDERS];
  const found = folders.map((folder) => path.join(folder, name)).find((file) => isExecutable(file));
  if (found === undefined) throw new Error(`these tests need ${name}: ${advice}`);
  return found;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
