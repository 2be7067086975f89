/**
 * The way between an engine and its slot processes, which all run on one machine: a socket without a file, that goes with the
 * process that listens. Whoever is on the machine may call there, so both sides show the run's certificate for engines.
 */

import { createHmac } from "node:crypto";
import type { Socket } from "node:net";
import { connect, createServer, type PeerCertificate, type TLSSocket } from "node:tls";
import { setTimeout as delay } from "node:timers/promises";
import { UserError } from "../domain/errors.ts";
import { EXIT } from "../domain/exit-codes.ts";
import type { Credentials } from "../domain/launcher.ts";
import { messageOf } from "../domain/system-error.ts";
import { CALLER_NAMES } from "./names.ts";
import { tlsOptions } from "./tls.ts";

/** Waits between two calls of an engine that does not listen yet: twice as long each time, up to the second. */
const CALL_AGAIN_MS = 20;
const LONGEST_WAIT_MS = 320;
/** The time that a handshake may take; many slots call in the same moment. */
const HANDSHAKE_MS = 10_000;
/** There may be so many more callers than slots; whoever calls then has to call again. */
const MORE_CALLERS = 64;

/** Whose link it is. */
export interface SlotLinkOptions {
  readonly engineId: string;
  readonly credentials: Credentials;
}

export interface SlotListener {
  /** Nobody else can call. Those who were let in stay. */
  close(): void;
}

/**
 * Listens for the slot processes of an engine; hands over only sockets whose certificate has been verified.
 *
 * @throws the system's error.
 */
export async function listenForSlots(
  { slots, ...options }: SlotLinkOptions & { readonly slots: number },
  accept: (socket: TLSSocket) => void,
): Promise<SlotListener> {
  const server = createServer({
    ...tlsOptions(options.credentials),
    requestCert: true,
    handshakeTimeout: HANDSHAKE_MS,
  });
  let callers = 0;
  server.on("connection", (socket: Socket) => {
    callers++;
    socket.once("close", () => callers--);
    if (callers > slots + MORE_CALLERS) socket.destroy();
  });
  server.on("secureConnection", (socket) => {
    socket.on("error", () => socket.destroy());
    if (socket.authorized && isEngine(socket)) accept(socket);
    else socket.destroy();
  });
  server.on("tlsClientError", (_error, socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ path: slotLinkName(options) }, resolve);
  });
  // Out of descriptors for a moment: whoever calls will call again.
  server.on("error", () => undefined);
  return { close: () => void server.close() };
}

/**
 * Calls the engine, again and again while it does not listen, and while whoever does cannot show the engine's certificate.
 *
 * @throws UserError `engine-unreachable` when the time is up.
 */
export async function callEngine(options: SlotLinkOptions, patienceMs: number): Promise<TLSSocket> {
  const begun = performance.now();
  for (let wait = CALL_AGAIN_MS; ; wait = Math.min(2 * wait, LONGEST_WAIT_MS)) {
    const left = patienceMs - (performance.now() - begun);
    try {
      return await callOnce(options, Math.min(HANDSHAKE_MS, left));
    } catch (error) {
      if (left <= wait) {
        const message = `no engine has been found on this machine for ${patienceMs / 1000} s: ${messageOf(error)}`;
        throw new UserError("engine-unreachable", message, { exitCode: EXIT.unfinished, cause: error });
      }
      await delay(wait);
    }
  }
}

function callOnce(options: SlotLinkOptions, patienceMs: number): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const servername = CALLER_NAMES.engine;
    const socket = connect({ path: slotLinkName(options), ...tlsOptions(options.credentials), servername });
    const late = setTimeout(() => socket.destroy(new Error("no answer")), patienceMs);
    socket.on("error", reject);
    socket.once("close", () => {
      clearTimeout(late);
      reject(new Error("it hung up"));
    });
    socket.once("secureConnect", () => {
      clearTimeout(late);
      resolve(socket);
    });
  });
}

/**
 * Where the engine listens; Linux takes what begins with NUL for no file. It cannot be told without the run's secret, so
 * nobody else is there first.
 */
export function slotLinkName({ engineId, credentials }: SlotLinkOptions): string {
  return `\0disbatch-${createHmac("sha256", credentials.key).update(engineId).digest("hex")}`;
}

function isEngine(socket: TLSSocket): boolean {
  const certificate: Partial<PeerCertificate> = socket.getPeerCertificate();
  return certificate.subject?.CN === CALLER_NAMES.engine;
}
