import { table } from "./status.ts";

/** What a key-value server holds, as far as it is shown. */
export interface ShownDump {
  readonly counts: {
    readonly gets: number;
    readonly puts: number;
    readonly views: number;
    readonly waits: number;
    readonly served: number;
  };
  readonly waiting: ReadonlyArray<{ readonly key: string; readonly waiters: number }>;
  readonly keys: ReadonlyArray<{
    readonly key: string;
    readonly values: number;
    readonly encoding: string;
    readonly length: number;
    readonly text: string | undefined;
    readonly isWhole: boolean;
  }>;
}

/** Characters of a value that are shown. */
const SHOWN = 50;

/** What a server holds: a line of counts, the keys with their newest values, and who waits. */
export function formatDump({ counts, waiting, keys }: ShownDump): string {
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

function lastOf({ encoding, length, text, isWhole }: ShownDump["keys"][number]): string[] {
  const shown = text === undefined ? "" : text.replaceAll("\n", "\\n");
  const isCut = isWhole && shown.length > SHOWN;
  return [encoding, String(length), isCut ? `${shown.slice(0, SHOWN)}...` : shown];
}
