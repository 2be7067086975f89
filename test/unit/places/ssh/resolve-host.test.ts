import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { resolveHost } from "../../../../src/places/ssh/resolve-host.ts";
import { until } from "../../../support/until.ts";
import { recorded } from "./settings-requests.ts";
import { ed25519Key, keyWords, scratchFolder } from "./keys.ts";

/** A folder for PATH with nothing but an `ssh`, a script of these lines. */
function fakeSsh(...lines: readonly string[]): string {
  const folder = scratchFolder();
  const ssh = path.join(folder, "ssh");
  writeFileSync(ssh, ["#!/bin/sh", ...lines, ""].join("\n"));
  chmodSync(ssh, 0o755);
  return folder;
}

/** An `ssh` that prints this, and writes its arguments beside itself. */
function printingSsh(output: string): string {
  const folder = fakeSsh(
    'printf "%s\\n" "$@" > "${0%/*}/arguments"',
    'while IFS= read -r line; do echo "$line"; done < "${0%/*}/output"',
  );
  writeFileSync(path.join(folder, "output"), output);
  return folder;
}

test("ssh in the user's PATH is asked, and knows the home folder better than the environment", async () => {
  const PATH = printingSsh(recorded("debian-12.output"));
  const settings = await resolveHost("ann@web1", { PATH, HOME: "/elsewhere", LANG: "C" });
  expect(settings).toMatchObject({ destination: "ann@web1", host: "web1", environment: { LANG: "C" } });
  expect(settings.identityFiles[0]).toBe("/home/jo/.ssh/id_rsa");
  expect(settings.needsOpenssh).toBeUndefined();
  const args = readFileSync(path.join(PATH, "arguments"), "utf8").split("\n");
  expect(args).toEqual(["-G", "-o", "ControlPath=%d/%u", "-l", "ann", "--", "web1", ""]);
});

test("without an ssh the settings are OpenSSH's defaults for the environment's user", async () => {
  const env = { PATH: scratchFolder(), HOME: "/home/ann", USER: "ann", SSH_AUTH_SOCK: "/run/agent" };
  expect(await resolveHost("ssh://web1:2200", env)).toMatchObject({
    destination: "ssh://web1:2200",
    host: "web1",
    port: 2200,
    user: "ann",
    agent: "/run/agent",
    identityFiles: ["/home/ann/.ssh/id_rsa", "/home/ann/.ssh/id_ecdsa", "/home/ann/.ssh/id_ed25519"],
    userKnownHostsFiles: ["/home/ann/.ssh/known_hosts", "/home/ann/.ssh/known_hosts2"],
  });
  expect(await resolveHost("jo@[2001:db8::7]", env)).toMatchObject({ host: "2001:db8::7", user: "jo", port: 22 });
});

test("a configuration that ssh does not take is shown with ssh's first line", async () => {
  const PATH = fakeSsh(
    "echo >&2",
    'echo "config: line 1: Bad configuration option: foo" >&2',
    'echo "terminating" >&2',
    "exit 255",
  );
  await expect(resolveHost("web1", { PATH })).rejects.toMatchObject({
    code: "ssh-failed",
    message: 'web1: "ssh -G" fails: config: line 1: Bad configuration option: foo',
  });
});

test("a name that ssh would take for an option never reaches it", async () => {
  const PATH = printingSsh(recorded("debian-12.output"));
  await expect(resolveHost("-oProxyCommand=reboot", { PATH })).rejects.toMatchObject({ code: "ssh-failed" });
  expect(() => readFileSync(path.join(PATH, "arguments"))).toThrow("ENOENT");
});

test("an abort ends the asking at once", async () => {
  const PATH = fakeSsh('/bin/mkdir "${0%/*}/asked"', "exec /bin/sleep 60");
  const abort = new AbortController();
  const refused = resolveHost("web1", { PATH }, abort.signal).catch((error: unknown) => error);
  await until(
    () => existsSync(path.join(PATH, "asked")),
    () => "ssh is asked",
  );
  abort.abort();
  expect(await refused).toMatchObject({ code: "ssh-failed", message: "web1: given up" });
});

test("keys with certificates and hosts with an authority are left to ssh", async () => {
  const folder = scratchFolder();
  mkdirSync(path.join(folder, "keys"));
  const key = path.join(folder, "keys", "id");
  const known = path.join(folder, "known");
  writeFileSync(known, `# comment\n@cert-authority [*.org]:2200 ${keyWords(ed25519Key(1))}\n`);
  const output = `hostname web1.org\nport 2200\nidentityfile ${key}\nuserknownhostsfile ${known}\n`;
  const needs = async (text: string): Promise<string | undefined> =>
    (await resolveHost("web1", { PATH: printingSsh(text) })).needsOpenssh;

  expect(await needs(output)).toBe(`the @cert-authority of ${known}:2`);
  expect(await needs(output.replace("web1.org", "web1.com"))).toBeUndefined();
  writeFileSync(`${key}-cert.pub`, "ssh-ed25519-cert-v01@openssh.com AAAA\n");
  expect(await needs(output)).toBe(`the certificate ${key}-cert.pub`);
});
