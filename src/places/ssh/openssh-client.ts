import { spawn, type ChildProcessByStdio } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import type { Environment } from "../../domain/environment.ts";
import { errnoOf } from "../../domain/system-error.ts";
import { SshError } from "./session.ts";

/** A process of the system's `ssh`. */
export type ClientProcess = ChildProcessByStdio<Writable, Readable, Readable>;

/** The system has no `ssh`. */
export class NotInstalled extends Error {}

/**
 * Keeps ssh from asking: nobody is there to answer, and a run would hang. Old versions ask by a window, whatever BatchMode
 * says.
 */
const NEVER_ASK = { SSH_ASKPASS: "/bin/false", SSH_ASKPASS_REQUIRE: "never" };

/** Starts the user's `ssh`, out of reach of the terminal: Ctrl-C there is for others to deal with. */
export function startClient(args: readonly string[], env: Environment): ClientProcess {
  return spawn("ssh", args, { env: { ...env, ...NEVER_ASK }, stdio: ["pipe", "pipe", "pipe"], detached: true });
}

/** How a client ended, and the end of what it printed. */
export interface ClientEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Reads to its end what a client prints. @throws SshError when it cannot be started. */
export function endOfClient(child: ClientProcess, destination: string): Promise<ClientEnd> {
  const stdout = keepTail(child.stdout);
  const stderr = keepTail(child.stderr);
  return new Promise((resolve, reject) => {
    child.once("error", (error) => reject(startFailure(destination, error)));
    child.once("close", (code) => resolve({ code, stdout: stdout(), stderr: stderr() }));
  });
}

/** Bytes of a client's output that are kept at least: why it failed stands at the end, after whatever a login prints. */
const TAIL = 65_536;

/** Keeps the end of what a stream brings. @returns what tells the end of it so far. */
export function keepTail(stream: Readable): () => string {
  let chunks: Buffer[] = [];
  let size = 0;
  stream.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    size += chunk.length;
    if (size <= 2 * TAIL) return;
    chunks = [Buffer.from(Buffer.concat(chunks).subarray(-TAIL))];
    size = TAIL;
  });
  return () => Buffer.concat(chunks).toString("utf8");
}

/** Why no `ssh` can be started. */
export function startFailure(destination: string, error: Error): SshError {
  if (errnoOf(error) !== "ENOENT")
    return new SshError("ssh-failed", `${destination}: ssh does not start: ${error.message}`);
  const cause = new NotInstalled(error.message);
  return new SshError("ssh-failed", `${destination}: there is no ssh in PATH: install OpenSSH's client`, cause);
}
