import { execFileSync } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { describeKey } from "../../src/places/ssh/host-key.ts";
import { resolveHost } from "../../src/places/ssh/resolve-host.ts";
import { formatKnownHost, isAbout, parseKnownHosts } from "../../src/places/ssh/known-hosts.ts";
import { scratchFolder } from "../unit/places/ssh/keys.ts";

const NAMES = ["web1.example.org", "[web1.example.org]:2200", "[2001:db8::7]:99", "2001:db8::8"];

/** A key of each type that ssh-keygen makes. */
function makeKeys(folder: string): { file: string; key: Buffer }[] {
  return ["ed25519", "ecdsa", "rsa"].map((type) => {
    const file = path.join(folder, type);
    execFileSync("ssh-keygen", ["-q", "-t", type, "-N", "", "-f", file]);
    return { file, key: Buffer.from(readFileSync(`${file}.pub`, "utf8").split(" ")[1] ?? "", "base64") };
  });
}

test("what ssh-keygen hashes is understood", () => {
  const folder = scratchFolder();
  const known = path.join(folder, "known");
  const keys = makeKeys(folder);
  writeFileSync(
    known,
    NAMES.flatMap((name) => keys.map(({ key }) => `${formatKnownHost(name, key, false)}\n`)).join(""),
  );
  execFileSync("ssh-keygen", ["-q", "-H", "-f", known], { stdio: "ignore" });
  const entries = parseKnownHosts(readFileSync(known, "utf8"), known);
  expect(readFileSync(known, "utf8")).not.toContain("web1");
  for (const name of NAMES) {
    const found = entries.filter((entry) => isAbout(entry, name)).map((entry) => entry.key.toString("base64"));
    expect(found).toEqual(keys.map(({ key }) => key.toString("base64")));
  }
});

test("what is hashed here is found by ssh-keygen", () => {
  const folder = scratchFolder();
  const known = path.join(folder, "known");
  const lines = makeKeys(folder).flatMap(({ key }) =>
    NAMES.map((name) => ({ name, line: formatKnownHost(name, key, true) })),
  );
  writeFileSync(known, lines.map(({ line }) => `${line}\n`).join(""));
  for (const name of NAMES) {
    const found = execFileSync("ssh-keygen", ["-F", name, "-f", known], { encoding: "utf8" }).split("\n");
    const wanted = lines.filter((each) => each.name === name).map(({ line }) => line);
    expect(found.filter((line) => line.startsWith("|1|"))).toEqual(wanted);
  }
});

test("a key is described by the fingerprint that ssh-keygen shows", () => {
  for (const { file, key } of makeKeys(scratchFolder())) {
    const [, fingerprint, ...rest] = execFileSync("ssh-keygen", ["-l", "-f", file], { encoding: "utf8" })
      .trim()
      .split(" ");
    expect(describeKey(key)).toBe(`${rest.at(-1)?.slice(1, -1)} ${fingerprint}`);
  }
});

test("the user's ssh is asked for its settings, and its complaint is shown", async () => {
  const folder = scratchFolder();
  const config = path.join(folder, "config");
  const real = execFileSync("/bin/sh", ["-c", "command -v ssh"], { encoding: "utf8" }).trim();
  writeFileSync(path.join(folder, "ssh"), `#!/bin/sh\nexec ${real} -F ${config} "$@"\n`);
  chmodSync(path.join(folder, "ssh"), 0o755);
  const env = { PATH: `${folder}:/usr/bin:/bin` };

  writeFileSync(
    config,
    `Host web?\n  HostName %h.example.org\n  IdentityFile ${folder}/%r.key\n  ProxyJump jo@gate:2022\n`,
  );
  expect(await resolveHost("ann@web1", env)).toMatchObject({
    host: "web1.example.org",
    user: "ann",
    identityFiles: [`${folder}/ann.key`],
    jumps: ["ssh://jo@gate:2022"],
  });
  expect(await resolveHost("ssh://ann@[2001:db8::7]:99", env)).toMatchObject({
    host: "2001:db8::7",
    port: 99,
    jumps: [],
  });

  writeFileSync(config, "Nonsense yes\n");
  await expect(resolveHost("web1", env)).rejects.toMatchObject({
    code: "ssh-failed",
    message: expect.stringMatching(/^web1: "ssh -G" fails: .*config.*line 1: Bad configuration option: nonsense$/),
  });
});
