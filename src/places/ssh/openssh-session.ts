import { open } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import type { Address } from "../../domain/launcher.ts";
import { errnoText } from "../../domain/system-error.ts";
import type { HostSettings } from "./host-settings.ts";
import { type ClientEnd, type ClientProcess, endOfClient, startClient, startFailure } from "./openssh-client.ts";
import { lastLineOf } from "./openssh-failure.ts";
import { OpensshMaster } from "./openssh-master.ts";
import { SshError, type SshChannel, type SshEnd, type SshOptions, type SshSession } from "./session.ts";
import { drainUnread } from "./stream-end.ts";
import { whileMoving } from "./while-moving.ts";

/** Opens a session by the system's `ssh`, which finds its way by itself. @throws SshError */
export async function openOpensshSession(settings: HostSettings, options: SshOptions): Promise<SshSession> {
  return new OpensshSession(await OpensshMaster.start(settings, options), options);
}

/** Exit code of ssh when it could not do its part. A command may have it as well, and one that a signal ends always has. */
const SSH_FAILED = 255;

class OpensshSession implements SshSession {
  readonly #master: OpensshMaster;
  readonly #options: SshOptions;
  readonly #clients = new Set<ClientProcess>();

  constructor(master: OpensshMaster, options: SshOptions) {
    this.#master = master;
    this.#options = options;
  }

  async exec(command: string): Promise<SshChannel> {
    const child = this.#start([...this.#execArguments(), command]);
    await started(child, this.#destination);
    child.stdin.on("error", () => undefined);
    child.once("exit", () => {
      drainUnread(child.stdout);
      drainUnread(child.stderr);
    });
    const closed = new Promise<number | null>((resolve) => child.once("close", resolve));
    const ended = closed.then((code) => this.#endOf(code));
    return { stdin: child.stdin, stdout: child.stdout, stderr: child.stderr, ended };
  }

  async upload(localFile: string, remoteFile: string): Promise<void> {
    // Nobody else is to see even the beginning of the file: the rights come first.
    const script = `umask 077 && : >"$0" && chmod 700 -- "$0" && exec cat >"$0"`;
    const command = `exec /bin/sh -c '${script}' '${remoteFile.replaceAll("'", String.raw`'\''`)}'`;
    const failed = `cannot copy ${localFile} to ${remoteFile}`;
    const file = await open(localFile).catch((error: unknown) =>
      Promise.reject(this.#failure(failed, errnoText(error))),
    );
    const child = this.#start([...this.#execArguments(), command]);
    const ended = endOfClient(child, this.#destination);
    const source = file.createReadStream();
    // When the other side stops reading, it says why.
    const copied = pipeline(source, child.stdin).catch(errnoText);
    const copy = (moved: () => void): Promise<ClientEnd> => {
      // A piece is read when those before it have been taken.
      source.on("data", moved);
      return ended;
    };
    const end = await whileMoving(copy, (why) => {
      child.kill("SIGTERM");
      return this.#failure(failed, why);
    });
    child.stdin.destroy();
    const broken = await copied;
    if (end.code !== 0) throw this.#failure(failed, lastLineOf(end.stderr) ?? `exit code ${end.code}`);
    if (broken !== undefined) throw this.#failure(failed, broken);
  }

  async forward({ host, port }: Address): Promise<number> {
    const target = host.includes(":") ? `[${host}]` : host;
    const end = await this.#control("forward", "-R", `127.0.0.1:0:${target}:${port}`);
    const allocated = Number(/^\d+\s*$/.test(end.stdout) ? end.stdout : Number.NaN);
    if (end.code === 0 && allocated > 0) return allocated;
    throw this.#failure("the host forwards no port", lastLineOf(end.stderr) ?? `exit code ${end.code}`);
  }

  close(): void {
    for (const child of this.#clients) child.kill("SIGTERM");
    this.#master.close();
  }

  get #destination(): string {
    return this.#master.settings.destination;
  }

  #execArguments(): readonly string[] {
    const names = Object.keys(this.#master.settings.environment);
    return this.#master.clientArguments(...(names.length === 0 ? [] : ["-o", `SendEnv=${names.join(" ")}`]));
  }

  #start(args: readonly string[]): ClientProcess {
    const { environment } = this.#master.settings;
    const child = startClient(args, { ...this.#options.env, ...environment });
    this.#clients.add(child);
    child.once("close", () => this.#clients.delete(child));
    return child;
  }

  #control(request: string, ...options: readonly string[]): Promise<ClientEnd> {
    const child = this.#start(this.#master.clientArguments(...options, "-O", request));
    child.stdin.on("error", () => undefined);
    child.stdin.end();
    return endOfClient(child, this.#destination);
  }

  async #endOf(code: number | null): Promise<SshEnd> {
    if (code !== null && code !== SSH_FAILED) return { type: "exited", code };
    const isConnected = code !== null && (await this.#control("check").catch(() => undefined))?.code === 0;
    return isConnected ? { type: "exited", code } : { type: "lost", reason: await this.#whyLost() };
  }

  /** The client may notice before the one that holds the connection has ended. */
  #whyLost(): Promise<string> {
    this.close();
    return this.#master.ended;
  }

  #failure(what: string, why: string): SshError {
    return new SshError("ssh-failed", `${this.#destination}: ${what}: ${why}`);
  }
}

/** Resolves when the client has been started. @throws SshError when it cannot be. */
function started(child: ClientProcess, destination: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", (error) => reject(startFailure(destination, error)));
  });
}
