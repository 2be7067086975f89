import { UserError } from "../../domain/errors.ts";
import { excerpt } from "../../domain/excerpt.ts";
import { type HostPattern, parseHostPattern } from "./host-pattern.ts";

/** Hosts that a list names, each with the same number of cores. */
export interface ListedHosts {
  readonly hosts: HostPattern;
  readonly count: number;
}

/** `HOST:COUNT`, of which COUNT may be missing; a colon in brackets belongs to an IPv6 address. */
const WITH_COUNT = /^(.*?)(?::([^:\]]*))?$/s;
const COUNT = /^0*[1-9][0-9]{0,8}$/;

/**
 * Reads a list as `-s` and DISBATCH_SSH_NODELIST hold it: `[user@]HOST:COUNT,...`. Blanks around entries and empty entries
 * do not count.
 *
 * @param listedIn where the list was given, for messages.
 * @throws UserError `bad-node-list`
 */
export function parseNodeList(list: string, listedIn: string): readonly ListedHosts[] {
  return splitEntries(list)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "")
    .map((entry) => parseEntry(entry, listedIn));
}

function parseEntry(entry: string, listedIn: string): ListedHosts {
  const [host, count = ""] = splitCount(entry);
  const hosts = parseHostPattern(host);
  const cores = parseCount(count);
  const given = `${listedIn} ${excerpt(entry)}`;
  if ("mistake" in hosts) throw new UserError("bad-node-list", `${given}: ${hosts.mistake}; write HOST:COUNT`);
  if (cores === undefined) {
    throw new UserError("bad-node-list", `${given}: write HOST:COUNT, with a whole number of cores, 1 or more`);
  }
  return { hosts, count: cores };
}

/** What stands in front of the last colon, and what behind it. */
export function splitCount(text: string): readonly [host: string, count: string | undefined] {
  const [, host = "", count] = WITH_COUNT.exec(text) ?? [];
  return [host, count];
}

/** A number of cores, from 1; undefined when the text is none. */
export function parseCount(text: string): number | undefined {
  return COUNT.test(text) ? Number(text) : undefined;
}

/** Parts at the commas that stand in no brackets; empty ones are left out. */
export function splitEntries(list: string): string[] {
  return list.match(/(?:\[[^[\]]*\]|[^,])+/g) ?? [];
}
