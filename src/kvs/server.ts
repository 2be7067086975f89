import { createServer, type Server, type Socket } from "node:net";
import { hostname } from "node:os";
import { UserError } from "../domain/errors.ts";
import { errnoText } from "../domain/system-error.ts";
import { formatAddress, type KvsAddress } from "./address.ts";
import type { KeyValues } from "./key-values.ts";
import { KVS_LIMITS, type KvsLimits } from "./limits.ts";
import { hadSentAnything } from "./last-words.ts";
import { LocalValues } from "./local-values.ts";
import { type ConnectionHost, ServedConnection } from "./served-connection.ts";
import { SocketOwners } from "./socket-owner.ts";
import { KvsStore } from "./store.ts";
import { SparseWarnings } from "./sparse-warnings.ts";
import { UnreadAnswers } from "./unread-answers.ts";

/** Told in lines what a server has to say. */
export interface KvsLog {
  /** What somebody has to hear of: a client that is not served, a limit that is reached. */
  warning(line: string): void;
  info(line: string): void;
}

/** How a server listens. */
export interface KvsServerSettings {
  /** A name or address to listen at; the loopback as a rule. */
  readonly host: string;
  /** 0 for any. */
  readonly port: number;
  /** Serves whoever calls, other users and other hosts, too. */
  readonly open: boolean;
  readonly limits?: KvsLimits | undefined;
  readonly log: KvsLog;
  /** Told of each caller that is lost, see `lostCallers`. */
  readonly onLost?: () => void;
}

/** Addresses that stand for all of this machine's. Programs elsewhere reach it by its name. */
const ANY_HOST: ReadonlySet<string> = new Set(["0.0.0.0", "::"]);

/** Callers that may wait until they are accepted. */
const BACKLOG = 4096;

/** Why a caller is not served that may be anybody's. */
const UNKNOWN = "it had closed its connection before anybody could tell whose it was";
/** What is lost of such a caller. */
const LOST = "what it had put is not taken";
const NOTHING_LOST = "it had put nothing, or has taken that back";

/** Why a server ends that this process closes. */
const CLOSED_HERE = "the key-value server has ended";

/** A key-value server that listens. */
export class KvsServer {
  /** Where programs find it. */
  readonly address: KvsAddress;
  /** Its values, for this process. Limits do not hold for it. */
  readonly local: KeyValues;
  /** Resolves when it listens no more, with the reason: a client that has sent `down`, or `close()`. */
  readonly closed: Promise<string>;
  readonly #server: Server;
  readonly #owners: SocketOwners | undefined;
  readonly #limits: KvsLimits;
  readonly #log: KvsLog;
  readonly #onLost: () => void;
  readonly #warnings: SparseWarnings;
  readonly #host: ConnectionHost;
  readonly #sockets = new Set<Socket>();
  #lostCallers = 0;
  #noteClosed: (why: string) => void = () => undefined;
  #ended: Promise<void> | undefined;

  private constructor(server: Server, settings: KvsServerSettings, owners: SocketOwners | undefined) {
    const bound = server.address();
    const host = ANY_HOST.has(settings.host) ? hostname() : settings.host;
    this.address = { host, port: typeof bound === "object" ? (bound?.port ?? 0) : 0 };
    this.#server = server;
    this.#owners = owners;
    this.#limits = settings.limits ?? KVS_LIMITS;
    this.#log = settings.log;
    this.#onLost = settings.onLost ?? (() => undefined);
    this.#warnings = new SparseWarnings((line) => settings.log.warning(line));
    const store = new KvsStore(this.#limits, (monitorKey, why) =>
      this.#warnings.warning(`the monitor key ${JSON.stringify(monitorKey)} is not told of an event: ${why}`),
    );
    this.closed = new Promise((resolve) => (this.#noteClosed = resolve));
    this.local = new LocalValues(store, this.closed);
    this.#host = {
      store,
      limits: this.#limits,
      memory: { used: 0 },
      unread: new UnreadAnswers(),
      warning: (line) => this.#warnings.warning(line),
      shutdown: () => void this.#end("a client has shut the key-value server down"),
    };
  }

  /**
   * Begins to listen.
   *
   * @throws UserError `kvs-not-listening`, `kvs-owners-unknown` where nobody can tell whose programs call.
   */
  static async open(settings: KvsServerSettings): Promise<KvsServer> {
    const owners = settings.open ? undefined : new SocketOwners();
    let accept: (socket: Socket) => void = (socket) => socket.destroy();
    // Nothing is read before it is known whose it is.
    const server = createServer({ noDelay: true, pauseOnConnect: true }, (socket) => accept(socket));
    try {
      await owners?.getReady();
      await listening(server, settings);
    } catch (error) {
      await owners?.close();
      throw error;
    }
    const kvs = new KvsServer(server, settings, owners);
    accept = (socket) => kvs.#accept(socket);
    server.on("error", (error) => kvs.#warnings.warning(`the key-value server: ${errnoText(error)}`));
    return kvs;
  }

  /** Programs that are connected. */
  get callers(): number {
    return this.#sockets.size;
  }

  /** How many had sent something, and closed before anybody could tell whose they were: it is not taken. */
  get lostCallers(): number {
    return this.#lostCallers;
  }

  /** Closes all connections, and listens no more. */
  close(): Promise<void> {
    return this.#end(CLOSED_HERE);
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    if (this.#sockets.size > this.#limits.connections) {
      return this.#turnAway(socket, `there are ${this.#limits.connections} connections already`);
    }
    if (this.#owners === undefined) return this.#serve(socket);
    void this.#serveOwn(socket, this.#owners);
  }

  /** Asks at once whose it is: the kernel forgets the owner of a socket soon after its end. */
  async #serveOwn(socket: Socket, owners: SocketOwners): Promise<void> {
    const ignore = () => undefined;
    socket.on("error", ignore);
    const { remoteAddress, remotePort, localAddress, localPort } = socket;
    if (
      remoteAddress === undefined ||
      remotePort === undefined ||
      localAddress === undefined ||
      localPort === undefined
    )
      return this.#turnAwayUnknown(socket);
    const owner = await owners.of(
      { address: remoteAddress, port: remotePort },
      { address: localAddress, port: localPort },
    );
    if (this.#ended !== undefined) return;
    switch (owner.type) {
      case "own":
        socket.off("error", ignore);
        return this.#serve(socket);
      case "other":
        return this.#turnAway(socket, `it belongs to user ${owner.uid}`);
      case "unknown":
        return this.#turnAwayUnknown(socket);
      default:
        return owner satisfies never;
    }
  }

  #serve(socket: Socket): void {
    new ServedConnection(socket, this.#host, nameOf(socket)).begin();
  }

  async #turnAwayUnknown(socket: Socket): Promise<void> {
    const name = nameOf(socket);
    const isLost = await hadSentAnything(socket);
    if (this.#ended !== undefined) return;
    this.#turnAway(socket, `${UNKNOWN}; ${isLost ? LOST : NOTHING_LOST}`, name);
    if (!isLost) return;
    this.#lostCallers++;
    this.#onLost();
  }

  #turnAway(socket: Socket, why: string, name = nameOf(socket)): void {
    socket.on("error", () => undefined);
    socket.resetAndDestroy();
    this.#warnings.warning(`${name} is not served: ${why}`);
  }

  async #end(why: string): Promise<void> {
    this.#ended ??= this.#close(why);
    await this.#ended;
  }

  async #close(why: string): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#warnings.close();
    this.#noteClosed(why);
    this.#log.info(why);
    // Who has shut it down hears of it when all who wait for its end have: nothing tells its address any more.
    await new Promise((resolve) => setImmediate(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
    await this.#owners?.close();
  }
}

function nameOf({ remoteAddress, remotePort }: Socket): string {
  return remoteAddress === undefined || remotePort === undefined
    ? "a key-value client"
    : `the key-value client ${formatAddress({ host: remoteAddress, port: remotePort })}`;
}

function listening(server: Server, settings: KvsServerSettings): Promise<void> {
  const { host, port } = settings;
  return new Promise((resolve, reject) => {
    server.once("error", (error) => {
      const where = formatAddress({ host, port });
      reject(new UserError("kvs-not-listening", `cannot listen at ${where}: ${errnoText(error)}`, { cause: error }));
    });
    server.listen({ host, port, backlog: BACKLOG }, () => {
      server.removeAllListeners("error");
      resolve();
    });
  });
}
