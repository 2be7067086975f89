import { keyTypeOf } from "./host-key.ts";
import type { HostSettings } from "./host-settings.ts";
import { formatKnownHost, isAbout, type KnownHost, knownHostName } from "./known-hosts.ts";

/** What to do about the key that a host shows. */
export type HostKeyDecision =
  | { readonly type: "accepted" }
  /** A key to be made known with this line at the end of the user's first file; without a file it is not kept. */
  | { readonly type: "accepted-new"; readonly file: string | undefined; readonly line: string }
  /** A key that has changed and is taken all the same: tell the user, and forward no port, as ssh does. */
  | { readonly type: "accepted-changed"; readonly offending: KnownHost }
  | { readonly type: "unknown" }
  | { readonly type: "changed"; readonly offending: KnownHost }
  | { readonly type: "revoked"; readonly offending: KnownHost };

/** The settings that decide. */
export type HostKeySettings = Pick<
  HostSettings,
  | "host"
  | "port"
  | "hostKeyAlias"
  | "strictHostKeyChecking"
  | "hashKnownHosts"
  | "userKnownHostsFiles"
  | "noHostAuthenticationForLocalhost"
>;

/** The names to look a host up by: its own, then what ssh falls back to, the name without a port. */
export function knownHostNames({
  host,
  port,
  hostKeyAlias,
}: Pick<HostSettings, "host" | "port" | "hostKeyAlias">): readonly [string, ...string[]] {
  if (hostKeyAlias !== undefined) return [hostKeyAlias.toLowerCase()];
  const name = knownHostName(host, port);
  const plain = host.toLowerCase();
  return name === plain ? [name] : [name, plain];
}

/**
 * Decides about the key that a host shows, as OpenSSH's client does when nobody can be asked: a key of another type than
 * the known ones counts as changed, and the name without a port can only speak for a key. In one thing it is
 * stricter: a revoked key is never accepted, whatever the settings.
 *
 * @param known the entries of the user's files, then of the global ones.
 * @param key the key as it goes over the wire.
 * @param isLoopback whether the connection goes to a loopback address.
 */
export function checkHostKey(
  settings: HostKeySettings,
  known: readonly KnownHost[],
  key: Buffer,
  isLoopback: boolean,
): HostKeyDecision {
  if (isLoopback && settings.noHostAuthenticationForLocalhost && settings.hostKeyAlias === undefined) {
    return { type: "accepted" };
  }
  const [name, ...otherNames] = knownHostNames(settings);
  const isShown = (entry: KnownHost): boolean => entry.key.equals(key);
  const revoked = known.find(
    (entry) =>
      entry.marker === "revoked" && isShown(entry) && [name, ...otherNames].some((each) => isAbout(entry, each)),
  );
  if (revoked !== undefined) return { type: "revoked", offending: revoked };

  const keys = keysOf(known, name);
  if (keys.some(isShown)) return { type: "accepted" };
  const offending = keys.find((entry) => entry.keyType === keyTypeOf(key)) ?? keys[0];
  if (offending !== undefined) {
    return { type: settings.strictHostKeyChecking === "no" ? "accepted-changed" : "changed", offending };
  }
  if (otherNames.some((each) => keysOf(known, each).some(isShown))) return { type: "accepted" };

  const { strictHostKeyChecking, hashKnownHosts, userKnownHostsFiles } = settings;
  if (strictHostKeyChecking === "yes" || strictHostKeyChecking === "ask") return { type: "unknown" };
  const [file] = userKnownHostsFiles;
  const line = formatKnownHost(name, key, hashKnownHosts);
  return { type: "accepted-new", file, line };
}

/**
 * The types of the keys that are known for a host, for example `ssh-ed25519`: to be asked for first, so that a host
 * with several keys does not look changed.
 */
export function knownKeyTypes(known: readonly KnownHost[], names: readonly string[]): readonly string[] {
  const keys = names.map((name) => keysOf(known, name)).find((found) => found.length > 0) ?? [];
  return [...new Set(keys.map((entry) => entry.keyType))];
}

/** The first line that trusts an authority to sign this host's keys. */
export function findAuthority(known: readonly KnownHost[], names: readonly string[]): KnownHost | undefined {
  return known.find((entry) => entry.marker === "cert-authority" && names.some((name) => isAbout(entry, name)));
}

function keysOf(known: readonly KnownHost[], name: string): readonly KnownHost[] {
  return known.filter((entry) => entry.marker === undefined && isAbout(entry, name));
}
