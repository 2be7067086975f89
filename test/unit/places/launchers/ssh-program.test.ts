import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { SshError } from "../../../../src/places/ssh/session.ts";
import { until } from "../../../support/until.ts";
import { scratchFolder } from "../../node/process/scratch.ts";
import { setUp } from "./ssh-starts.ts";

describe("the program", () => {
  test("is copied to where it is not, said once, and found the next time", async () => {
    const env = { XDG_CACHE_HOME: scratchFolder() };
    const { start, program, said, hosts, read } = setUp({ there: false, env });
    expect(await start().ended).toEqual({ certain: true });
    expect(read("spec")).toContain("the secret key");
    expect(said).toEqual(["copying disbatch 1.2.3 (0 MB) to web1, once"]);
    expect(await start().ended).toEqual({ certain: true });
    expect(said).toHaveLength(1);
    expect(hosts.map(({ uploads }) => uploads)).toEqual([1, 0]);
    const hash = createHash("sha256").update(readFileSync(program)).digest("hex").slice(0, 32);
    const cache = path.join(env.XDG_CACHE_HOME, "disbatch", hash);
    expect(readdirSync(cache)).toEqual(["disbatch"]);
    expect(statSync(cache).mode & 0o777).toBe(0o700);
  });

  test("is copied again when the copy is not whole", async () => {
    const env = { XDG_CACHE_HOME: scratchFolder() };
    const { start, hosts } = setUp({ there: false, env });
    await start().ended;
    const [copy = ""] = readdirSync(env.XDG_CACHE_HOME, { recursive: true, encoding: "utf8" }).filter((name) =>
      name.endsWith("/disbatch"),
    );
    writeFileSync(path.join(env.XDG_CACHE_HOME, copy), "#!/bin/bash");
    expect(await start().ended).toEqual({ certain: true });
    expect(hosts.map(({ uploads }) => uploads)).toEqual([1, 1]);
  });

  test("may be copied by several hosts of one home at the same time", async () => {
    const env = { XDG_CACHE_HOME: scratchFolder() };
    let arrived = 0;
    let go: () => void = () => undefined;
    const all = new Promise<void>((resolve) => (go = resolve));
    const upload = async (local: string, remote: string): Promise<void> => {
      if (++arrived === 3) go();
      await all;
      writeFileSync(remote, readFileSync(local), { mode: 0o700 });
    };
    const { start } = setUp({ there: false, env, upload });
    const engines = [start(), start(), start()];
    for (const engine of engines) expect(await engine.ended).toEqual({ certain: true });
  });

  test("is copied to the user's home by default", async () => {
    const { start, hosts } = setUp({ there: false });
    await start().ended;
    expect(hosts.map(({ home }) => files(home))).toEqual([["disbatch"]]);
    expect(hosts.map(({ home }) => readdirSync(home))).toEqual([[".cache"]]);
  });

  test("that arrives damaged is refused and removed", async () => {
    const env = { XDG_CACHE_HOME: scratchFolder() };
    const upload = async (_local: string, remote: string): Promise<void> => writeFileSync(remote, "damaged");
    const { start } = setUp({ there: false, env, upload });
    expect((await start().ended).reason).toBe("the copy of disbatch arrived damaged, and was removed; try again");
    expect(files(env.XDG_CACHE_HOME)).toEqual([]);
  });

  test("that cannot be copied leaves nothing, and says why", async () => {
    const env = { XDG_CACHE_HOME: scratchFolder() };
    const upload = async (_local: string, remote: string): Promise<void> => {
      writeFileSync(remote, "half");
      throw new SshError("ssh-failed", "the disk is full");
    };
    const { start } = setUp({ there: false, env, upload });
    expect((await start().ended).reason).toBe("disbatch cannot be copied: the disk is full");
    await until(
      () => files(env.XDG_CACHE_HOME).length === 0,
      () => "the removal of what was copied",
    );
  });

  test("is not copied where a folder for it cannot be made", async () => {
    const folder = scratchFolder();
    writeFileSync(path.join(folder, "file"), "");
    const { start } = setUp({ there: false, env: { XDG_CACHE_HOME: path.join(folder, "file") } });
    expect((await start().ended).reason).toMatch(
      /^disbatch cannot be copied: mkdir: .*Not a directory; set XDG_CACHE_HOME there$/,
    );
  });

  test("is not copied where there is no room for it", async () => {
    const { start, hosts } = setUp({ there: false, env: { PATH: withTools({ df: "echo; echo / 9 9 0 9" }) } });
    expect((await start().ended).reason).toMatch(
      /^no room for disbatch \(0 MB\) in \/.* there, where 0 MB are free; make some, or set XDG_CACHE_HOME there$/,
    );
    expect(hosts.map(({ uploads }) => uploads)).toEqual([0]);
  });

  test("is not copied to another kind of machine", async () => {
    const { start } = setUp({ there: false, env: { PATH: withTools({ uname: PLAN9 }) } });
    expect((await start().ended).reason).toMatch(
      /^disbatch is not at \/no\/such\/disbatch there, and from \w+ \w+ it cannot be copied to Plan9 mips; install it/,
    );
  });

  test("is found on another kind of machine too", async () => {
    expect(await setUp({ env: { PATH: withTools({ uname: PLAN9 }) } }).start().ended).toEqual({ certain: true });
  });

  test.each([
    ["/no/such/node", "/no/such.mjs", "there is no /no/such/node there, which starts disbatch"],
    ["/bin/sh", "/no/such.mjs", "disbatch is not at /no/such.mjs there"],
  ])(
    "that is not there and has no executable to copy is refused with what to do: %s %s",
    async (runtime, file, what) => {
      const { start } = setUp({ starter: { program: { command: [runtime, file], version: "1" } } });
      expect((await start().ended).reason).toBe(
        `${what}; use the single executable (dist/disbatch), which is copied, or install it there by that path`,
      );
    },
  );

  test("is not taken for itself when its size is another", async () => {
    const { start, program } = setUp({ env: { PATH: withTools({ wc: "echo 1" }) } });
    expect((await start().ended).reason).toBe(
      `there is another version of disbatch at ${program} there; use the single executable (dist/disbatch), which is copied, or install it there by that path`,
    );
  });

  test("may be started by another version of what runs it", async () => {
    const bundle = path.join(scratchFolder(), "disbatch.mjs");
    writeFileSync(bundle, "exit 0\n");
    // Every size is that of the bundle.
    const PATH = withTools({ wc: "echo ' 7'" });
    const { start } = setUp({ env: { PATH }, starter: { program: { command: ["/bin/sh", bundle], version: "1" } } });
    expect(await start().ended).toEqual({ certain: true });
  });

  test.each(["shasum -a 256", "openssl dgst -sha256 -r"])(
    "is checked with %s where there is no better",
    async (tool) => {
      const none = { sha256sum: NOT_FOUND, shasum: NOT_FOUND, openssl: NOT_FOUND };
      const [name = ""] = tool.split(" ");
      const PATH = withTools({ ...none, [name]: `exec /usr/bin/${name} "$@"` });
      expect(await setUp({ there: false, env: { PATH } }).start().ended).toEqual({ certain: true });
    },
  );

  test("is refused where its copy cannot be checked", async () => {
    const PATH = withTools({ sha256sum: NOT_FOUND, shasum: NOT_FOUND, openssl: NOT_FOUND });
    expect((await setUp({ there: false, env: { PATH } }).start().ended).reason).toContain(
      "install sha256sum, shasum or openssl",
    );
  });
});

/** Another kind of machine, for `uname`. */
const PLAN9 = '[ "$1" = -n ] && exec /usr/bin/uname -n; echo Plan9 mips';

/** What becomes of a tool that is not installed. */
const NOT_FOUND = "exit 127";

/** A PATH on which these tools do something else. */
function withTools(tools: Readonly<Record<string, string>>): string {
  const folder = scratchFolder();
  for (const [name, script] of Object.entries(tools)) {
    writeFileSync(path.join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
  return `${folder}:/usr/bin:/bin`;
}

/** Files below a folder. */
function files(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);
}
