import { spawnSync } from "node:child_process";
import { decodeBytes, encodeText } from "../../../../src/domain/bytes.ts";

/** What bash makes of lines that print their arguments with a NUL byte behind each. @throws Error with its complaint. */
export function argumentsIn(lines: readonly string[]): string[] {
  const { stdout, stderr } = spawnSync("bash", [], { input: encodeText(`${lines.join("\n")}\n`), maxBuffer: 1 << 26 });
  if (stderr.length > 0) throw new Error(stderr.toString());
  return decodeBytes(stdout).split("\0").slice(0, -1);
}
