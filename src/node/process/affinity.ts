import { readFileSync } from "node:fs";

/** The processors that this process may use, as the system writes them, such as `0-3,8`; empty where it does not say. */
export function ownAffinity(): string {
  try {
    const [, list = ""] = /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync("/proc/self/status", "latin1")) ?? [];
    return list;
  } catch {
    return "";
  }
}
