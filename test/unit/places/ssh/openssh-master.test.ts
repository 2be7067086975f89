import { chmodSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { OpensshMaster } from "../../../../src/places/ssh/openssh-master.ts";
import { settingsFrom } from "./settings-requests.ts";
import { scratchFolder } from "./keys.ts";

/** The arguments that the `ssh` which holds a connection is started with. */
async function argumentsFor(output: string): Promise<readonly string[]> {
  const [bin, tmp] = [scratchFolder(), scratchFolder()];
  const ssh = path.join(bin, "ssh");
  writeFileSync(ssh, '#!/bin/sh\nprintf "%s\\n" "$@" > "${0%/*}/arguments"\nexit 255\n');
  chmodSync(ssh, 0o755);
  const env = { PATH: bin, TMPDIR: tmp };
  const signal = new AbortController().signal;
  const options = { transport: "openssh", env, signal, warn: () => undefined } as const;
  await expect(OpensshMaster.start(settingsFrom(output), options)).rejects.toMatchObject({ code: "ssh-failed" });
  expect(readdirSync(tmp)).toEqual([]);
  return readFileSync(path.join(bin, "arguments"), "utf8").split("\n");
}

test("a connection is looked after, though the user's settings do not ask for it", async () => {
  expect(await argumentsFor("")).toEqual(
    expect.arrayContaining(["ServerAliveInterval=30", "ServerAliveCountMax=4", "ConnectTimeout=15"]),
  );
});

test("what the user's settings ask for counts", async () => {
  const args = await argumentsFor("serveraliveinterval 7\nserveralivecountmax 2\nconnecttimeout 3\n");
  expect(args).toEqual(expect.arrayContaining(["ServerAliveInterval=7", "ServerAliveCountMax=2"]));
  expect(args.join(" ")).not.toContain("ConnectTimeout");
});
