import { endingWords } from "../../domain/ending-words.ts";
import type { Ending } from "../../domain/ending.ts";
import { formatBytes } from "./numbers.ts";

/** Errors with which Linux refuses to start a command. */
const ERRORS: Readonly<Record<number, string>> = {
  2: "no such file",
  7: "arguments too long",
  8: "not a program",
  11: "too many processes",
  12: "no memory",
  13: "not permitted to run it",
  20: "not a folder",
  24: "too many open files",
  26: "file is being written",
  40: "too many links",
};

/** How a command ended: `exit 3`, `SIGKILL`, `not started: no such file`, `out of memory: held 2.1 GiB of 2 GiB`. */
export function formatEnding(ending: Ending): string {
  const words = endingWords(ending);
  if (ending.type === "not-started") return `${words}: ${ERRORS[ending.errno] ?? `error ${ending.errno}`}`;
  if (ending.type !== "out-of-memory") return words;
  return `${words}: held ${formatBytes(ending.used)} of ${formatBytes(ending.limit)}`;
}
