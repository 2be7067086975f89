import type { Socket } from "node:net";
import { createServer, type PeerCertificate, type TLSSocket } from "node:tls";
import type { Address, Credentials } from "../domain/launcher.ts";
import { FrontDoor } from "./front-door.ts";
import { handshakeFailure, NOT_OF_THIS_RUN } from "./handshake-failure.ts";
import { CALLER_NAMES, type CallerRole } from "./names.ts";
import type { OnRefused } from "./refusals.ts";

/** After so long without a word the system asks whether the other side is still there. */
const KEEPALIVE_MS = 30_000;

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
 * @param refused told of those who are turned away.
 */
export async function listen(
  where: Address,
  credentials: Credentials,
  accept: (socket: TLSSocket, role: CallerRole) => void,
  refused: OnRefused = () => undefined,
): Promise<Listener> {
  const server = createServer({ ...tlsOptions(credentials), requestCert: true });
  const door = new FrontDoor(refused);
  server.on("connection", (socket: Socket) => door.called(socket));
  server.on("secureConnection", (socket) => {
    socket.on("error", () => socket.destroy());
    socket.setNoDelay(true);
    // A controller has nothing to say for hours; when its host vanishes that is not to go unnoticed.
    socket.setKeepAlive(true, KEEPALIVE_MS);
    const role = socket.authorized ? roleOf(socket) : undefined;
    if (role === undefined) door.refuse(socket, NOT_OF_THIS_RUN);
    else if (door.letIn(socket)) accept(socket, role);
    else socket.destroy();
  });
  server.on("tlsClientError", (error, socket) => door.refuse(socket, handshakeFailure(error, socket)));
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(where.port, where.host, resolve);
    });
  } catch (error) {
    door.close();
    throw error;
  }
  // Out of descriptors for a moment: whoever calls will call again.
  server.on("error", () => undefined);
  const close = (): void => {
    server.close();
    door.close();
  };
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
  return { port: address.port, close };
}

/** What this caller's certificate says it may do. */
function roleOf(socket: TLSSocket): CallerRole | undefined {
  const certificate: Partial<PeerCertificate> = socket.getPeerCertificate();
  const name = certificate.subject?.CN;
  if (name === CALLER_NAMES.engine) return "engine";
  return name === CALLER_NAMES.controller ? "controller" : undefined;
}
