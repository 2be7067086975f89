import { mkdir, open, readFile } from "node:fs/promises";
import path from "node:path";
import { type KnownHost, parseKnownHosts } from "./known-hosts.ts";

/** The entries of these files, in order. A file that is missing or cannot be read has none, as for ssh. */
export async function readKnownHosts(files: readonly string[]): Promise<readonly KnownHost[]> {
  const texts = await Promise.all(files.map((file) => readFile(file, "utf8").catch(() => "")));
  return files.flatMap((file, index) => parseKnownHosts(texts[index] ?? "", file));
}

/**
 * Adds a line to a known_hosts file. What is missing is made for the user alone, the folder too.
 *
 * @throws Error of the system when the file cannot be written.
 */
export async function appendKnownHost(file: string, line: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const handle = await open(file, "a+", 0o600);
  try {
    const { size } = await handle.stat();
    const last = Buffer.alloc(1);
    if (size > 0) await handle.read(last, 0, 1, size - 1);
    // One write, so that lines of several connections do not mix.
    await handle.appendFile(size > 0 && last[0] !== 0x0a ? `\n${line}\n` : `${line}\n`);
  } finally {
    await handle.close();
  }
}
