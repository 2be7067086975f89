import { endianness } from "node:os";

/** One end of a connection. */
export interface SocketEnd {
  /** IPv4, or IPv6 as the system writes it. */
  readonly address: string;
  readonly port: number;
}

/** What the kernel's table says of a socket (`/proc/net/tcp`, `/proc/net/tcp6`). */
export interface TableEntry {
  /** The user whose it is, or 0 where the kernel does not know any more. */
  readonly uid: number;
  /** No process holds it any more. */
  readonly isOrphan: boolean;
  /** Only a remainder that the kernel keeps for a while after its end, and that has no owner. */
  readonly isRemainder: boolean;
}

/** Columns behind the ends: state, queues, timer, retransmissions, user, probes, inode. */
const REST = /^ [0-9A-F]{2} [0-9A-F:]{17} ([0-9A-F]{2}):[0-9A-F]{8} [0-9A-F]{8} +(\d+) +\d+ +(\d+)/;

/** The timer that stands at remainders, and at nothing else. */
const REMAINDER = "03";

/**
 * The sockets of a table that are wanted. Each is found once, and wanted no more then.
 *
 * @param text whole lines.
 * @param wanted their ends, as `pairOf` writes them, all of one length.
 */
export function* findEntries(text: string, wanted: Set<string>): Iterable<readonly [pair: string, entry: TableEntry]> {
  const [some] = wanted;
  if (some === undefined) return;
  for (let from = 0; from < text.length && wanted.size > 0;) {
    const end = text.indexOf("\n", from);
    // A line begins with its number and a colon.
    const at = text.indexOf(": ", from) + 2;
    const pair = text.slice(at, at + some.length);
    const entry = wanted.has(pair) ? readRest(text.slice(at + some.length, end)) : undefined;
    if (entry !== undefined && wanted.delete(pair)) yield [pair, entry];
    if (end < 0) return;
    from = end + 1;
  }
}

function readRest(columns: string): TableEntry | undefined {
  const [, timer, uid, inode] = REST.exec(columns) ?? [];
  return uid === undefined
    ? undefined
    : { uid: Number(uid), isOrphan: inode === "0", isRemainder: timer === REMAINDER };
}

/** Both ends of a socket, as the table writes them. */
export function pairOf(own: string, other: string): string {
  return `${own} ${other}`;
}

/** An end as `/proc/net/tcp` writes it; undefined where the address is no IPv4 one, nor one that IPv6 has mapped. */
export function formatEnd4({ address, port }: SocketEnd): string | undefined {
  const bytes = bytesOf4(address.replace(/^::ffff:/i, ""));
  return bytes === undefined ? undefined : `${words(bytes)}:${portOf(port)}`;
}

/** An end as `/proc/net/tcp6` writes it, an IPv4 address as a mapped one; undefined where it is no address. */
export function formatEnd6({ address, port }: SocketEnd): string | undefined {
  const v4 = bytesOf4(address.replace(/^::ffff:/i, ""));
  const bytes = v4 === undefined ? bytesOf6(address) : [...Array<number>(10).fill(0), 0xff, 0xff, ...v4];
  return bytes === undefined ? undefined : `${words(bytes)}:${portOf(port)}`;
}

/** Words of four bytes, each as a number of this machine. */
function words(bytes: readonly number[]): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 4) {
    const word = bytes.slice(at, at + 4);
    const ordered = endianness() === "LE" ? word.toReversed() : word;
    text += ordered.map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }
  return text.toUpperCase();
}

function portOf(port: number): string {
  return port.toString(16).padStart(4, "0").toUpperCase();
}

function bytesOf4(address: string): number[] | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(address);
  return parts === null ? undefined : parts.slice(1).map(Number);
}

function bytesOf6(address: string): number[] | undefined {
  const [plain = ""] = address.split("%");
  const halves = plain.split("::").map((half) => (half === "" ? [] : half.split(":")));
  const [head = [], tail = []] = halves;
  const missing = 8 - head.length - tail.length;
  if (halves.length > 2 || missing < 0) return undefined;
  const groups = [...head, ...Array<string>(missing).fill("0"), ...tail];
  return groups.flatMap((group) => {
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}
