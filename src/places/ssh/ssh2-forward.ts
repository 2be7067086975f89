import { connect, type Socket } from "node:net";
import type { Client, ClientChannel } from "ssh2";
import type { Address } from "../../domain/launcher.ts";

const LOOPBACK = "127.0.0.1";

/** Ports of a host's own loopback that lead here. */
export class ForwardedPorts {
  readonly #client: Client;
  readonly #targets = new Map<number, Address>();
  readonly #sockets = new Set<Socket>();

  constructor(client: Client) {
    this.#client = client;
    client.on("tcp connection", ({ destPort }, accept, reject) => {
      const target = this.#targets.get(destPort);
      if (target === undefined) return reject();
      this.#dial(target, accept, reject);
    });
  }

  /** Resolves with the port. @throws Error when the host does not allow it. */
  open(target: Address): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#client.forwardIn(LOOPBACK, 0, (error, port) => {
        if (error) return reject(error);
        this.#targets.set(port, target);
        resolve(port);
      });
    });
  }

  /** Ends all that goes over them. */
  close(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #dial(target: Address, accept: () => ClientChannel, reject: () => void): void {
    // Either side may stop sending and go on listening.
    const socket = connect({ ...target, allowHalfOpen: true });
    this.#sockets.add(socket);
    socket.setNoDelay(true);
    socket.on("error", () => socket.destroy());
    socket.once("close", () => this.#sockets.delete(socket));
    socket.once("close", reject);
    socket.once("connect", () => {
      socket.off("close", reject);
      join(accept(), socket);
    });
  }
}

/** Hands on what comes from either side until both have said all, or one has gone. */
function join(channel: ClientChannel, socket: Socket): void {
  channel.on("error", () => undefined);
  channel.pipe(socket);
  socket.pipe(channel);
  // What has been read from the host is still written.
  channel.once("close", () => socket.destroySoon());
  socket.once("close", () => channel.close());
}
