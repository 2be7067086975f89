import { readdirSync } from "node:fs";
import path from "node:path";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { lastLineOf, opensshFailure, opensshWarnings } from "../../../../src/places/ssh/openssh-failure.ts";
import type { SshFailure } from "../../../../src/places/ssh/session.ts";
import { recorded } from "./settings-requests.ts";

/** What OpenSSH's client printed, and what is made of it. */
const CASES: ReadonlyArray<readonly [code: string, message: string, output: string]> = [
  [
    "name-not-resolved",
    "web1: Could not resolve hostname web1: Name or service not known",
    "ssh: Could not resolve hostname web1: Name or service not known\n",
  ],
  [
    "refused",
    "web1: connect to host 127.0.0.1 port 9: Connection refused",
    "ssh: connect to host 127.0.0.1 port 9: Connection refused\r\n",
  ],
  [
    "unreachable",
    "web1: connect to host 192.0.2.1 port 22: Connection timed out",
    "ssh: connect to host 192.0.2.1 port 22: Connection timed out\r\n",
  ],
  [
    "unreachable",
    "web1: Connection timed out during banner exchange",
    "Connection timed out during banner exchange\nConnection to 127.0.0.1 port 4711 timed out\n",
  ],
  [
    "authentication",
    "web1: jo@web1: Permission denied (publickey).",
    "Warning: Permanently added 'web1' (ED25519) to the list of known hosts.\njo@web1: Permission denied (publickey).\n",
  ],
  [
    "authentication",
    "web1: Received disconnect from 127.0.0.1 port 4711:2: Too many authentication failures",
    "Received disconnect from 127.0.0.1 port 4711:2: Too many authentication failures\nDisconnected from 127.0.0.1\n",
  ],
  [
    "host-key-unknown",
    'web1: host key of it or of its jump host is not known: connect once with "ssh web1" and check it',
    "Host key verification failed.\r\nConnection closed by UNKNOWN port 65535\r\n",
  ],
  [
    "host-key-changed",
    "web1: host key has changed: it shows SHA256:abc but /home/jo/.ssh/known_hosts:2 says otherwise; " +
      'if that is right, remove the old one with: ssh-keygen -f "/home/jo/.ssh/known_hosts" -R "web1"',
    [
      "@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@",
      "@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @",
      "@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@",
      "The fingerprint for the ED25519 key sent by the remote host is",
      "SHA256:abc.",
      "Offending ED25519 key in /home/jo/.ssh/known_hosts:2",
      "  remove with:",
      '  ssh-keygen -f "/home/jo/.ssh/known_hosts" -R "web1"',
      "Host key for web1 has changed and you have requested strict checking.",
      "Host key verification failed.",
    ].join("\r\n"),
  ],
  [
    "host-key-revoked",
    "web1: host key is revoked: The ED25519 host key for web1 is marked as revoked; give the host another key",
    [
      "@       WARNING: REVOKED HOST KEY DETECTED!               @",
      "The ED25519 host key for web1 is marked as revoked.",
      "Host key verification failed.",
    ].join("\r\n"),
  ],
  [
    "ssh-failed",
    "web1: kex_exchange_identification: read: Connection reset by peer",
    "kex_exchange_identification: read: Connection reset by peer\n",
  ],
  ["ssh-failed", "web1: it ended without a word", "\n"],
];

test.each(CASES)("%s: %s", (code, message, output) => {
  expect(opensshFailure("web1", output)).toMatchObject({ code, message });
});

/** What OpenSSH 9.2 really printed (recorded/README.md), and what the message that is made of it has to say. */
const RECORDED: Readonly<Record<string, readonly [code: SshFailure, message: RegExp]>> = {
  "hangs-up": ["ssh-failed", /^web1: Connection closed by 127\.0\.0\.1 port 24721$/],
  "host-key-algorithm": ["ssh-failed", /no matching host key type found\. Their offer: ssh-ed25519$/],
  "host-key-changed": [
    "host-key-changed",
    /it shows SHA256:\S+ but \/home\/jo\/\.ssh\/known_hosts:1 says .* with: ssh-keygen -f "\S+" -R "\[127\.0\.0\.1\]:24711"$/,
  ],
  "host-key-changed-strict-no": ["authentication", /^web1: jo@127\.0\.0\.1: Permission denied \(publickey\)\.$/],
  "host-key-not-known": ["host-key-unknown", /connect once with "ssh web1" and check it$/],
  "host-key-not-known-strict": ["host-key-unknown", /connect once with "ssh web1" and check it$/],
  "host-key-revoked": [
    "host-key-revoked",
    /host key for \[127\.0\.0\.1\]:24711 .*revoked.*; give the host another key$/,
  ],
  "host-key-revoked-by-file": [
    "host-key-revoked",
    /revoked by file \/home\/jo\/\.ssh\/revoked; give the host another key$/,
  ],
  "jump-denies": ["refused", /^web1: channel 0: open failed: connect failed: Connection refused$/],
  "jump-refused": ["refused", /^web1: connect to host 127\.0\.0\.1 port 9: Connection refused$/],
  "key-exchange": ["ssh-failed", /no matching key exchange method found/],
  "name-not-resolved": [
    "name-not-resolved",
    /^web1: Could not resolve hostname web1\.invalid: Name or service not known$/,
  ],
  "network-unreachable": ["unreachable", /port 22: Network is unreachable$/],
  "no-key": ["authentication", /^web1: jo@127\.0\.0\.1: Permission denied \(publickey\)\.$/],
  "no-route": ["unreachable", /port 22: No route to host$/],
  "other-protocol": ["ssh-failed", /^web1: Connection reset by 127\.0\.0\.1 port 24722$/],
  refused: ["refused", /^web1: connect to host 127\.0\.0\.1 port 9: Connection refused$/],
  silent: ["unreachable", /^web1: Connection timed out during banner exchange$/],
  "timed-out": ["unreachable", /port 22: Connection timed out$/],
  "too-many-keys": ["authentication", /Too many authentication failures$/],
};

test.each(Object.entries(RECORDED))("what was recorded of %s is told", (name, [code, message]) => {
  expect(opensshFailure("web1", recorded(`failures/${name}.stderr`))).toMatchObject({
    code,
    message: expect.stringMatching(message),
  });
});

test("every recorded failure is looked at", () => {
  const names = readdirSync(path.join(import.meta.dirname, "recorded", "failures"));
  expect(names.toSorted()).toEqual(
    Object.keys(RECORDED)
      .map((name) => `${name}.stderr`)
      .toSorted(),
  );
});

test("a message is one line, whatever was printed", () => {
  fc.assert(
    fc.property(fc.string(), (output) => {
      expect(opensshFailure("web1", output).message).not.toMatch(/[\r\n]/);
    }),
  );
});

test("warnings are told from what else is printed, and the last line from those before", () => {
  const output = "Welcome\nWarning: Permanently added 'web1' (ED25519) to the list of known hosts.\nssh: the end\n\n";
  expect(opensshWarnings(output)).toEqual(["Warning: Permanently added 'web1' (ED25519) to the list of known hosts."]);
  expect(lastLineOf(output)).toBe("the end");
  expect(lastLineOf(" \n")).toBeUndefined();
});
