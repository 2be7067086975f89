import { readLineChunks } from "../../records/ledger/read-lines.ts";

/** Whole lines of a file that is open, without their newlines. */
export function* historyLines(fd: number): Generator<string, void, void> {
  for (const { bytes } of readLineChunks(fd)) {
    for (let from = 0; from < bytes.length;) {
      const newline = bytes.indexOf(0x0a, from);
      if (newline < 0) return;
      yield bytes.toString("utf8", from, newline);
      from = newline + 1;
    }
  }
}
