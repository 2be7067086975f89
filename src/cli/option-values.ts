/** What the values of options mean. Each function throws commander's InvalidArgumentError for a value that means nothing. */

import { InvalidArgumentError } from "commander";
import type { ReservedHosts } from "../places/reserved-contexts.ts";
import { isIPv6 } from "node:net";
import { isAbsolute } from "node:path";
import { type HaltPolicy, readHaltPolicy } from "../domain/halt-policy.ts";
import type { Address } from "../domain/launcher.ts";
import { MOST_OUTPUT_LIMIT } from "../domain/output-terms.ts";
import type { VariableToCarry } from "../run/carried-environment.ts";

/** No list of tasks and no machine is larger. */
const MOST = 1_000_000_000;
/** Three weeks; timers take no longer ones. */
const MOST_SECONDS = 1_800_000;
const MOST_PORTS = 65_535;

export function collect(value: string, previous: readonly string[]): string[] {
  return [...previous, value];
}

export function wholeNumber(least: number, most = MOST): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (!/^[0-9]+$/.test(value) || number < least || number > most) {
      throw new InvalidArgumentError(`It must be a whole number, ${least} to ${most}.`);
    }
    return number;
  };
}

export function positiveNumber(value: string): number {
  const number = Number(value);
  if (!/^[0-9.]+$/.test(value) || !Number.isFinite(number) || number <= 0) {
    throw new InvalidArgumentError("It must be a number above 0.");
  }
  return number;
}

/** A number of seconds, fractions allowed. */
export function atLeast(least: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (!/^[0-9]+(?:\.[0-9]*)?$/.test(value) || number < least || number > MOST_SECONDS) {
      throw new InvalidArgumentError(`It must be a number of seconds, ${least} to ${MOST_SECONDS}.`);
    }
    return number;
  };
}

/** When a run ends early, as GNU parallel words it. */
export function haltPolicy(value: string): HaltPolicy {
  const policy = readHaltPolicy(value);
  if (policy !== undefined) return policy;
  throw new InvalidArgumentError(
    "It must be soon or now, a comma, and fail, success or done with =N or =N%, such as soon,fail=3.",
  );
}

/** Characters of a label, which becomes part of the names of files, beside a host's. */
const LONGEST_LABEL = 64;

const UNITS: Readonly<Record<string, number>> = { "": 1, K: 1024, M: 1024 * 1024 };

/** Bytes of output that are kept: a number, with K or M for KiB or MiB. */
export function outputLimit(value: string): number {
  const [, digits = "", unit = ""] = /^([0-9]{1,9})([KM]?)(?:i?B)?$/.exec(value) ?? [];
  const bytes = Number(digits) * (UNITS[unit] ?? 0);
  if (digits === "" || bytes < 1 || bytes > MOST_OUTPUT_LIMIT) {
    throw new InvalidArgumentError("It must be a size, such as 64K or 1M, 16M at the most.");
  }
  return bytes;
}

/** A name that may be part of a file's. */
export function label(value: string): string {
  if (value.length > LONGEST_LABEL) {
    throw new InvalidArgumentError(`It may have ${LONGEST_LABEL} characters at the most.`);
  }
  if (!/^[A-Za-z0-9_.-]+$/.test(value)) {
    throw new InvalidArgumentError("It may hold letters, digits, and the characters _ . - only.");
  }
  return value;
}

/** Hosts for tasks that name their label, `LABEL=HOST:COUNT,...`; the hosts are looked at later. */
export function reservedHosts(value: string, previous: readonly ReservedHosts[]): ReservedHosts[] {
  const equals = value.indexOf("=");
  if (equals < 1) throw new InvalidArgumentError("It must be LABEL=HOST:COUNT, such as gpu=node[1-2]:4.");
  return [...previous, { label: label(value.slice(0, equals)), hosts: value.slice(equals + 1) }];
}

export function absolutePath(value: string): string {
  if (!isAbsolute(value) || /\p{Cc}/u.test(value)) {
    throw new InvalidArgumentError("It must be an absolute path, the same on every host.");
  }
  return value;
}

/** `HOST[:PORT]`, an IPv6 address in brackets; port 0 stands for one that is not given. */
export function address(value: string): Address {
  const [, bracketed, plain = "", port = ""] = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::([0-9]{1,5}))?$/.exec(value) ?? [];
  const host = bracketed ?? plain;
  const isHost = bracketed === undefined ? /^[\p{L}\p{N}_][\p{L}\p{M}\p{N}_.-]*$/u.test(plain) : isIPv6(bracketed);
  const isPort = port === "" || (Number(port) >= 1 && Number(port) <= MOST_PORTS);
  if (!isHost || !isPort) throw new InvalidArgumentError("It must be HOST or HOST:PORT, an IPv6 address in brackets.");
  return { host, port: Number(port) };
}

/** `NAME` or `NAME=VALUE`. */
export function variable(value: string, previous: readonly VariableToCarry[]): VariableToCarry[] {
  const [, name, given] = /^([A-Za-z_][A-Za-z0-9_]*)(?:=(.*))?$/s.exec(value) ?? [];
  if (name === undefined) throw new InvalidArgumentError("It must be NAME or NAME=VALUE.");
  if (name.startsWith("DISBATCH_")) throw new InvalidArgumentError("Names that begin with DISBATCH_ are taken.");
  return [...previous, given === undefined ? { name } : { name, value: given }];
}

/** `HOST:PORT` of a server, an IPv6 address in brackets. */
export function serverAddress(value: string): Address {
  const read = readServerAddress(value);
  if (read !== undefined) return read;
  throw new InvalidArgumentError("It must be HOST:PORT, an IPv6 address in brackets.");
}

/** The same, or a word that stands for one; of an option whose value may be left out. @param word beside addresses. */
export function serverAddressOr<Word extends string>(word: Word): (value: string) => Address | Word {
  return (value) => {
    const read = value === word ? word : readServerAddress(value);
    if (read !== undefined) return read;
    throw new InvalidArgumentError("It must be HOST:PORT; a task file goes before this option, or behind --.");
  };
}

/** The same; undefined where it is none. */
export function readServerAddress(value: string): Address | undefined {
  try {
    const read = address(value);
    return read.port === 0 ? undefined : read;
  } catch {
    return undefined;
  }
}

/** The encoding of a value, which the wire has four bytes for. */
export function encoding(value: string): string {
  if (!/^[\x20-\x7e]{4}$/.test(value)) throw new InvalidArgumentError("It must be four ASCII characters.");
  return value;
}
