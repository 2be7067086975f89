import { isAbsolute, resolve } from "node:path";
import { UserError } from "../../domain/errors.ts";

/** Where the web page is served: on this machine's loopback, or by a socket that only its user can open. */
export type WebAddress =
  /** Port 0 stands for any that is free. */
  | { readonly kind: "tcp"; readonly host: "127.0.0.1" | "[::1]"; readonly port: number }
  /** An absolute path. */
  | { readonly kind: "unix"; readonly path: string };

/** What nobody has said anything else about. */
export const ANY_PORT: WebAddress = { kind: "tcp", host: "127.0.0.1", port: 0 };

const UNIX = "unix:";
/** Longest path of a socket that Linux takes, in bytes. */
const LONGEST_PATH = 107;
const HIGHEST_PORT = 65_535;

/**
 * `PORT`, `127.0.0.1:PORT`, `localhost:PORT`, `[::1]:PORT` or `unix:PATH`; a path that is not absolute counts from the working directory.
 *
 * @throws UserError `bad-web-address` for anything else: whoever is elsewhere comes by ssh.
 */
export function parseWebAddress(text: string): WebAddress {
  if (text.startsWith(UNIX)) return { kind: "unix", path: socketPath(text.slice(UNIX.length), text) };
  const [, host = "", digits = ""] = /^(?:(.*):)?([0-9]{1,6})$/s.exec(text) ?? [];
  if (digits === "") throw bad(text, "name 127.0.0.1:PORT, PORT or unix:PATH");
  if (!["", "127.0.0.1", "localhost", "[::1]"].includes(host)) {
    throw bad(text, "the page is served on this machine alone; from other machines it is reached by ssh -L");
  }
  const port = Number(digits);
  if (port > HIGHEST_PORT) throw bad(text, `there are no ports above ${HIGHEST_PORT}`);
  return { kind: "tcp", host: host === "[::1]" ? host : "127.0.0.1", port };
}

/** The same address as it is typed. */
export function formatWebAddress(address: WebAddress): string {
  return address.kind === "unix" ? `${UNIX}${address.path}` : `${address.host}:${address.port}`;
}

function socketPath(path: string, text: string): string {
  if (path === "") throw bad(text, "name the path of a socket behind unix:");
  if (path.includes("\0")) throw bad(text, "a path has no NUL in it");
  const whole = isAbsolute(path) ? path : resolve(path);
  if (Buffer.byteLength(whole) > LONGEST_PATH) {
    throw bad(text, `a socket's path has ${LONGEST_PATH} bytes at most, and this one ${Buffer.byteLength(whole)}`);
  }
  return whole;
}

function bad(text: string, why: string): UserError {
  return new UserError("bad-web-address", `--web-address ${text}: ${why}`);
}
