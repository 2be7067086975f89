import { closeSync, openSync, readFileSync } from "node:fs";
import { release } from "node:os";
import { UserError } from "../domain/errors.ts";
import { errnoText } from "../domain/system-error.ts";
import { findEntries, formatEnd4, formatEnd6, pairOf, type SocketEnd, type TableEntry } from "./socket-table.ts";
import { TableReader } from "./table-reader.ts";

/** Whose socket the other end of a connection is. */
export type Ownership =
  | { readonly type: "own" }
  | { readonly type: "other"; readonly uid: number }
  /** Nobody can tell any more: it has been closed, and this kernel has forgotten its owner. */
  | { readonly type: "unknown" };

const TABLE_4 = "/proc/net/tcp";
const TABLE_6 = "/proc/net/tcp6";

/** From this version on the kernel remembers the owner of a socket that its process has closed, while there still is a socket. */
const REMEMBERS_SINCE = [6, 17] as const;

/** Root's number, which the kernel shows for sockets without an owner, too. */
const ROOT = 0;

/** A connection whose owner is asked for. */
interface Question {
  /** Its ends as the table of IPv4 shows them, and as that of IPv6. */
  readonly pair4: string | undefined;
  readonly pair6: string | undefined;
  readonly answer: (owner: Ownership) => void;
}

/** What a look has found, by the ends of sockets. */
type Found = ReadonlyMap<string, TableEntry>;

/**
 * Tells whose the sockets are that call on the loopback, by the kernel's own table.
 *
 * The kernel walks through all of its table for each look, which takes milliseconds on any machine. So one look answers
 * for all who have called until then, looks follow one another without a pause, and another thread takes them. The table is
 * read after a call has been accepted: an earlier look might show another socket that had the same ends.
 */
export class SocketOwners {
  readonly #me: number;
  readonly #remembers: boolean;
  readonly #tables = new TableReader();
  #questions: Question[] = [];
  #isLooking = false;

  /**
   * @param me this user's number.
   * @param kernel its version, as `uname -r` gives it.
   * @throws UserError `kvs-owners-unknown` where the table cannot be read, or does not tell this user from others.
   */
  constructor(me = process.geteuid?.() ?? -1, kernel = release()) {
    this.#me = me;
    this.#remembers = isAtLeast(kernel, REMEMBERS_SINCE);
    const why = whyBlind(me);
    if (why !== undefined) throw new UserError("kvs-owners-unknown", why);
  }

  /** Whose socket is at the other end of a connection that has been accepted. Never rejects. */
  of(theirs: SocketEnd, ours: SocketEnd): Promise<Ownership> {
    const pair4 = pairIn(formatEnd4, theirs, ours);
    const pair6 = pairIn(formatEnd6, theirs, ours);
    return new Promise((answer) => {
      this.#questions.push({ pair4, pair6, answer });
      if (!this.#isLooking) void this.#lookOn();
    });
  }

  /** Resolves when looks are as quick as they can be: who calls first is not to be missed. */
  async getReady(): Promise<void> {
    await this.#tables.read(TABLE_4);
  }

  /** Nobody asks any more. */
  close(): Promise<void> {
    return this.#tables.close();
  }

  /** Looks until nobody asks any more. */
  async #lookOn(): Promise<void> {
    this.#isLooking = true;
    while (this.#questions.length > 0) {
      const questions = this.#questions;
      this.#questions = [];
      await this.#answer(questions);
    }
    this.#isLooking = false;
  }

  async #answer(questions: readonly Question[]): Promise<void> {
    const left = await this.#look(questions);
    // While the kernel walks through its table, a socket may move on behind it.
    for (const { answer } of await this.#look(left)) answer({ type: "unknown" });
  }

  /** Answers those of whom the tables say anything. @returns the others. */
  async #look(questions: readonly Question[]): Promise<readonly Question[]> {
    const in4 = await this.#find(
      TABLE_4,
      questions.map(({ pair4 }) => pair4),
    );
    const isLeft = ({ pair4 }: Question) => pair4 === undefined || !in4.has(pair4);
    const in6 = await this.#find(
      TABLE_6,
      questions.filter(isLeft).map(({ pair6 }) => pair6),
    );
    return questions.filter(({ pair4 = "", pair6 = "", answer }) => {
      const entry = in4.get(pair4) ?? in6.get(pair6);
      if (entry !== undefined) answer(judge(entry, this.#me, this.#remembers));
      return entry === undefined;
    });
  }

  async #find(path: string, pairs: ReadonlyArray<string | undefined>): Promise<Found> {
    const wanted = new Set(pairs.filter((pair) => pair !== undefined));
    if (wanted.size === 0) return new Map();
    return new Map(findEntries(await this.#tables.read(path), wanted));
  }
}

/** Whose a socket is that the table shows so. @param remembers the kernel shows the owner of a socket that has been closed. */
export function judge({ uid, isOrphan, isRemainder }: TableEntry, me: number, remembers: boolean): Ownership {
  const isKnown = uid !== ROOT || !isOrphan || (remembers && !isRemainder);
  if (!isKnown) return { type: "unknown" };
  return uid === me ? { type: "own" } : { type: "other", uid };
}

/** Whether a version such as `6.18.4-arch1` is this one or a later one. */
export function isAtLeast(version: string, [major, minor]: readonly [number, number]): boolean {
  const [, first, second] = /^(\d+)\.(\d+)/.exec(version) ?? [];
  if (first === undefined || second === undefined) return false;
  return Number(first) > major || (Number(first) === major && Number(second) >= minor);
}

type FormatEnd = (end: SocketEnd) => string | undefined;

function pairIn(format: FormatEnd, theirs: SocketEnd, ours: SocketEnd): string | undefined {
  const [own, other] = [format(theirs), format(ours)];
  return own === undefined || other === undefined ? undefined : pairOf(own, other);
}

function whyBlind(me: number): string | undefined {
  const advice = "so a key-value server cannot tell your programs from those of others here";
  try {
    closeSync(openSync(TABLE_4, "r"));
    // In a namespace, all users who have no number in it go by this one.
    const nobody = Number(readFileSync("/proc/sys/kernel/overflowuid", "latin1"));
    const isWhole = /^\s*0\s+0\s+4294967295\s*$/.test(readFileSync("/proc/self/uid_map", "latin1"));
    if (me === nobody && !isWhole) return `user ${me} stands for all who have no number here, ${advice}`;
    return undefined;
  } catch (error) {
    return `${TABLE_4} or the numbers of users cannot be read (${errnoText(error)}), ${advice}`;
  }
}
