import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { findSystemProgram } from "./programs.ts";

export type SshKeyType = "ed25519" | "ecdsa" | "rsa";

/** A pair of keys in files. */
export interface SshKey {
  /** Path of the private one. */
  readonly file: string;
  /** The public one as it stands in its file: type, base64, comment. */
  readonly publicLine: string;
}

export interface SshKeyOptions {
  readonly type?: SshKeyType;
  readonly passphrase?: string;
  readonly comment?: string;
}

/** Makes a pair of keys: FILE and FILE.pub. */
export async function makeKey(file: string, options: SshKeyOptions = {}): Promise<SshKey> {
  const { type = "ed25519", passphrase = "", comment = "test" } = options;
  // Short ones are made sooner; nobody attacks them.
  const bits = type === "rsa" ? ["-b", "2048"] : [];
  await run(keygen(), ["-q", "-t", type, ...bits, "-N", passphrase, "-C", comment, "-f", file]);
  return { file, publicLine: readFileSync(`${file}.pub`, "utf8").trim() };
}

/** Hashes the names of hosts in a known_hosts file, and leaves nothing of the old one. */
export async function hashKnownHosts(file: string): Promise<void> {
  await run(keygen(), ["-q", "-H", "-f", file]);
}

const run = promisify(execFile);

function keygen(): string {
  return findSystemProgram("ssh-keygen", "install openssh-client");
}
