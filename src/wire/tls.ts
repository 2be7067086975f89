import type { Socket } from "node:net";
import { createServer, type TLSSocket } from "node:tls";
import type { Address, Credentials } from "../domain/launcher.ts";
import { CALLER_NAMES, type CallerRole } from "./names.ts";

/** Longest time that the other side may take for the handshake. */
export const HANDSHAKE_MS = 20_000;

/** What both sides insist on. */
export function tlsOptions(credentials: Credentials) {
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
 * Listens for the callers of this run; hands over only sockets whose certificate has been verified, with what it says
 * that the caller may do.
 *
 * @param where address to listen on; port 0 stands for any free one.
 */
export async function listen(
  where: Address,
  credentials: Credentials,
  accept: (socket: TLSSocket, role: CallerRole) => void,
): Promise<Listener> {
  const server = createServer({ ...tlsOptions(credentials), requestCert: true, handshakeTimeout: HANDSHAKE_MS });
  // Strangers that never finish the handshake may not hold up the end of the run.
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.on("secureConnection", (socket) => {
    socket.on("error", () => socket.destroy());
    socket.setNoDelay(true);
    const role = socket.authorized ? roleOf(socket) : undefined;
    if (role === undefined) socket.destroy();
    else accept(socket, role);
  });
  server.on("tlsClientError", (_error, socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(where.port, where.host, resolve);
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

/** What this caller's certificate says it may do. */
function roleOf(socket: TLSSocket): CallerRole | undefined {
  const name = socket.getPeerCertificate().subject.CN;
  if (name === CALLER_NAMES.engine) return "engine";
  return name === CALLER_NAMES.controller ? "controller" : undefined;
}
