import type { Readable, Writable } from "node:stream";
import type { Environment } from "../../domain/environment.ts";
import type { Address } from "../../domain/launcher.ts";

/** Which program speaks SSH: the ssh2 library, the system's `ssh`, or whichever can do what the user's settings ask for. */
export const SSH_TRANSPORTS = ["auto", "ssh2", "openssh"] as const;

/** One of the ways to speak SSH. */
export type SshTransport = (typeof SSH_TRANSPORTS)[number];

/** One authenticated connection to a host. */
export interface SshSession {
  /** Runs a command line in the user's login shell there. @throws SshError when no channel can be opened. */
  exec(command: string): Promise<SshChannel>;
  /** Copies a file, for its owner alone to read, write and run: over SFTP with ssh2, through a shell with the system's ssh. @throws SshError */
  upload(localFile: string, remoteFile: string): Promise<void>;
  /**
   * Has a free port of the host's own loopback lead to an address here, until the session is closed.
   *
   * @returns the port.
   * @throws SshError when the host does not allow it.
   */
  forward(to: Address): Promise<number>;
  /** Closes the connection and everything that runs over it; may be called twice. */
  close(): void;
}

/** A command that runs on a host. */
export interface SshChannel {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves when the command has ended and its output has arrived, or when the connection is lost. */
  readonly ended: Promise<SshEnd>;
}

/** How a command on a host ended, as far as it is known. */
export type SshEnd =
  | { readonly type: "exited"; readonly code: number }
  | { readonly type: "killed"; readonly signal: string }
  | { readonly type: "lost"; readonly reason: string };

/** Why a host cannot be used, as a stable word. */
export type SshFailure =
  | "name-not-resolved"
  /** Nobody answered: no route, or not in time. */
  | "unreachable"
  /** The host answered that nothing listens there. */
  | "refused"
  | "host-key-unknown"
  | "host-key-changed"
  | "host-key-revoked"
  | "authentication"
  /** Anything else that SSH itself could not do. */
  | "ssh-failed";

/** A host cannot be used. The message is one line that says what, where and what to do. */
export class SshError extends Error {
  readonly code: SshFailure;

  constructor(code: SshFailure, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "SshError";
    this.code = code;
  }
}

/** The ssh2 library and a host have no algorithm in common: OpenSSH's client may know more. */
export class NoCommonAlgorithm extends Error {}

/** How sessions are opened. */
export interface SshOptions {
  readonly transport: SshTransport;
  /** The user's environment: HOME, PATH, SSH_AUTH_SOCK, USER. */
  readonly env: Environment;
  /** Gives up opening, at once, when aborted. */
  readonly signal: AbortSignal;
  /** Told what the user should know, one line at a time. */
  readonly warn: (message: string) => void;
}
