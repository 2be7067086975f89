import type { Socket } from "node:net";
import { connect, createServer, type TLSSocket } from "node:tls";
import type { Credentials, Invitation } from "../domain/launcher.ts";
import { DRIVER_NAME } from "./names.ts";

/** Longest time a stranger may take for the handshake. */
const HANDSHAKE_MS = 20_000;

/** What both sides insist on. */
function options(credentials: Credentials) {
  return {
    ca: credentials.authority,
    cert: credentials.certificate,
    key: credentials.key,
    minVersion: "TLSv1.3",
    rejectUnauthorized: true,
  } as const;
}

export interface Listener {
  readonly port: number;
  /** Stops listening and drops every connection. */
  close(): void;
}

/**
 * Listens on a free port for the engines of this run; hands over only sockets whose certificate has been verified.
 *
 * @param host address to listen on.
 */
export async function listen(
  host: string,
  credentials: Credentials,
  accept: (socket: TLSSocket) => void,
): Promise<Listener> {
  const server = createServer({ ...options(credentials), requestCert: true, handshakeTimeout: HANDSHAKE_MS });
  // Strangers that never finish the handshake may not hold up the end of the run.
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.on("secureConnection", (socket) => {
    socket.on("error", () => socket.destroy());
    if (socket.authorized) {
      socket.setNoDelay(true);
      accept(socket);
    } else socket.destroy();
  });
  server.on("tlsClientError", (_error, socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, host, resolve);
  });
  // Out of descriptors for a moment: whoever calls will call again.
  server.on("error", () => undefined);
  const close = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
  return { port: address.port, close };
}

/** Connects to the driver at the first of its addresses that answers. @throws Error naming every address tried. */
export async function dial(invitation: Invitation): Promise<TLSSocket> {
  const failures: string[] = [];
  for (const address of invitation.addresses) {
    try {
      return await dialOne(address, invitation.credentials);
    } catch (error) {
      failures.push(`${address.host}:${address.port}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new Error(`the driver cannot be reached (${failures.join("; ")})`);
}

function dialOne(address: { host: string; port: number }, credentials: Credentials): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...address, ...options(credentials), servername: DRIVER_NAME, timeout: HANDSHAKE_MS });
    socket.once("timeout", () => socket.destroy(new Error("no answer")));
    socket.once("error", reject);
    socket.once("secureConnect", () => {
      socket.off("error", reject);
      socket.setTimeout(0);
      socket.setNoDelay(true);
      resolve(socket);
    });
  });
}
