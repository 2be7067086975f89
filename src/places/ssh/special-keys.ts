import { readFile } from "node:fs/promises";

/** Names of hardware keys that ssh tries unasked; the public half may be missing. */
const DEFAULT_HARDWARE_KEY = /\/id_(?:ecdsa|ed25519)_sk$/;

/**
 * Which of these keys the ssh2 library cannot use, in words: one with a certificate beside it, or one that lives in
 * hardware. Undefined when there is none. Files that are missing or cannot be read do not count.
 */
export async function findSpecialKey(identityFiles: readonly string[]): Promise<string | undefined> {
  for (const file of identityFiles) {
    const [certificate, publicKey] = await Promise.all([firstWordOf(`${file}-cert.pub`), firstWordOf(`${file}.pub`)]);
    if (certificate !== undefined) return `the certificate ${file}-cert.pub`;
    const isHardware =
      publicKey === undefined
        ? DEFAULT_HARDWARE_KEY.test(file) && (await firstWordOf(file)) !== undefined
        : publicKey.startsWith("sk-");
    if (isHardware) return `the hardware key ${file}`;
  }
  return undefined;
}

/** The first word of a file; undefined when it cannot be read. */
async function firstWordOf(file: string): Promise<string | undefined> {
  try {
    return /^\S*/.exec(await readFile(file, "utf8"))?.[0];
  } catch {
    return undefined;
  }
}
