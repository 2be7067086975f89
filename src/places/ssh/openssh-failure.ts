import { SshError, type SshFailure } from "./session.ts";

/** How to tell from what OpenSSH's client prints why it failed; the first that fits counts, wherever it stands. */
const PATTERNS: ReadonlyArray<readonly [RegExp, SshFailure]> = [
  [/REVOKED HOST KEY DETECTED|host key .*\brevoked\b/i, "host-key-revoked"],
  // Not the banner above it, which also stands where StrictHostKeyChecking is no and something else goes wrong.
  [/host key .* has changed/i, "host-key-changed"],
  [/Host key verification failed|host key is known for/i, "host-key-unknown"],
  [/Could not resolve hostname/i, "name-not-resolved"],
  [/Permission denied \(|Too many authentication failures|No more authentication methods/i, "authentication"],
  [/Connection refused/i, "refused"],
  [/timed out|No route to host|Network is unreachable|connect to host .* port/i, "unreachable"],
];

/**
 * Why the system's ssh could not connect.
 *
 * @param destination as the user wrote it.
 * @param output what ssh printed on its standard error.
 */
export function opensshFailure(destination: string, output: string): SshError {
  const lines = linesOf(output);
  const [pattern, code] = PATTERNS.find(([each]) => lines.some((line) => each.test(line))) ?? [/(?!)/, "ssh-failed"];
  const line = lines.find((each) => pattern.test(each)) ?? lines.at(-1) ?? "it ended without a word";
  return new SshError(code, `${destination}: ${WORDS[code]?.(lines, destination) ?? withoutPrefix(line)}`);
}

/** The lines that tell the user of something that went well all the same. */
export function opensshWarnings(output: string): readonly string[] {
  return linesOf(output).filter((line) => /^warning:/i.test(line));
}

/** The last line that ssh printed, without what it puts before it; undefined when there is none. */
export function lastLineOf(output: string): string | undefined {
  const line = linesOf(output).at(-1);
  return line === undefined ? undefined : withoutPrefix(line);
}

/** What to say where ssh's own words are many lines, or leave open what to do. */
const WORDS: Partial<Record<SshFailure, (lines: readonly string[], destination: string) => string>> = {
  "host-key-unknown": (_lines, destination) =>
    `host key of it or of its jump host is not known: connect once with "ssh ${destination}" and check it`,
  "host-key-changed": (lines) => {
    const offending = find(lines, /^Offending (?:\S+ )?key (?:for IP )?in (\S.*?)\s*$/);
    const removal = find(lines, /^\s*(ssh-keygen .*-R .*?)\s*$/);
    const shown = find(lines, /^(SHA256:\S+?)\.?$/);
    return (
      `host key has changed: it shows ${shown ?? "another key"} but ${offending ?? "known_hosts"} says otherwise; ` +
      `if that is right, remove the old one${removal === undefined ? "" : ` with: ${removal}`}`
    );
  },
  "host-key-revoked": (lines) => {
    const line = find(lines, /^(.*host key .*\brevoked\b.*?)\.?$/i);
    return `host key is revoked${line === undefined ? "" : `: ${line}`}; give the host another key`;
  },
};

function find(lines: readonly string[], pattern: RegExp): string | undefined {
  return lines.map((line) => pattern.exec(line)?.[1]).find((found) => found !== undefined);
}

function linesOf(output: string): readonly string[] {
  return output.split(/\r?\n/).filter((line) => line.trim() !== "");
}

function withoutPrefix(line: string): string {
  return line.trim().replace(/^ssh: /, "");
}
