import { describe, expect, test } from "vitest";
import { parseDestination, parseJumps, sshArguments } from "../../../../src/places/ssh/destination.ts";
import { SshError } from "../../../../src/places/ssh/session.ts";

test.each([
  ["web1", { host: "web1" }],
  ["jo@web1", { user: "jo", host: "web1" }],
  ["jo@corp@web1", { user: "jo@corp", host: "web1" }],
  ["2001:db8::7", { host: "2001:db8::7" }],
  ["[2001:db8::7]", { host: "2001:db8::7" }],
  ["jo@[fe80::1%eth0]", { user: "jo", host: "fe80::1%eth0" }],
  ["web1:22", { host: "web1:22" }],
  ["ssh://web1", { host: "web1" }],
  ["ssh://jo@web1:2200", { user: "jo", host: "web1", port: 2200 }],
  ["ssh://jo%40corp@web1/", { user: "jo@corp", host: "web1" }],
  ["ssh://[2001:db8::7]:99", { host: "2001:db8::7", port: 99 }],
])("%s is understood", (text, destination) => {
  expect(parseDestination(text)).toEqual(destination);
});

test.each([
  ["", /^"" names no host: write HOST or USER@HOST$/],
  ["jo@", /write HOST/],
  ["@web1", /write HOST/],
  ["-oProxyCommand=reboot", /cannot begin with "-"/],
  ["jo@-oProxyCommand=reboot", /cannot begin with "-"/],
  ["-l@web1", /cannot begin with "-"/],
  ["ssh://-oProxyCommand=reboot@web1", /cannot begin with "-"/],
  ["ssh://-web1", /cannot begin with "-"/],
  ["web 1", /characters that no name has/],
  ["web1\n", /characters that no name has/],
  ["web\0", /characters that no name has/],
  ["ssh://web1:0", /a number from 1 to 65535/],
  ["ssh://web1:70000", /a number from 1 to 65535/],
  ["ssh://web1/folder", /characters that no name has/],
])("%j is refused in one line", (text, message) => {
  const refusal = refusalOf(text);
  expect(refusal).toMatchObject({ code: "ssh-failed" });
  expect(refusal?.message).toMatch(message);
  expect(refusal?.message).not.toContain("\n");
});

test.each([
  ["web1", ["--", "web1"]],
  ["jo@web1", ["-l", "jo", "--", "web1"]],
  ["ssh://jo@[2001:db8::7]:99", ["-l", "jo", "-p", "99", "--", "2001:db8::7"]],
])("ssh is led to %s", (destination, args) => {
  expect(sshArguments(destination)).toEqual(args);
});

describe("ProxyJump", () => {
  test.each([
    ["none", []],
    ["gate", ["gate"]],
    ["jo@gate", ["jo@gate"]],
    ["jo@gate:2200, inner", ["ssh://jo@gate:2200", "inner"]],
    ["jo@corp@gate:2200", ["ssh://jo%40corp@gate:2200"]],
    ["[2001:db8::7]:99,[2001:db8::8]", ["ssh://[2001:db8::7]:99", "[2001:db8::8]"]],
    ["ssh://jo@gate:2200,ssh://inner", ["ssh://jo@gate:2200", "ssh://inner"]],
  ])("%s is a list of destinations", (setting, hops) => {
    expect(parseJumps(setting)).toEqual(hops);
  });

  test("every hop can be resolved", () => {
    const hops = parseJumps("jo@corp@gate:2200,[2001:db8::7]:99,[2001:db8::8]");
    expect(hops.map((hop) => parseDestination(hop))).toEqual([
      { user: "jo@corp", host: "gate", port: 2200 },
      { host: "2001:db8::7", port: 99 },
      { host: "2001:db8::8" },
    ]);
  });
});

function refusalOf(text: string): SshError | undefined {
  try {
    parseDestination(text);
  } catch (error) {
    if (error instanceof SshError) return error;
    throw error;
  }
  return undefined;
}
