import { constants } from "node:os";
import type { Ending } from "./ending.ts";

const SIGNAL_NAMES = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name]));
const ERROR_NAMES = new Map(Object.entries(constants.errno).map(([name, number]) => [number, name]));

/** How a command ended, in the words that everybody uses: `exit 3`, `SIGKILL`, `timed out`, `out of memory`, `not started (ENOENT)`. */
export function endingWords(ending: Ending): string {
  switch (ending.type) {
    case "exited":
      return `exit ${ending.code}`;
    case "signalled":
      return SIGNAL_NAMES.get(ending.signal) ?? `signal ${ending.signal}`;
    case "not-started":
      return `not started (${ERROR_NAMES.get(ending.errno) ?? `error ${ending.errno}`})`;
    case "timed-out":
      return "timed out";
    case "out-of-memory":
      return "out of memory";
    case "given-up":
      return "given up";
    case "stopped":
      return "stopped";
    default:
      return ending satisfies never;
  }
}
