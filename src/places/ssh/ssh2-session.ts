import type { Address } from "../../domain/launcher.ts";
import { errnoText } from "../../domain/system-error.ts";
import type { HostSettings } from "./host-settings.ts";
import type { Hop } from "./hop.ts";
import { SshError, type SshChannel, type SshOptions, type SshSession } from "./session.ts";
import { channelOf } from "./ssh2-channel.ts";
import { ForwardedPorts } from "./ssh2-forward.ts";
import { connectThrough } from "./ssh2-route.ts";
import { upload } from "./ssh2-upload.ts";

/** Opens a session by the ssh2 library. @param route the jump hosts in order, then the host itself. @throws SshError */
export async function openSsh2Session(route: readonly HostSettings[], options: SshOptions): Promise<SshSession> {
  return new Ssh2Session(await connectThrough(route, options));
}

class Ssh2Session implements SshSession {
  readonly #hops: readonly Hop[];
  readonly #host: Hop;
  readonly #ports: ForwardedPorts;

  constructor(hops: readonly [Hop, ...Hop[]]) {
    this.#hops = hops.toReversed();
    this.#host = this.#hops[0] ?? hops[0];
    this.#ports = new ForwardedPorts(this.#host.client);
    void this.#host.ended.then(() => this.close());
  }

  async exec(command: string): Promise<SshChannel> {
    const { client, ended, settings } = this.#host;
    const opened = new Promise<SshChannel>((resolve, reject) => {
      // Variables that the host does not take are left out: it is not asked to say so.
      const env = { ...settings.environment };
      client.exec(command, { env }, (error, channel) => {
        if (error) reject(error);
        // Listened to at once: how a short command ended may have come together with the news that it runs.
        else resolve(channelOf(channel, ended));
      });
    });
    return this.#attempt("no command can be run", opened);
  }

  async upload(localFile: string, remoteFile: string): Promise<void> {
    const copied = upload(this.#host.client, localFile, remoteFile);
    await this.#attempt(`cannot copy ${localFile} to ${remoteFile}`, copied);
  }

  async forward(to: Address): Promise<number> {
    if (!this.#host.mayForward) throw this.#failure("no port is forwarded", new Error("its host key has changed"));
    return this.#attempt("the host forwards no port", this.#ports.open(to));
  }

  close(): void {
    this.#ports.close();
    for (const hop of this.#hops) hop.close();
  }

  /** Waits for an answer of the host, which does not come when the connection is lost. */
  #attempt<T>(what: string, work: Promise<T>): Promise<T> {
    const lost = this.#host.ended.then((reason) => Promise.reject(new Error(reason)));
    return Promise.race([work, lost]).catch((error: unknown) => Promise.reject(this.#failure(what, error)));
  }

  #failure(what: string, error: unknown): SshError {
    return new SshError("ssh-failed", `${this.#host.settings.destination}: ${what}: ${errnoText(error)}`, error);
  }
}
