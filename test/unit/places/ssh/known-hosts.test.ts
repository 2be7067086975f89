import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  formatKnownHost,
  hashHostName,
  isAbout,
  type KnownHost,
  knownHostName,
  parseKnownHosts,
} from "../../../../src/places/ssh/known-hosts.ts";
import { recorded } from "./settings-requests.ts";
import { ed25519Key, keyWords, rsaKey, wireKey } from "./keys.ts";

const key = ed25519Key(1);
const words = keyWords(key);

function entryFor(hosts: string): KnownHost {
  const [entry] = parseKnownHosts(`${hosts} ${words}\n`, "known");
  if (entry === undefined) throw new Error(`no entry: ${hosts}`);
  return entry;
}

describe("lines", () => {
  test("entries know their place; comments and empty lines count as lines", () => {
    const text = `# comment\n\n  web1 ${words} jo@desk\n\t# more\nweb2,web3\t${words}\r\n@revoked * ${words}\n@cert-authority *.org ${words}`;
    expect(parseKnownHosts(text, "/k")).toEqual([
      { file: "/k", line: 3, hosts: "web1", keyType: "ssh-ed25519", key },
      { file: "/k", line: 5, hosts: "web2,web3", keyType: "ssh-ed25519", key },
      { file: "/k", line: 6, marker: "revoked", hosts: "*", keyType: "ssh-ed25519", key },
      { file: "/k", line: 7, marker: "cert-authority", hosts: "*.org", keyType: "ssh-ed25519", key },
    ]);
  });

  test.each([
    "web1",
    "web1 ssh-ed25519",
    "web1 ssh-ed25519 !!!!",
    `web1 ssh-rsa ${key.toString("base64")}`,
    `web1 ssh-ed25519 ${key.subarray(0, 40).toString("base64")}`,
    `web1 ssh-new ${wireKey("ssh-new", Buffer.of(1)).toString("base64")}`,
    `web1 constructor ${wireKey("constructor", Buffer.of(1)).toString("base64")}`,
    `web1 ssh-ed25519 ${wireKey("ssh-ed25519", Buffer.of()).toString("base64")}`,
    "web1 1024 35 1234567890",
    `@unknown web1 ${words}`,
    `@revoked @revoked web1 ${words}`,
    `@revoked ${words}`,
  ])("the line %j is passed over, and the next one is not", (line) => {
    expect(parseKnownHosts(`${line}\nweb2 ${words}\n`, "/k")).toMatchObject([{ line: 2, hosts: "web2" }]);
  });

  test.each([rsaKey(9), wireKey("ecdsa-sha2-nistp256", Buffer.from("nistp256"), Buffer.alloc(65, 4))])(
    "keys of other types are taken (%#)",
    (other) => {
      expect(parseKnownHosts(`web1 ${keyWords(other)}\n`, "/k")).toMatchObject([{ key: other }]);
    },
  );

  test("no bytes are too odd", () => {
    const oddLine = fc.array(fc.constantFrom("@revoked", "|1|", "|", "web1", words, "#", "\t", ",", "!", "\0"), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.array(oddLine, { maxLength: 5 }), (bytes, lines) => {
        const text = Buffer.from(bytes).toString("utf8") + lines.map((line) => line.join(" ")).join("\n");
        for (const entry of parseKnownHosts(text, "known")) expect(isAbout(entry, "web1")).toBeTypeOf("boolean");
      }),
    );
  });
});

describe("names", () => {
  test.each([
    ["web1", "web1", true],
    ["web1", "web11", false],
    ["WEB1", "web1", true],
    ["web1", "Web1", true],
    ["web1,198.51.100.7", "198.51.100.7", true],
    ["*.example.org", "web1.example.org", true],
    ["*.example.org", "example.org", false],
    ["web?", "web1", true],
    ["*.example.org,!web1.example.org", "web1.example.org", false],
    ["!web1.example.org,*.example.org", "web1.example.org", false],
    ["!web1.example.org,*.example.org", "web2.example.org", true],
    ["!web1", "web2", false],
    ["[web1]:2200", "[web1]:2200", true],
    ["[web1]:2200", "web1", false],
    ["web1", "[web1]:2200", false],
    ["[*]:2200", "[web1]:2200", true],
    ["2001:db8::7", "2001:db8::7", true],
    ["[2001:db8::7]:99", "[2001:db8::7]:99", true],
  ])("%s speaks of %s: %s", (hosts, name, expected) => {
    expect(isAbout(entryFor(hosts), name)).toBe(expected);
  });

  test.each([
    ["Web1.Example.org", 22, "web1.example.org"],
    ["web1", 2200, "[web1]:2200"],
    ["2001:db8::7", 22, "2001:db8::7"],
    ["2001:db8::7", 99, "[2001:db8::7]:99"],
  ])("%s, port %i, stands there as %s", (host, port, name) => {
    expect(knownHostName(host, port)).toBe(name);
  });
});

describe("hashed names", () => {
  const names = ["web1.example.org", "198.51.100.7", "[web1.example.org]:2200", "[2001:db8::7]:99", "2001:db8::8"];

  test("what ssh-keygen hashed is about the names that it was given, and no others", () => {
    const entries = parseKnownHosts(recorded("hashed-by-ssh-keygen"), "known");
    expect(names.map((name) => entries.filter((entry) => isAbout(entry, name)).map(({ line }) => line))).toEqual([
      [1],
      [2],
      [3],
      [4],
      [5],
    ]);
    expect(entries.some((entry) => isAbout(entry, "web1"))).toBe(false);
  });

  test("what is hashed here is about its name in any case, and about no other", () => {
    const name = fc.string({ unit: fc.constantFrom("a", "B", "1", ".", "-", ":", "[", "]"), minLength: 1 });
    fc.assert(
      fc.property(name, name, (given, other) => {
        const [entry] = parseKnownHosts(formatKnownHost(given, key, true), "known");
        if (entry === undefined) throw new Error("no entry");
        expect(entry.hosts).not.toContain(given.length > 3 ? given : "\0");
        expect(isAbout(entry, given.toUpperCase())).toBe(true);
        expect(isAbout(entry, other)).toBe(given.toLowerCase() === other.toLowerCase());
      }),
    );
  });

  test("the same name is hashed in another way each time", () => {
    expect(hashHostName("web1")).not.toBe(hashHostName("web1"));
  });

  test.each(["|1|", "|1||", "|2|c2FsdA==|aGFzaA==", "|1|c2FsdA==|aGFzaA==", "|", "||||"])(
    "%s hides no name",
    (hosts) => {
      expect(isAbout(entryFor(hosts), "web1")).toBe(false);
    },
  );
});

test("what is written without a hash is read again", () => {
  expect(parseKnownHosts(formatKnownHost("[Web1]:2200", key, false), "known")).toMatchObject([
    { hosts: "[web1]:2200", keyType: "ssh-ed25519", key },
  ]);
});
