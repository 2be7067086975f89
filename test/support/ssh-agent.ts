import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { promisify } from "node:util";
import { findSystemProgram } from "./programs.ts";
import type { SshKey } from "./ssh-keys.ts";
import { until } from "./until.ts";

/** A real ssh-agent. */
export class SshAgent {
  readonly socket: string;
  readonly #process: ChildProcess;
  readonly #env: Readonly<Record<string, string>>;

  private constructor(socket: string, agent: ChildProcess, env: Readonly<Record<string, string>>) {
    this.socket = socket;
    this.#process = agent;
    this.#env = env;
  }

  /** @param socket path of a file that does not exist, shorter than 100 characters. */
  static async start(socket: string, env: Readonly<Record<string, string>>): Promise<SshAgent> {
    const program = findSystemProgram("ssh-agent", "install openssh-client");
    const child = spawn(program, ["-D", "-a", socket], { env: { ...env }, stdio: "ignore", detached: true });
    await until(
      () => existsSync(socket) || child.exitCode !== null,
      () => "the agent is ready",
    );
    if (child.exitCode !== null) throw new Error(`the agent does not start: exit code ${child.exitCode}`);
    return new SshAgent(socket, child, env);
  }

  /** Hands it a key, unlocked with its passphrase. */
  async add(key: SshKey, passphrase: string = ""): Promise<void> {
    // ssh-add has another program ask for the passphrase.
    const askpass = `${this.socket}.askpass`;
    writeFileSync(askpass, `#!/bin/sh\necho '${passphrase}'\n`, { mode: 0o700 });
    const asking = { SSH_ASKPASS: askpass, SSH_ASKPASS_REQUIRE: "force" };
    await run(findSystemProgram("ssh-add", "install openssh-client"), ["-q", key.file], {
      env: { ...this.#env, ...asking, SSH_AUTH_SOCK: this.socket },
    });
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#process.once("exit", resolve));
    this.#process.kill("SIGTERM");
    await ended;
  }
}

const run = promisify(execFile);
