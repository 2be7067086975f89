import { chmodSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { needsOpenssh } from "../../../../src/places/ssh/needs-openssh.ts";
import { findSpecialKey } from "../../../../src/places/ssh/special-keys.ts";
import { parseSshConfig } from "../../../../src/places/ssh/ssh-config.ts";
import { recorded } from "./settings-requests.ts";
import { scratchFolder } from "./keys.ts";

const lines = recorded("beyond-ssh2.output").split("\n");

/** The recorded output of Debian's configuration with one line of another taken over. */
function reasonFor(name: string): string | undefined {
  const line = lines.find((each) => each.startsWith(`${name} `)) ?? "";
  expect(line).not.toBe("");
  return needsOpenssh(parseSshConfig(`${line}\n${recorded("debian-12.output")}`));
}

test("Debian's configuration, GSSAPI and all, asks for nothing special", () => {
  expect(needsOpenssh(parseSshConfig(recorded("debian-12.output")))).toBeUndefined();
});

test.each([
  ["proxycommand", "ProxyCommand"],
  ["certificatefile", "CertificateFile"],
  ["pkcs11provider", "PKCS11Provider"],
  ["knownhostscommand", "KnownHostsCommand"],
  ["revokedhostkeys", "RevokedHostKeys"],
  ["bindinterface", "BindInterface"],
  ["verifyhostkeydns", "VerifyHostKeyDNS"],
  ["hostbasedauthentication", "HostbasedAuthentication"],
  ["pubkeyauthentication", "PubkeyAuthentication no"],
  ["preferredauthentications", "PreferredAuthentications without publickey"],
  ["tunnel", "Tunnel"],
])("%s, as ssh printed it, needs ssh itself", (name, words) => {
  expect(reasonFor(name)).toBe(words);
});

test.each([
  "proxycommand none",
  "pkcs11provider none",
  "verifyhostkeydns ask",
  "verifyhostkeydns no",
  "pubkeyauthentication yes",
  "pubkeyauthentication unbound",
  "preferredauthentications gssapi-with-mic,publickey",
  "tunnel no",
  "remotecommand tmux attach",
])("%s needs nothing special", (line) => {
  expect(needsOpenssh(parseSshConfig(`${line}\n`))).toBeUndefined();
});

describe("keys on the disk", () => {
  test("a certificate beside a key needs ssh itself, also when the key is in an agent alone", async () => {
    const key = path.join(scratchFolder(), "id_ed25519");
    expect(await findSpecialKey([key])).toBeUndefined();
    writeFileSync(`${key}-cert.pub`, "ssh-ed25519-cert-v01@openssh.com AAAA\n");
    expect(await findSpecialKey(["/nowhere/id", key])).toBe(`the certificate ${key}-cert.pub`);
  });

  test("a hardware key is known by its public half, whatever it is called", async () => {
    const key = path.join(scratchFolder(), "token");
    writeFileSync(key, "-----BEGIN OPENSSH PRIVATE KEY-----\n");
    writeFileSync(`${key}.pub`, "sk-ssh-ed25519@openssh.com AAAA jo\n");
    expect(await findSpecialKey([key])).toBe(`the hardware key ${key}`);
    writeFileSync(`${key}.pub`, "ssh-ed25519 AAAA jo\n");
    expect(await findSpecialKey([key])).toBeUndefined();
  });

  test("a hardware key without its public half is known by its usual name, if it is there", async () => {
    const key = path.join(scratchFolder(), "id_ecdsa_sk");
    expect(await findSpecialKey([key])).toBeUndefined();
    writeFileSync(key, "-----BEGIN OPENSSH PRIVATE KEY-----\n");
    chmodSync(key, 0o600);
    expect(await findSpecialKey([key])).toBe(`the hardware key ${key}`);
  });
});
