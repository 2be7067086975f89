import { execFileSync } from "node:child_process";

/** Who runs the tests, as the system knows it: a runtime may go by the environment. */
export function userName(): string {
  return execFileSync("id", ["-un"], { encoding: "utf8" }).trim();
}
