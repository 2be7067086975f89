import { createHmac, randomBytes } from "node:crypto";
import { isKeyOfType, keyTypeOf } from "./host-key.ts";
import { matchesWildcard } from "./wildcard.ts";

/** A line of a known_hosts file, whose form sshd(8) describes under SSH_KNOWN_HOSTS FILE FORMAT. */
export interface KnownHost {
  readonly file: string;
  /** Number of the line, from 1. */
  readonly line: number;
  /** `revoked`: a key never to be trusted; `cert-authority`: a key that signs those of hosts. */
  readonly marker: "revoked" | "cert-authority" | undefined;
  /** Patterns with commas between them, or one hashed name. */
  readonly hosts: string;
  /** For example `ssh-ed25519`. */
  readonly keyType: string;
  /** The key as it goes over the wire. */
  readonly key: Buffer;
}

/** Bytes of a hashed name's salt: those of a SHA-1 digest. */
const SALT_BYTES = 20;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** The entries of a known_hosts file. Lines that cannot be understood are passed over, as ssh does. */
export function parseKnownHosts(text: string, file: string): KnownHost[] {
  return text.split("\n").flatMap((line, index) => {
    const entry = parseLine(line, file, index + 1);
    return entry === undefined ? [] : [entry];
  });
}

function parseLine(text: string, file: string, line: number): KnownHost | undefined {
  const words = text.split(/[ \t\r]+/).filter((word) => word !== "");
  if (words[0]?.startsWith("#") === true) return undefined;
  const marker = words[0]?.startsWith("@") === true ? words.shift() : undefined;
  const [hosts, keyType, base64] = words;
  if (hosts === undefined || keyType === undefined || base64 === undefined || !BASE64.test(base64)) return undefined;
  const key = Buffer.from(base64, "base64");
  if (!isKeyOfType(key, keyType)) return undefined;
  if (marker === undefined) return { file, line, marker, hosts, keyType, key };
  if (marker === "@revoked") return { file, line, marker: "revoked", hosts, keyType, key };
  if (marker === "@cert-authority") return { file, line, marker: "cert-authority", hosts, keyType, key };
  return undefined;
}

/** The name under which a host stands in known_hosts: `[host]:port` for any port but SSH's own, 22. */
export function knownHostName(host: string, port: number): string {
  const name = host.toLowerCase();
  return port === 22 ? name : `[${name}]:${port}`;
}

/** Whether an entry is about a host, by the name that `knownHostName` gives it. */
export function isAbout(entry: KnownHost, name: string): boolean {
  const wanted = name.toLowerCase();
  if (entry.hosts.startsWith("|")) return isHashOf(entry.hosts, wanted);
  const patterns = entry.hosts.toLowerCase().split(",");
  const matches = (pattern: string): boolean => matchesWildcard(wanted, pattern);
  return (
    patterns.some((pattern) => !pattern.startsWith("!") && matches(pattern)) &&
    !patterns.some((pattern) => pattern.startsWith("!") && matches(pattern.slice(1)))
  );
}

/** Hides a host's name as HashKnownHosts wants it: a salt and the name's HMAC-SHA1 with it. */
export function hashHostName(name: string, salt: Buffer = randomBytes(SALT_BYTES)): string {
  const hash = createHmac("sha1", salt).update(name.toLowerCase()).digest("base64");
  return `|1|${salt.toString("base64")}|${hash}`;
}

function isHashOf(hashed: string, name: string): boolean {
  const [, version, salt = ""] = hashed.split("|");
  const bytes = Buffer.from(salt, "base64");
  return version === "1" && bytes.length === SALT_BYTES && hashHostName(name, bytes) === hashed;
}

/** The line that makes a host's key known. */
export function formatKnownHost(name: string, key: Buffer, hashed: boolean): string {
  return `${hashed ? hashHostName(name) : name.toLowerCase()} ${keyTypeOf(key)} ${key.toString("base64")}`;
}
