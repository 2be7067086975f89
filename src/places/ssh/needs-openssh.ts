import { flagOf, type SshConfig, valueOf } from "./ssh-config.ts";

/**
 * What these settings ask for that the ssh2 library cannot do, in words; undefined when there is nothing.
 *
 * ProxyUseFdpass is missing since it means nothing without ProxyCommand, and RemoteCommand since it gives way to the
 * command that is to be run, whichever program speaks. GSSAPI counts only where keys are not to be tried: Debian turns
 * it on for everybody.
 */
export function needsOpenssh(config: SshConfig): string | undefined {
  return REASONS.find(([, applies]) => applies(config))?.[0];
}

const isSet =
  (name: string) =>
  (config: SshConfig): boolean =>
    valueOf(config, name) !== undefined;

const REASONS: ReadonlyArray<readonly [words: string, applies: (config: SshConfig) => boolean]> = [
  ["ProxyCommand", isSet("proxycommand")],
  ["CertificateFile", isSet("certificatefile")],
  ["PKCS11Provider", isSet("pkcs11provider")],
  ["KnownHostsCommand", isSet("knownhostscommand")],
  ["RevokedHostKeys", isSet("revokedhostkeys")],
  ["BindInterface", isSet("bindinterface")],
  ["VerifyHostKeyDNS", (config) => flagOf(config, "verifyhostkeydns")],
  ["HostbasedAuthentication", (config) => flagOf(config, "hostbasedauthentication")],
  ["PubkeyAuthentication no", (config) => isOff(config, "pubkeyauthentication")],
  ["PreferredAuthentications without publickey", (config) => !mayUseKeys(config)],
  ["Tunnel", (config) => isSet("tunnel")(config) && !isOff(config, "tunnel")],
];

function isOff(config: SshConfig, name: string): boolean {
  const value = valueOf(config, name)?.toLowerCase();
  return value === "no" || value === "false";
}

function mayUseKeys(config: SshConfig): boolean {
  const methods = valueOf(config, "preferredauthentications");
  return methods === undefined || methods.split(",").includes("publickey");
}
