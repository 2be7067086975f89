import { randomUUID } from "node:crypto";
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { findProcesses } from "./process-table.ts";
import { findSystemProgram } from "./programs.ts";
import { SshAgent } from "./ssh-agent.ts";
import { makeKey, type SshKey, type SshKeyOptions } from "./ssh-keys.ts";
import { SshServer, type SshServerOptions } from "./ssh-server.ts";
import { until } from "./until.ts";
import { userName } from "./user-name.ts";

const MARKER = "TEST_SSH_PLACE";

/** Lines of a `Host` block of ssh_config by keyword; the first value that ssh meets is the one that counts. */
export type HostLines = Readonly<Record<string, string | readonly string[]>>;

/**
 * A user's world of SSH for one test: a home with keys, known hosts and an ssh_config, programs `ssh`, `scp` and `sftp`
 * that go by that file, servers and agents. Closing it ends them all, and throws when something has been left behind.
 */
export class SshPlace {
  /** The user's home. */
  readonly home: string;
  /** Where programs on the servers believe to be at home. */
  readonly remoteHome: string;
  /** For temporary files; has to be empty again in the end. */
  readonly tmp: string;
  readonly knownHosts: string;
  /** The user's environment: `ssh` in its PATH goes by the place's ssh_config. */
  readonly env: Readonly<Record<string, string>>;
  /** Opens every server; the file has no passphrase. */
  readonly key: SshKey;
  readonly #folder: string;
  readonly #id: string;
  readonly #config: string;
  readonly #servers: SshServer[] = [];
  readonly #agents: SshAgent[] = [];
  readonly #authorized: string[] = [];

  private constructor(folder: string, id: string, key: SshKey) {
    this.#folder = folder;
    this.#id = id;
    this.key = key;
    this.#authorized.push(key.publicLine);
    this.home = path.join(folder, "home");
    this.remoteHome = path.join(folder, "remote");
    this.tmp = path.join(folder, "tmp");
    this.knownHosts = path.join(this.home, ".ssh", "known_hosts");
    this.#config = path.join(this.home, ".ssh", "config");
    const bin = path.join(folder, "bin");
    for (const each of [this.remoteHome, this.tmp, bin]) mkdirSync(each);
    this.env = {
      PATH: `${bin}:${process.env["PATH"] ?? "/usr/bin:/bin"}`,
      HOME: this.home,
      USER: userName(),
      LANG: "C.UTF-8",
      TMPDIR: this.tmp,
      [MARKER]: id,
    };
    writeFileSync(this.#config, "");
    writeFileSync(this.knownHosts, "");
    for (const name of ["ssh", "scp", "sftp"]) this.#writeWrapper(bin, name);
  }

  static async open(): Promise<SshPlace> {
    // Paths of sockets must be short, so the usual folder for temporary files may be too deep.
    const folder = mkdtempSync("/tmp/dbssh-");
    mkdirSync(path.join(folder, "home", ".ssh"), { recursive: true, mode: 0o700 });
    const key = await makeKey(path.join(folder, "home", ".ssh", "id_ed25519"));
    return new SshPlace(folder, randomUUID(), key);
  }

  /** Makes another pair of keys in the user's ~/.ssh, which opens the servers that are started from now on. */
  async makeKey(name: string, options: SshKeyOptions = {}): Promise<SshKey> {
    const key = await makeKey(path.join(this.home, ".ssh", name), options);
    this.#authorized.push(key.publicLine);
    return key;
  }

  /** Starts a server that nobody knows yet. */
  async startServer(options: SshServerOptions = {}): Promise<SshServer> {
    const folder = path.join(this.#folder, `server${this.#servers.length}`);
    mkdirSync(folder);
    const env = { HOME: this.remoteHome, [MARKER]: this.#id };
    const authorizedKeys = this.#authorized.map((line) => `${line}\n`).join("");
    const server = await SshServer.start({ folder, env, authorizedKeys }, options);
    this.#servers.push(server);
    return server;
  }

  /** Starts a server that the user's ssh reaches by a name, and knows. */
  async startHost(alias: string, options: SshServerOptions = {}, lines: HostLines = {}): Promise<SshServer> {
    const server = await this.startServer(options);
    this.nameHost(alias, server, lines);
    this.know(server);
    return server;
  }

  async startAgent(): Promise<SshAgent> {
    const agent = await SshAgent.start(path.join(this.#folder, `agent${this.#agents.length}`), this.env);
    this.#agents.push(agent);
    return agent;
  }

  /** Adds a `Host` block to the user's ssh_config. */
  nameHost(alias: string, server: { readonly host: string; readonly port: number }, lines: HostLines = {}): void {
    const defaults: HostLines = {
      HostName: server.host,
      Port: `${server.port}`,
      IdentityFile: this.key.file,
      IdentityAgent: "none",
      UserKnownHostsFile: this.knownHosts,
      GlobalKnownHostsFile: "/dev/null",
    };
    const block = Object.entries({ ...lines, ...without(defaults, lines) }).flatMap(([keyword, value]) =>
      (typeof value === "string" ? [value] : value).map((each) => `  ${keyword} ${each}\n`),
    );
    appendFileSync(this.#config, `Host ${alias}\n${block.join("")}`);
  }

  /** Adds a server's keys to the user's known_hosts. */
  know(server: SshServer): void {
    for (const { publicLine } of server.hostKeys) {
      appendFileSync(this.knownHosts, `[${server.host}]:${server.port} ${publicLine}\n`);
    }
  }

  /** @throws Error naming what was left behind: processes, temporary files, open connections. */
  async close(): Promise<void> {
    const leaks: string[] = [];
    for (const server of this.#servers) await server.stop().catch((error: unknown) => leaks.push(String(error)));
    await Promise.all(this.#agents.map((agent) => agent.stop()));
    // What a closed session ran on a server may need a moment to end.
    await until(
      () => this.#processes().length === 0,
      () => "processes have ended",
    ).catch(() => leaks.push(...this.#processes().map(({ pid, command }) => `process ${pid}: ${command}`)));
    for (const { pid } of this.#processes()) process.kill(pid, "SIGKILL");
    await until(
      () => readdirSync(this.tmp).length === 0,
      () => "temporary files are removed",
    ).catch(() => leaks.push(...readdirSync(this.tmp).map((name) => `temporary file: ${name}`)));
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
    if (leaks.length > 0) throw new Error(`left behind:\n${leaks.map((leak) => `  ${leak}`).join("\n")}`);
  }

  #processes(): readonly { readonly pid: number; readonly command: string }[] {
    return findProcesses(`${MARKER}=${this.#id}`, this.#folder);
  }

  #writeWrapper(bin: string, name: string): void {
    const program = findSystemProgram(name, "install openssh-client");
    const inner = name === "ssh" ? "" : ` -S ${path.join(bin, "ssh")}`;
    const script = `#!/bin/sh\nexec ${program} -F ${this.#config}${inner} "$@"\n`;
    writeFileSync(path.join(bin, name), script, { mode: 0o755 });
  }
}

/** The lines whose keywords do not stand in others, whatever their case. */
function without(lines: HostLines, others: HostLines): HostLines {
  const taken = new Set(Object.keys(others).map((keyword) => keyword.toLowerCase()));
  return Object.fromEntries(Object.entries(lines).filter(([keyword]) => !taken.has(keyword.toLowerCase())));
}
