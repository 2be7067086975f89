import { SshError } from "./session.ts";

/** What a user writes to name a host, taken apart. */
export interface Destination {
  /** Undefined: the settings say. */
  readonly user: string | undefined;
  /** A name or an address; IPv6 without brackets. */
  readonly host: string;
  /** Undefined: the settings say. */
  readonly port: number | undefined;
}

const URI = /^ssh:\/\/(?:([^@]+)@)?(\[[^\]]+\]|[^:[\]@/]+)(?::(\d{1,5}))?\/?$/i;
const HOP = /^(?:(.+)@)?(\[[^\]]+\]|[^:[\]]+)(?::(\d{1,5}))?$/;

/**
 * Takes `[user@]host`, `[user@][IPv6]` or `ssh://[user@]host[:port]` apart, as ssh does: without `ssh://` a colon is part
 * of the name, and the last `@` ends the user.
 *
 * @throws SshError for what can be no host, above all for what ssh would take for an option.
 */
export function parseDestination(text: string): Destination {
  const uri = URI.exec(text);
  const at = text.lastIndexOf("@");
  const destination =
    uri === null
      ? destinationOf(at === -1 ? undefined : text.slice(0, at), text.slice(at + 1))
      : destinationOf(uri[1] === undefined ? undefined : decodePercent(uri[1]), uri[2] ?? "", uri[3]);
  const mistake = mistakeIn(destination);
  if (mistake !== undefined) throw new SshError("ssh-failed", `${JSON.stringify(text)} names no host: ${mistake}`);
  return destination;
}

/** The arguments by which ssh goes to a destination, `--` before the name. @throws SshError */
export function sshArguments(destination: string): readonly string[] {
  const { user, host, port } = parseDestination(destination);
  // A URI would not do: ssh knows no IPv6 address in one.
  return [...(user === undefined ? [] : ["-l", user]), ...(port === undefined ? [] : ["-p", String(port)]), "--", host];
}

/** The hops of a ProxyJump setting as destinations: `jo@gate:2200,inner` becomes `ssh://jo@gate:2200` and `inner`. */
export function parseJumps(setting: string): readonly string[] {
  if (setting.toLowerCase() === "none") return [];
  return setting
    .split(",")
    .map((hop) => hop.trim())
    .filter((hop) => hop !== "")
    .map((hop) => {
      const [, user, host, port] = URI.test(hop) ? [] : (HOP.exec(hop) ?? []);
      if (host === undefined || port === undefined) return hop;
      return `ssh://${user === undefined ? "" : `${encodeURIComponent(user)}@`}${host}:${port}`;
    });
}

function destinationOf(user: string | undefined, host: string, port?: string): Destination {
  const bare = /^\[(.+)\]$/.exec(host)?.[1] ?? host;
  return { user, host: bare, port: port === undefined ? undefined : Number(port) };
}

function mistakeIn({ user, host, port }: Destination): string | undefined {
  if (host === "" || user === "") return "write HOST or USER@HOST";
  if (host.startsWith("-") || user?.startsWith("-") === true) return 'a name cannot begin with "-"';
  if (/[\s\p{Cc}/]/u.test(host) || /\p{Cc}/u.test(user ?? "")) return "it has characters that no name has";
  if (port !== undefined && (port < 1 || port > 65_535)) return "a port is a number from 1 to 65535";
  return undefined;
}

function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
