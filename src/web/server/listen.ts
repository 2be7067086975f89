import { lstatSync, unlinkSync } from "node:fs";
import type { Server } from "node:http";
import { connect } from "node:net";
import { dirname } from "node:path";
import { UserError } from "../../domain/errors.ts";
import { errnoOf, errnoText } from "../../domain/system-error.ts";
import { formatWebAddress, type WebAddress } from "./web-address.ts";

/** Permissions that a socket does not have: only its user may open it. */
const NOT_OTHERS = 0o177;
/** How long a server behind a socket has to accept a call, in milliseconds. */
const PATIENCE_MS = 2000;

/**
 * Has a server listen there and nowhere else. A socket that a dead server has left is replaced.
 *
 * @returns its port; undefined for a socket.
 * @throws UserError `web-port-in-use`, `web-address-not-here`.
 */
export async function listenAt(server: Server, address: WebAddress): Promise<number | undefined> {
  if (address.kind === "tcp") {
    const host = address.host === "[::1]" ? "::1" : address.host;
    await listening(server, address, () => server.listen({ host, port: address.port, exclusive: true }));
    const bound = server.address();
    return typeof bound === "object" && bound !== null ? bound.port : undefined;
  }
  await removeStale(address);
  await listening(server, address, () => {
    // The file has its permissions from its first moment. Nothing else happens in between: both calls make it at once.
    const mask = process.umask(NOT_OTHERS);
    try {
      server.listen({ path: address.path });
    } finally {
      process.umask(mask);
    }
  });
  return undefined;
}

function listening(server: Server, address: WebAddress, begin: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error): void => reject(whyNot(address, error));
    server.once("error", failed).once("listening", () => {
      server.off("error", failed);
      resolve();
    });
    try {
      begin();
    } catch (error) {
      reject(whyNot(address, error));
    }
  });
}

function whyNot(address: WebAddress, error: unknown): UserError {
  const place = `--web-address ${formatWebAddress(address)}`;
  if (errnoOf(error) === "EADDRINUSE") {
    const message = `${place}: something else listens there already; name another, or none, for one that is free`;
    return new UserError("web-port-in-use", message, { cause: error });
  }
  const hint =
    address.kind === "unix"
      ? `make the folder ${dirname(address.path)}, or name another that you can write in`
      : "name a port from 1024 to 65535, or none, for one that is free";
  return new UserError("web-address-not-here", `${place}: ${errnoText(error)}; ${hint}`, { cause: error });
}

/** @throws UserError when something is there that is no socket of this user's, or one behind which somebody answers. */
async function removeStale(address: WebAddress & { kind: "unix" }): Promise<void> {
  const { path } = address;
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return;
  const user = process.geteuid?.();
  if (!stat.isSocket() || (user !== undefined && stat.uid !== user)) {
    const what = stat.isSocket() ? "a socket of another user" : "something that is no socket";
    const message = `--web-address unix:${path}: ${what} is there; move it away, or name another path`;
    throw new UserError("web-address-not-here", message);
  }
  if (await answers(path)) throw whyNot(address, Object.assign(new Error("in use"), { code: "EADDRINUSE" }));
  try {
    unlinkSync(path);
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw whyNot(address, error);
  }
}

/** Whether somebody listens behind a socket. One that does not say counts as somebody. */
function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    const done = (does: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(does);
    };
    const timer = setTimeout(() => done(true), PATIENCE_MS);
    socket.once("connect", () => done(true)).once("error", (error) => done(errnoOf(error) !== "ECONNREFUSED"));
  });
}
