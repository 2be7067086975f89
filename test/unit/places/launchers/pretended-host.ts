import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, copyFileSync, mkdirSync } from "node:fs";
import path from "node:path";
import { onTestFinished } from "vitest";
import { signal } from "../../../../src/node/process/process-table.ts";
import { type SshChannel, type SshEnd, SshError, type SshSession } from "../../../../src/places/ssh/session.ts";
import { scratchFolder } from "../../node/process/scratch.ts";

export interface HostOptions {
  /** The shell that a login gets. */
  readonly shell?: string;
  /** What its start-up files do: commands of that shell. */
  readonly startUp?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What becomes of a copy. */
  readonly upload?: (local: string, remote: string) => Promise<void>;
  readonly forward?: () => Promise<number>;
  /** Whether it takes commands and never begins with them. */
  readonly hangs?: boolean;
}

/** A host, as a session shows it, that is really this machine with another home. */
export class PretendedHost implements SshSession {
  readonly home: string;
  /** How often it has been closed by who uses it. */
  closed = 0;
  uploads = 0;
  forwarded: { readonly host: string; readonly port: number }[] = [];
  commands: string[] = [];
  readonly #options: HostOptions;
  readonly #children = new Set<ChildProcess>();
  #gone = false;
  #lose: (end: SshEnd) => void = () => undefined;
  readonly #lost = new Promise<SshEnd>((resolve) => (this.#lose = resolve));

  constructor(options: HostOptions = {}) {
    this.#options = options;
    this.home = path.join(scratchFolder(), "home");
    mkdirSync(this.home);
    onTestFinished(async () => {
      for (const child of this.#children) {
        if (child.pid !== undefined) signal(-child.pid, "SIGKILL");
        if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
      }
    });
  }

  async exec(command: string): Promise<SshChannel> {
    if (this.#gone) throw new SshError("ssh-failed", "there is no connection");
    this.commands.push(command);
    if (this.#options.hangs === true) return new Promise(() => undefined);
    const { shell = "/bin/bash", startUp = ":", env } = this.#options;
    const child = spawn(shell, ["-c", `${startUp}\n${command}`], {
      env: { PATH: "/usr/bin:/bin", HOME: this.home, ...env },
      detached: true,
      stdio: "pipe",
    });
    this.#children.add(child);
    const exited = new Promise<SshEnd>((resolve) => {
      child.once("close", (code, killer) => {
        resolve(code === null ? { type: "killed", signal: killer ?? "" } : { type: "exited", code });
      });
    });
    child.stdin.on("error", () => undefined);
    const ended = Promise.race([exited, this.#lost]);
    return { stdin: child.stdin, stdout: child.stdout, stderr: child.stderr, ended };
  }

  async upload(local: string, remote: string): Promise<void> {
    this.uploads++;
    if (this.#options.upload !== undefined) return this.#options.upload(local, remote);
    copyFileSync(local, remote);
    chmodSync(remote, 0o700);
  }

  async forward(to: { readonly host: string; readonly port: number }): Promise<number> {
    this.forwarded.push(to);
    return (await this.#options.forward?.()) ?? 40_000;
  }

  /** As when the cable is cut: nothing there hears of it. */
  lose(): void {
    this.#gone = true;
    this.#lose({ type: "lost", reason: "the connection to web1 is lost" });
  }

  close(): void {
    this.closed++;
    for (const child of this.#children) child.stdin?.destroy();
    this.lose();
  }
}
