import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import path from "node:path";
import { sshArguments } from "./destination.ts";
import type { HostSettings } from "./host-settings.ts";
import { keepaliveOf } from "./keepalive.ts";
import { CONNECT_LIMIT, connectLimit, LOGIN_LIMIT, seconds, waitFor } from "./limits.ts";
import { noAnswer } from "./network-failure.ts";
import { type ClientProcess, keepTail, startClient, startFailure } from "./openssh-client.ts";
import { lastLineOf, opensshFailure, opensshWarnings } from "./openssh-failure.ts";
import type { SshError, SshOptions } from "./session.ts";
import { dropLeftFolders, makeSocketFolder } from "./socket-folder.ts";

/** The `ssh` that holds the connection; others reach the host through its control socket. It ends when this process does. */
export class OpensshMaster {
  /** Whether folders that killed processes have left have been looked for. */
  static #hasTidied = false;
  readonly settings: HostSettings;
  /** Resolves with why the connection ended. */
  readonly ended: Promise<string>;
  readonly #process: ClientProcess;
  readonly #socket: string;

  private constructor(settings: HostSettings, child: ClientProcess, socket: string, ended: Promise<string>) {
    this.settings = settings;
    this.#process = child;
    this.#socket = socket;
    this.ended = ended;
  }

  /** Resolves when the user is logged in. @throws SshError */
  static async start(settings: HostSettings, options: SshOptions): Promise<OpensshMaster> {
    if (!OpensshMaster.#hasTidied) dropLeftFolders(options.env);
    OpensshMaster.#hasTidied = true;
    const folder = makeSocketFolder(options.env);
    const socket = path.join(folder, "s");
    const token = randomUUID();
    const child = startClient(masterArguments(settings, socket, token), options.env);
    child.stdin.on("error", () => undefined);
    const said = keepTail(child.stderr);
    const remove = (): void => rmSync(folder, { recursive: true, force: true });
    const ended = new Promise<string>((resolve) => {
      child.once("error", remove);
      child.once("close", () => {
        remove();
        resolve(lastLineOf(said()) ?? "the connection was closed");
      });
    });
    const failed = new Promise<never>((_resolve, reject) => {
      child.once("error", (error) => reject(startFailure(settings.destination, error)));
      void ended.then(() => reject(opensshFailure(settings.destination, said())));
    });
    const master = new OpensshMaster(settings, child, socket, ended);
    const patience = connectLimit(settings) + LOGIN_LIMIT;
    const late = (): SshError => noAnswer(settings, seconds(patience));
    const limits = { signal: options.signal, patience, late };
    await waitFor(Promise.race([printed(child, token), failed]), limits, () => master.close());
    for (const warning of opensshWarnings(said())) options.warn(`${settings.destination}: ${warning}`);
    return master;
  }

  /** The arguments by which a client reaches the host through this connection, and never by itself. */
  clientArguments(...options: readonly string[]): readonly string[] {
    // Settings have been applied where the connection was made: RemoteCommand or RequestTTY must not come in again.
    const alone = ["-F", "/dev/null", "-o", "ProxyCommand=false", "-o", "BatchMode=yes"];
    return [...alone, "-S", this.#socket, "-T", "-a", "-x", ...options, "--", "host"];
  }

  close(): void {
    const child = this.#process;
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), ENDING_LIMIT);
    child.once("exit", () => clearTimeout(timer));
  }
}

/** How long ssh may take to end when it is told to, in milliseconds. */
const ENDING_LIMIT = 2000;

function masterArguments(settings: HostSettings, socket: string, token: string): readonly string[] {
  const { connectTimeout, destination } = settings;
  const { interval, countMax } = keepaliveOf(settings);
  const timeout = connectTimeout === undefined ? [`ConnectTimeout=${CONNECT_LIMIT / 1000}`] : [];
  const options = [
    "BatchMode=yes",
    "ControlPersist=no",
    "RemoteCommand=none",
    "PermitLocalCommand=no",
    "ClearAllForwardings=yes",
    "LogLevel=INFO",
    `ServerAliveInterval=${interval}`,
    `ServerAliveCountMax=${countMax}`,
    ...timeout,
  ];
  // The command lives as long as its input is open, and says when it is there.
  const command = `echo ${token}; exec cat >/dev/null`;
  const flags = options.flatMap((option) => ["-o", option]);
  return ["-M", "-S", socket, "-T", "-a", "-x", ...flags, ...sshArguments(destination), command];
}

/** Resolves when a word has come that nobody else prints, whatever a login prints before it. */
function printed(child: ClientProcess, token: string): Promise<void> {
  // The last characters, which may be the beginning of the word.
  let tail = "";
  return new Promise((resolve) => {
    child.stdout.on("data", (chunk: Buffer) => {
      const text = tail + chunk.toString("latin1");
      if (text.includes(token)) resolve();
      tail = text.slice(-token.length);
    });
  });
}
