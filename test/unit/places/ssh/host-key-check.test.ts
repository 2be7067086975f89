import { describe, expect, test } from "vitest";
import {
  checkHostKey,
  findAuthority,
  type HostKeyDecision,
  knownHostNames,
  knownKeyTypes,
} from "../../../../src/places/ssh/host-key-check.ts";
import { hostKeyError, hostKeyWarning } from "../../../../src/places/ssh/host-key-messages.ts";
import type { HostSettings } from "../../../../src/places/ssh/host-settings.ts";
import { isAbout, parseKnownHosts } from "../../../../src/places/ssh/known-hosts.ts";
import { settingsFrom } from "./settings-requests.ts";
import { ed25519Key, keyWords, rsaKey } from "./keys.ts";

const shown = ed25519Key(1);
const other = ed25519Key(2);
const rsa = rsaKey(3);
const FILE = "/home/jo/.ssh/known_hosts";

const base = settingsFrom("");

/** What is decided when the host shows `shown` and the file has these lines. */
function decide(lines: readonly string[], settings: Partial<HostSettings> = {}, isLoopback = false): HostKeyDecision {
  return checkHostKey({ ...base, ...settings }, parseKnownHosts(lines.join("\n"), FILE), shown, isLoopback);
}

function messageOf(
  lines: readonly string[],
  settings: Partial<HostSettings> = {},
  named: { destination?: string; address?: string } = {},
): string | undefined {
  const about = {
    destination: named.destination ?? "web1",
    settings: { ...base, ...settings },
    key: shown,
    address: named.address,
  };
  const decision = decide(lines, settings);
  const error = hostKeyError(decision, about);
  return error === undefined ? hostKeyWarning(decision, about) : `${error.code}: ${error.message}`;
}

describe("a key", () => {
  test("that is known is accepted, whatever else the files say of the host", () => {
    expect(decide([`web1 ${keyWords(rsa)}`, `web1 ${keyWords(other)}`, `web1 ${keyWords(shown)}`])).toEqual({
      type: "accepted",
    });
  });

  test.each(["yes", "ask"] as const)("that is not known is refused when checking is strict: %s", (strict) => {
    expect(decide([`web2 ${keyWords(shown)}`], { strictHostKeyChecking: strict })).toEqual({ type: "unknown" });
  });

  test.each(["accept-new", "no"] as const)("that is not known is made known with %s", (strict) => {
    expect(decide([], { strictHostKeyChecking: strict, port: 2200 })).toEqual({
      type: "accepted-new",
      file: FILE,
      line: `[web1]:2200 ${keyWords(shown)}`,
    });
  });

  test("is made known under a hashed name where the settings say so", () => {
    const decision = decide([], { strictHostKeyChecking: "no", hashKnownHosts: true });
    const line = decision.type === "accepted-new" ? decision.line : "";
    expect(line).toMatch(/^\|1\|/);
    expect(parseKnownHosts(line, FILE).filter((entry) => isAbout(entry, "web1"))).toHaveLength(1);
  });

  test("is accepted without being kept where there is no file for it", () => {
    const decision = decide([], { strictHostKeyChecking: "accept-new", userKnownHostsFiles: [] });
    expect(decision).toEqual({ type: "accepted-new", line: `web1 ${keyWords(shown)}` });
  });

  test.each(["yes", "ask", "accept-new"] as const)("that differs from the known ones has changed: %s", (strict) => {
    const lines = [`web1 ${keyWords(rsa)}`, `web1 ${keyWords(other)}`];
    expect(decide(lines, { strictHostKeyChecking: strict })).toMatchObject({
      type: "changed",
      offending: { file: FILE, line: 2 },
    });
  });

  test("of another type than the known ones has changed too, as for ssh", () => {
    expect(decide([`web1 ${keyWords(rsa)}`])).toMatchObject({ type: "changed", offending: { line: 1 } });
  });

  test("that has changed is accepted with StrictHostKeyChecking no, but not as if nothing were", () => {
    expect(decide([`web1 ${keyWords(other)}`], { strictHostKeyChecking: "no" })).toMatchObject({
      type: "accepted-changed",
      offending: { line: 1 },
    });
  });

  test.each(["yes", "ask", "accept-new", "no"] as const)("that is revoked is never accepted: %s", (strict) => {
    const lines = [`web1 ${keyWords(shown)}`, `@revoked * ${keyWords(shown)}`];
    expect(decide(lines, { strictHostKeyChecking: strict })).toMatchObject({ type: "revoked", offending: { line: 2 } });
  });

  test("is not revoked by a line about another key or another host", () => {
    const lines = [`web1 ${keyWords(shown)}`, `@revoked * ${keyWords(other)}`, `@revoked web2 ${keyWords(shown)}`];
    expect(decide(lines)).toEqual({ type: "accepted" });
  });

  test("of an authority is not the key of a host", () => {
    expect(decide([`@cert-authority * ${keyWords(shown)}`])).toEqual({ type: "unknown" });
  });
});

describe("the name", () => {
  test("with the port comes first, and the name without it can only speak for a key", () => {
    expect(decide([`web1 ${keyWords(shown)}`], { port: 2200 })).toEqual({ type: "accepted" });
    expect(decide([`web1 ${keyWords(other)}`], { port: 2200 })).toEqual({ type: "unknown" });
    expect(decide([`[web1]:2200 ${keyWords(other)}`, `web1 ${keyWords(shown)}`], { port: 2200 })).toMatchObject({
      type: "changed",
      offending: { line: 1 },
    });
  });

  test("is the alias alone where there is one", () => {
    const settings = { hostKeyAlias: "Farm", port: 2200 };
    expect(knownHostNames({ ...base, ...settings })).toEqual(["farm"]);
    expect(decide([`farm ${keyWords(shown)}`], settings)).toEqual({ type: "accepted" });
    expect(decide([`web1 ${keyWords(shown)}`], settings)).toEqual({ type: "unknown" });
  });

  test("does not matter for loopback where the settings say so, unless there is an alias", () => {
    const settings = { noHostAuthenticationForLocalhost: true };
    const lines = [`web1 ${keyWords(other)}`];
    expect(decide(lines, settings, true)).toEqual({ type: "accepted" });
    expect(decide(lines, settings, false)).toMatchObject({ type: "changed" });
    expect(decide(lines, {}, true)).toMatchObject({ type: "changed" });
    expect(decide(lines, { ...settings, hostKeyAlias: "web1" }, true)).toMatchObject({ type: "changed" });
  });
});

describe("what is known of a host", () => {
  const known = parseKnownHosts(
    [
      `web1 ${keyWords(rsa)}`,
      `web* ${keyWords(other)}`,
      `web1 ${keyWords(rsaKey(7))}`,
      `@cert-authority *.org ${keyWords(shown)}`,
      `[web3]:2200 ${keyWords(rsa)}`,
    ].join("\n"),
    FILE,
  );

  test("are the types of its keys, by the first name that has any", () => {
    expect(knownKeyTypes(known, ["web1"])).toEqual(["ssh-rsa", "ssh-ed25519"]);
    expect(knownKeyTypes(known, ["[web3]:2200", "web3"])).toEqual(["ssh-rsa"]);
    expect(knownKeyTypes(known, ["[web4]:2200", "web4"])).toEqual(["ssh-ed25519"]);
    expect(knownKeyTypes(known, ["mail.org"])).toEqual([]);
  });

  test("is the authority that signs its keys", () => {
    expect(findAuthority(known, ["mail.org"])).toMatchObject({ line: 4 });
    expect(findAuthority(known, ["web1"])).toBeUndefined();
  });
});

describe("messages", () => {
  test("about an unknown key", () => {
    expect(messageOf([], {}, { address: "198.51.100.7" })).toMatch(
      /^host-key-unknown: host key of web1 \(198\.51\.100\.7, ED25519 SHA256:[\w+/]{43}\) is not known: connect once with "ssh web1" and check it$/,
    );
  });

  test("about an unknown key of a host that is named by its address, with a port", () => {
    const named = { destination: "ssh://jo@[2001:db8::7]:99", address: "2001:db8::7" };
    expect(messageOf([], {}, named)).toContain('connect once with "ssh -l jo -p 99 2001:db8::7" and check it');
    expect(messageOf([], {}, { destination: "198.51.100.7", address: "198.51.100.7" })).toContain(
      "host key of 198.51.100.7 (ED25519 ",
    );
  });

  test("about an unknown key where ssh would not ask either", () => {
    expect(messageOf([], { strictHostKeyChecking: "yes" })).toMatch(
      /is not known: check it and add it to \/home\/jo\/\.ssh\/known_hosts \(StrictHostKeyChecking is yes\)$/,
    );
  });

  test("about a changed key, with the command that removes the old one", () => {
    expect(messageOf([`[web1]:2200 ${keyWords(rsa)}`], { port: 2200 })).toMatch(
      /^host-key-changed: host key of web1 has changed: it shows ED25519 SHA256:\S+ but \/home\/jo\/\.ssh\/known_hosts:1 says RSA SHA256:\S+; if that is right, remove the old one with: ssh-keygen -f \/home\/jo\/\.ssh\/known_hosts -R '\[web1\]:2200'$/,
    );
  });

  test("about a revoked key", () => {
    expect(messageOf([`@revoked * ${keyWords(shown)}`])).toMatch(
      /^host-key-revoked: host key of web1 is revoked: it shows ED25519 SHA256:\S+, which \/home\/jo\/\.ssh\/known_hosts:1 revokes; give the host another key$/,
    );
  });

  test("about keys that are accepted all the same", () => {
    expect(messageOf([`web1 ${keyWords(shown)}`])).toBeUndefined();
    expect(messageOf([], { strictHostKeyChecking: "accept-new" })).toContain(`it is added to ${FILE}`);
    expect(messageOf([], { strictHostKeyChecking: "no", userKnownHostsFiles: [] })).toContain("trusted this once");
    expect(messageOf([`web1 ${keyWords(other)}`], { strictHostKeyChecking: "no" })).toMatch(
      /^host key of web1 has changed: .*; StrictHostKeyChecking is no: it is used, without forwarded ports$/,
    );
  });

  test("show the fingerprint that ssh-keygen -l shows", () => {
    expect(messageOf([])).toContain("ED25519 SHA256:RXm/ruZ0eTzRXKwi1AQEDynB0VgHQ2ac9KPSFdf/YnA");
  });
});
