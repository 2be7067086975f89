import { existsSync, mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { SshError } from "../../../../src/places/ssh/session.ts";
import { parseEngineSpec } from "../../../../src/wire/engine-spec.ts";
import { until } from "../../../support/until.ts";
import { scratchFolder } from "../../node/process/scratch.ts";
import { credentials, elsewhere, here, setUp, written } from "./ssh-starts.ts";

test("an engine is told on standard input what it is to do, and is the one that was specified", async () => {
  const { start, folder, read, hosts, log } = setUp();
  const engine = start("its id");
  expect(engine.id).toBe("its id");
  expect(await engine.ended).toEqual({ certain: true });
  expect(engine.node).toBe("web1");
  expect(parseEngineSpec(read("spec"))).toEqual({
    invitation: { addresses: [...elsewhere.addresses, { host: "127.0.0.1", port: 40_000 }], credentials },
    ...{ engineId: engine.id, context: "SSH0", node: "web1", slots: 3, coresPerSlot: 2 },
    terms: {
      resources: ["GPUS"],
      threadEnv: true,
      offer: { named: {} },
      limits: { timeoutSignal: "SIGTERM", warnSignal: "SIGUSR1", grace: 10 },
      output: { keep: "none", limit: 65_536 },
      cwd: folder,
      prefix: path.join(folder, "run"),
      logLevel: "DEBUG",
      logFormat: "json",
      lease: 7,
      onDriverLost: "finish",
    },
  });
  expect(hosts.map(({ closed }) => closed)).toEqual([1]);
  expect(existsSync(log)).toBe(false);
});

test("an engine starts in the folder of the tasks, in the session of the login", async () => {
  const { start, folder, read } = setUp({
    script: 'pwd > "$dir/pwd"; ps -o sid= -p $$ > "$dir/sid"; echo $PPID > "$dir/pid"',
  });
  await start().ended;
  expect(read("pwd").trim()).toBe(folder);
  expect(read("sid").trim()).toBe(read("pid").trim());
});

test("nothing but fixed words stands in a command, and no secret in arguments or environment", async () => {
  const { start, hosts, read, folder } = setUp({
    script: 'cat /proc/$$/cmdline /proc/$$/environ > "$dir/public"; cat > /dev/null',
  });
  await start().ended;
  expect(read("public")).toContain("--specified-on-stdin");
  expect(read("public")).not.toContain("secret");
  const commands = hosts.flatMap((host) => host.commands).join("\n");
  expect(commands).toMatch(/^exec \/bin\/bash -pc '[^'!\\\n]*'$/);
  expect(commands).not.toContain(folder);
});

test("an engine finds the environment of the login, with exported functions and what no shell can name", async () => {
  const odd = { "BASH_FUNC_f%%": "() {  :\n}", "a.b": "1", BASH_ENV: "/no/such" };
  const env = { PATH: process.env["PATH"] ?? "", ...odd };
  const { start, read } = setUp({ shell: "/bin/bash", env, script: 'cat /proc/$$/environ > "$dir/environment"' });
  await start().ended;
  const variables = Object.entries(odd).map(([name, value]) => `${name}=${value}`);
  expect(read("environment").split("\0")).toEqual(expect.arrayContaining(variables));
});

test.each(["/bin/bash", "/bin/sh"])("a login to %s whose start-up files print disturbs nobody", async (shell) => {
  const { start, log, read } = setUp({ shell, startUp: "echo Welcome; echo warning >&2; printf 'no line end'" });
  expect(await start().ended).toEqual({ certain: true });
  expect(read("spec")).toContain("the secret key");
  const kept = readFileSync(log, "utf8");
  for (const words of ["Welcome\n", "warning\n", "no line end"]) expect(kept).toContain(words);
  expect(kept).not.toContain("secret");
});

test("names of files may hold anything but a line break", async () => {
  const cwd = path.join(scratchFolder(), `it's $(a) "b" \\c !d`);
  mkdirSync(cwd);
  const { start, read } = setUp({ script: 'pwd > "$dir/pwd"', terms: { cwd } });
  expect(await start().ended).toEqual({ certain: true });
  expect(read("pwd")).toBe(`${cwd}\n`);
  const refused = await setUp({ terms: { cwd: "/a\nb" } }).start().ended;
  expect(refused.reason).toContain("a path with a line break cannot be used on other hosts");
});

describe("the forwarded port", () => {
  test("leads to where the driver is called from its own machine", async () => {
    const { start, hosts } = setUp();
    await start().ended;
    expect(hosts.flatMap(({ forwarded }) => forwarded)).toEqual(here.addresses);
  });

  test("is done without where it is not allowed, which the log tells", async () => {
    const { start, read, log } = setUp({ forward: () => Promise.reject(new SshError("ssh-failed", "not allowed")) });
    expect(await start().ended).toEqual({ certain: true });
    expect(parseEngineSpec(read("spec")).invitation).toEqual(elsewhere);
    expect(readFileSync(log, "utf8")).toBe("no port can be forwarded: not allowed\n");
  });

  test("is done without where the host does not answer, which the log tells", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const { start, read, log, folder, hosts } = setUp({
      script: 'echo up > "$dir/up"; cat > "$dir/spec"',
      forward: () => new Promise(() => undefined),
    });
    const engine = start();
    await written(path.join(folder, "up"));
    await until(
      () => hosts.some(({ forwarded }) => forwarded.length > 0),
      () => "a port that is asked for",
    );
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await engine.ended).toEqual({ certain: true });
    expect(parseEngineSpec(read("spec")).invitation).toEqual(elsewhere);
    expect(readFileSync(log, "utf8")).toBe("no port can be forwarded: no answer for 10 s\n");
  });

  test("is not asked for when the user has named the address", async () => {
    const invite = () => Promise.resolve({ ...elsewhere, noForwarding: true as const });
    const { start, read, hosts } = setUp({ invite });
    expect(await start().ended).toEqual({ certain: true });
    expect(parseEngineSpec(read("spec")).invitation).toEqual(elsewhere);
    expect(hosts.flatMap(({ forwarded }) => forwarded)).toEqual([]);
  });
});

describe("a host is refused", () => {
  test("when the folder of the tasks is not there", async () => {
    const { start } = setUp({ terms: { cwd: "/no/such/folder" } });
    expect((await start().ended).reason).toBe(
      "there is no folder /no/such/folder there; make it, or name another with --workdir",
    );
  });

  test("with what SSH says when no connection comes about", async () => {
    const openSession = () => Promise.reject(new SshError("refused", "web1: connection refused"));
    expect((await setUp({ starter: { openSession } }).start().ended).reason).toBe("web1: connection refused");
  });

  test("with its last words when the login ends at once", async () => {
    const { start, log } = setUp({ startUp: "echo This account is not available.; exit 1" });
    expect((await start().ended).reason).toBe(
      `the login there ended before disbatch could start: This account is not available. (see ${log})`,
    );
  });

  test("when the login says nothing for a minute", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const { start, hosts } = setUp({ startUp: "sleep 1000" });
    const engine = start();
    await until(
      () => vi.getTimerCount() > 0,
      () => "a time limit",
    );
    await vi.advanceTimersByTimeAsync(60_000);
    expect((await engine.ended).reason).toContain("the login there has said nothing for 60 s");
    expect(hosts.map(({ closed }) => closed)).toEqual([1]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("when nothing begins there for a minute", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const { start, hosts } = setUp({ hangs: true });
    const engine = start();
    await until(
      () => hosts.some(({ commands }) => commands.length > 0),
      () => "a command",
    );
    await vi.advanceTimersByTimeAsync(60_000);
    expect((await engine.ended).reason).toBe('nothing has been started there for 60 s; try "ssh jo@web1 true"');
    expect(hosts.map(({ closed }) => closed)).toEqual([1]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("when the connection is lost before it has answered", async () => {
    const { start, hosts } = setUp({ startUp: "sleep 1000" });
    const engine = start();
    await until(
      () => hosts.length > 0,
      () => "a connection",
    );
    hosts.forEach((host) => host.lose());
    expect((await engine.ended).reason).toBe("the connection to web1 is lost");
  });
});
