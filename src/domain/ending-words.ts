import type { Ending } from "./ending.ts";

/** Signals of Linux by their numbers, from 1; those behind have no names. */
const SIGNALS = [
  ...["HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM"],
  ...["TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF"],
  ...["WINCH", "IO", "PWR", "SYS"],
];

/** How a command ended, in the words that everybody uses: `exit 3`, `SIGKILL`, `timed out`, `out of memory`, `not started`. */
export function endingWords(ending: Ending): string {
  switch (ending.type) {
    case "exited":
      return `exit ${ending.code}`;
    case "signalled": {
      const name = SIGNALS[ending.signal - 1];
      return name === undefined ? `signal ${ending.signal}` : `SIG${name}`;
    }
    case "not-started":
      return "not started";
    case "timed-out":
      return "timed out";
    case "out-of-memory":
      return "out of memory";
    case "given-up":
      return "given up";
    case "stopped":
      return "stopped";
    case "unmet":
      return "needs too much";
    default:
      return ending satisfies never;
  }
}
