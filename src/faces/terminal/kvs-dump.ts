import type { DumpedKey, KvsDump } from "../../domain/kvs-dump.ts";
import { table } from "./table.ts";

/** Characters of a value that are shown. */
const SHOWN = 50;

/** What a server holds: a line of counts, the keys with their newest values, and who waits. */
export function formatDump({ counts, waiting, keys }: KvsDump): string {
  const { puts, gets, views, waits, served } = counts;
  const lines = [`puts ${puts}, gets ${gets}, views ${views}, waits ${waits}, of which served ${served}`];
  if (keys.length > 0) {
    const rows = keys.map((key) => [key.key, String(key.values), ...lastOf(key)]);
    lines.push("", ...table(["key", "values", "encoding", "bytes", "newest"], rows, [0, 2, 4]));
  }
  if (waiting.length > 0) {
    const rows = waiting.map(({ key, waiters }) => [key, String(waiters)]);
    lines.push("", ...table(["waited for", "waiting"], rows, [0]));
  }
  return lines.map((line) => `${line}\n`).join("");
}

function lastOf({ encoding, length, text, isWhole }: DumpedKey): string[] {
  const shown = text === undefined ? "" : text.replaceAll("\n", "\\n");
  const isCut = isWhole && shown.length > SHOWN;
  return [encoding, String(length), isCut ? `${shown.slice(0, SHOWN)}...` : shown];
}
