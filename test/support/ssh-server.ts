import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { userInfo } from "node:os";
import path from "node:path";
import { childrenOf } from "./child-processes.ts";
import { isAlive } from "./process-table.ts";
import { findSystemProgram } from "./programs.ts";
import { makeKey, type SshKey, type SshKeyType } from "./ssh-keys.ts";
import { until } from "./until.ts";
import { userName } from "./user-name.ts";

export interface SshServerOptions {
  /** Of the keys by which the server shows who it is; one of ed25519 when left out. */
  readonly hostKeyTypes?: readonly SshKeyType[];
  /** `yes` when left out. */
  readonly allowTcpForwarding?: "yes" | "no" | "local" | "remote";
  /** Variables for everything that is run on the server. */
  readonly env?: Readonly<Record<string, string>>;
  /** More lines of sshd_config; they count before all others. */
  readonly config?: readonly string[];
}

/** What a server keeps where, and who may log in. */
export interface SshServerPlace {
  /** The server's own folder, which exists. */
  readonly folder: string;
  /** For the server and all that is run on it. */
  readonly env: Readonly<Record<string, string>>;
  /** Public keys, one on each line. */
  readonly authorizedKeys: string;
}

/** A real OpenSSH server on a port of the loopback, run by the user who runs the tests, who alone can log in. */
export class SshServer {
  readonly host = "127.0.0.1";
  readonly port: number;
  readonly hostKeys: readonly SshKey[];
  readonly #process: ChildProcess;
  readonly #log: () => string;

  private constructor(port: number, hostKeys: readonly SshKey[], sshd: ChildProcess, log: () => string) {
    this.port = port;
    this.hostKeys = hostKeys;
    this.#process = sshd;
    this.#log = log;
  }

  /** Resolves when it accepts connections. @throws Error with the server's log when it does not. */
  static async start(place: SshServerPlace, options: SshServerOptions = {}): Promise<SshServer> {
    const sshd = findSystemProgram("sshd", "install openssh-server");
    const types = options.hostKeyTypes ?? ["ed25519"];
    const hostKeys = await Promise.all(types.map((type) => makeKey(path.join(place.folder, `host_${type}`), { type })));
    makePrivilegeSeparationFolder();
    writeFileSync(path.join(place.folder, "authorized_keys"), place.authorizedKeys);
    const configFile = path.join(place.folder, "sshd_config");
    // Another program may take the port between our look at it and the server's.
    for (let attempt = 1; ; attempt++) {
      const port = await freePort();
      writeFileSync(configFile, configOf(place, options, port, hostKeys));
      const child = spawn(sshd, ["-D", "-e", "-f", configFile], {
        env: { ...place.env },
        stdio: ["ignore", "ignore", "pipe"],
        // Ctrl-C ends the tests, which then end the server.
        detached: true,
      });
      const log = collect(child);
      await until(
        () => log().includes("Server listening on") || child.exitCode !== null,
        () => `the server is ready: ${log()}`,
      );
      if (child.exitCode === null) return new SshServer(port, hostKeys, child, log);
      if (attempt === 5) throw new Error(`the server does not start: ${log()}`);
    }
  }

  /** What the server has written so far. */
  log(): string {
    return this.#log();
  }

  /** Process ids of its connections, one or more for each. */
  connections(): readonly number[] {
    return childrenOf(this.#process.pid ?? -1);
  }

  /** Ends the processes of all its connections at once, as a crash would. */
  dropConnections(): void {
    this.#signalConnections("SIGKILL");
  }

  /** Has its connections fall silent, as a host that hangs would; `dropConnections` ends them. */
  freezeConnections(): void {
    this.#signalConnections("SIGSTOP");
  }

  #signalConnections(signal: NodeJS.Signals): void {
    for (const pid of this.connections().flatMap((child) => [child, ...childrenOf(child)])) kill(pid, signal);
  }

  /** Ends it. @throws Error when a client has left a connection open. */
  async stop(): Promise<void> {
    const isFree = await until(
      () => this.connections().length === 0,
      () => "connections are closed",
    ).then(
      () => true,
      () => false,
    );
    if (!isFree) this.dropConnections();
    const pid = this.#process.pid ?? -1;
    kill(pid, "SIGTERM");
    await until(
      () => !isAlive(pid),
      () => "the server has ended",
    );
    if (!isFree) throw new Error(`left behind: connections to the server of port ${this.port}: ${this.#log()}`);
  }
}

function configOf(place: SshServerPlace, options: SshServerOptions, port: number, hostKeys: readonly SshKey[]): string {
  const variables = Object.entries({ ...place.env, ...options.env });
  return [
    ...(options.config ?? []),
    `Port ${port}`,
    "ListenAddress 127.0.0.1",
    ...hostKeys.map(({ file }) => `HostKey ${file}`),
    `AuthorizedKeysFile ${path.join(place.folder, "authorized_keys")}`,
    "PasswordAuthentication no",
    "KbdInteractiveAuthentication no",
    "PermitRootLogin prohibit-password",
    `AllowUsers ${userName()}`,
    "StrictModes no",
    "UsePAM no",
    "PidFile none",
    "PrintMotd no",
    "PrintLastLog no",
    "MaxStartups 200",
    "LogLevel VERBOSE",
    `AllowTcpForwarding ${options.allowTcpForwarding ?? "yes"}`,
    "Subsystem sftp internal-sftp",
    `SetEnv ${variables.map(([name, value]) => `"${name}=${value}"`).join(" ")}`,
    "",
  ].join("\n");
}

/** sshd refuses to start as root where this folder is missing. */
function makePrivilegeSeparationFolder(): void {
  if (userInfo().uid === 0) mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
}

/** A port of the loopback that nobody uses just now. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port to be had");
  return address.port;
}

function collect(child: ChildProcess): () => string {
  const chunks: Buffer[] = [];
  child.stderr?.on("data", (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString("utf8");
}

function kill(pid: number, signal: NodeJS.Signals = "SIGKILL"): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended by itself meanwhile.
  }
}
