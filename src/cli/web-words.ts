import { shellWords } from "../domain/shell-words.ts";
import type { WebAddress } from "../web/server/web-address.ts";

/** What the driver says behind the token of a page that takes the place of one that has died. */
export const AGAIN = " again";

/** This machine, and how its user has come here. */
export interface SshVisit {
  /** `SSH_CONNECTION`: the client's address and port, and those of the server; undefined when nobody has come by ssh. */
  readonly connection: string | undefined;
  readonly user: string;
  /** Name of this machine. */
  readonly host: string;
  /** Addresses of this machine. */
  readonly addresses: readonly string[];
}

/** A page that is served. */
export interface ServedPage {
  readonly address: WebAddress;
  /** Undefined for a socket. */
  readonly port: number | undefined;
}

/** Port of ssh where nobody says another. */
const SSH_PORT = "22";
/** Port of a page on the user's own machine that is served by a socket here; any other will do as well. */
const PORT_OF_SOCKETS = 8080;

/** Where a page is, as it stands in its file: what comes before the path of any address. */
export function baseOf({ address, port }: ServedPage): string {
  return address.kind === "unix" ? `unix:${address.path}` : `http://${address.host}:${port ?? address.port}`;
}

/** What a user opens. A socket is reached by ssh alone, on a port of the user's own machine. @param path with the ticket in it. */
export function urlOf(page: ServedPage, path: string): string {
  return page.address.kind === "unix" ? `http://127.0.0.1:${PORT_OF_SOCKETS}${path}` : `${baseOf(page)}${path}`;
}

/**
 * The command line that brings a page to the machine that the user sits at; undefined for one who sits here. Of a socket it is told in
 * any case: browsers open none.
 */
export function sshLine(page: ServedPage, { connection, user, host, addresses }: SshVisit): string | undefined {
  const { address } = page;
  const port = page.port ?? PORT_OF_SOCKETS;
  const target = address.kind === "unix" ? address.path : `${address.host}:${port}`;
  const forward = ["ssh", "-L", `${port}:${target}`];
  const [, , server, serverPort = SSH_PORT] = connection?.trim().split(/\s+/) ?? [];
  if (server === undefined) {
    return address.kind === "unix" ? shellWords([...forward, `${user}@${host}`]) : undefined;
  }
  const other = serverPort === SSH_PORT ? [] : ["-p", serverPort];
  if (addresses.includes(plain(server))) return shellWords([...forward, ...other, `${user}@${server}`]);
  // This shell was begun elsewhere: on the login node that a job was submitted from.
  const jump = serverPort === SSH_PORT ? `${user}@${bracketed(server)}` : `${user}@${bracketed(server)}:${serverPort}`;
  return shellWords([...forward, "-J", jump, `${user}@${host}`]);
}

/** An address of IPv4 may be written as one of IPv6, and one of a link with its interface. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=[0-9]+\.)/i, "").replace(/%.*/, "");
}

function bracketed(address: string): string {
  return address.includes(":") ? `[${address}]` : address;
}

/** The same URL without what lets somebody in, for where others may read it. */
export function withoutTicket(url: string): string {
  return url.replace(/\?.*/s, "");
}
