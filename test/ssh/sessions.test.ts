import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer, connect, type Server } from "node:net";
import path from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { SshTransport } from "../../src/places/ssh/session.ts";
import { until } from "../support/until.ts";
import { outputOf, Rig, run } from "./session-rig.ts";

const TRANSPORTS: readonly SshTransport[] = ["ssh2", "openssh"];

describe.each(TRANSPORTS)("a session by %s", (transport) => {
  test("runs commands and tells how they ended", async () => {
    const rig = await Rig.open();
    await rig.place.startHost("web1");
    const session = await rig.connect("web1", { transport });

    const channel = await session.exec("echo out; echo err >&2; exit 7");
    const errors: Buffer[] = [];
    channel.stderr.on("data", (chunk: Buffer) => errors.push(chunk));
    expect((await outputOf(channel)).toString()).toBe("out\n");
    expect(Buffer.concat(errors).toString()).toBe("err\n");
    expect(await channel.ended).toEqual({ type: "exited", code: 7 });

    const none = await session.exec("true");
    expect(await none.ended).toEqual({ type: "exited", code: 0 });
  });

  test("misses nothing of commands that end at once", async () => {
    const rig = await Rig.open();
    await rig.place.startHost("gate");
    await rig.place.startHost("web1", {}, { ProxyJump: "gate" });
    const session = await rig.connect("web1", { transport });
    for (let i = 0; i < 20; i++) expect(await run(session, `echo ${i}`)).toBe(`${i}\n`);
  });

  test("tells a command that a signal has ended from one that has exited, as far as it can be known", async () => {
    const rig = await Rig.open();
    await rig.place.startHost("web1");
    const session = await rig.connect("web1", { transport });
    const channel = await session.exec("kill -TERM $$");
    // OpenSSH's client does not say which signal it was.
    const end = transport === "ssh2" ? { type: "killed", signal: "SIGTERM" } : { type: "exited", code: 255 };
    expect(await channel.ended).toEqual(end);
  });

  test("brings what is written to a command, and what it writes, unharmed", async () => {
    const rig = await Rig.open();
    await rig.place.startHost("web1");
    const session = await rig.connect("web1", { transport });
    const bytes = randomBytes(5_000_000);
    const channel = await session.exec("cat");
    channel.stdin.end(bytes);
    const echoed = await outputOf(channel);
    expect(echoed.equals(bytes)).toBe(true);
    expect(await channel.ended).toEqual({ type: "exited", code: 0 });
  });

  test("ends when nobody reads what a command writes", async () => {
    const rig = await Rig.open();
    await rig.place.startHost("web1");
    const session = await rig.connect("web1", { transport });
    const channel = await session.exec("head -c 50000 /dev/zero; exit 3");
    expect(await channel.ended).toEqual({ type: "exited", code: 3 });
  });

  test("ends when a command does not read what is written to it", async () => {
    const rig = await Rig.open();
    await rig.place.startHost("web1");
    const session = await rig.connect("web1", { transport });
    const channel = await session.exec("exec <&-; exit 4");
    channel.stdin.end(randomBytes(5_000_000));
    expect(await channel.ended).toEqual({ type: "exited", code: 4 });
  });

  test("runs several commands at a time", async () => {
    const rig = await Rig.open();
    await rig.place.startHost("web1");
    const session = await rig.connect("web1", { transport });
    const fifo = path.join(rig.place.remoteHome, "fifo");
    // Each waits for the other.
    const [read, written] = await Promise.all([
      run(session, `mkfifo ${fifo}.a ${fifo}.b; echo ready >${fifo}.a; cat ${fifo}.b`),
      run(session, `until [ -p ${fifo}.b ]; do :; done; cat ${fifo}.a; echo done >${fifo}.b`),
    ]);
    expect([read, written]).toEqual(["done\n", "ready\n"]);
  });

  test("sends the variables that the settings name, and goes on without those that the host refuses", async () => {
    const rig = await Rig.open();
    const lines = { SendEnv: ["TAKEN", "REFUSED"], SetEnv: "TAKEN_TOO=b" };
    await rig.place.startHost("web1", { config: ["AcceptEnv TAKEN*"] }, lines);
    const env = { ...rig.place.env, TAKEN: "a b", REFUSED: "c" };
    const session = await rig.connect("web1", { transport, env });
    expect(await run(session, 'echo "[$TAKEN] [$TAKEN_TOO] [$REFUSED]"')).toBe("[a b] [b] []\n");
  });

  test("does not mind what the settings say for interactive use", async () => {
    const rig = await Rig.open();
    const lines = { RemoteCommand: "echo other", RequestTTY: "yes", LogLevel: "QUIET", ControlMaster: "auto" };
    await rig.place.startHost("web1", {}, { ...lines, ControlPath: path.join(rig.place.home, "%C") });
    const session = await rig.connect("web1", { transport });
    expect(await run(session, "echo mine")).toBe("mine\n");
  });

  test("copies a file whole, for its owner alone", async () => {
    const rig = await Rig.open();
    await rig.place.startHost("web1");
    const session = await rig.connect("web1", { transport });
    const local = path.join(rig.place.home, "program");
    const remote = path.join(rig.place.remoteHome, "it's a program");
    writeFileSync(local, randomBytes(3_000_001), { mode: 0o644 });
    writeFileSync(remote, "old", { mode: 0o666 });
    await session.upload(local, remote);
    expect(hashOf(remote)).toBe(hashOf(local));
    expect(statSync(remote).mode & 0o777).toBe(0o700);
  });

  test("says why a file cannot be copied", async () => {
    const rig = await Rig.open();
    await rig.place.startHost("web1");
    const session = await rig.connect("web1", { transport });
    const local = path.join(rig.place.home, "program");
    writeFileSync(local, "x");
    await expect(session.upload(local, "/nowhere/at/all")).rejects.toMatchObject({
      code: "ssh-failed",
      message: expect.stringMatching(
        /^web1: cannot copy .*program to \/nowhere\/at\/all: .*(?:no such file|nonexistent)/i,
      ),
    });
    await expect(session.upload(`${local}.missing`, path.join(rig.place.remoteHome, "x"))).rejects.toMatchObject({
      message: expect.stringMatching(/^web1: cannot copy .*program\.missing .*no such file/i),
    });
    expect(await run(session, "echo goes on")).toBe("goes on\n");
  });

  test("gives up a copy that does not get on", async () => {
    const rig = await Rig.open();
    const server = await rig.place.startHost("web1");
    const session = await rig.connect("web1", { transport });
    const local = path.join(rig.place.home, "program");
    writeFileSync(local, randomBytes(8_000_000));
    server.freezeConnections();
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const failures: unknown[] = [];
    session.upload(local, path.join(rig.place.remoteHome, "x")).catch((error: unknown) => failures.push(error));
    await until(
      () => {
        vi.advanceTimersByTime(60_000);
        return failures.length > 0;
      },
      () => "the end of the copy",
    );
    expect(failures).toEqual([
      expect.objectContaining({
        code: "ssh-failed",
        message: expect.stringMatching(/^web1: cannot copy .*: it has not got on for 60 s$/),
      }),
    ]);
    vi.useRealTimers();
    server.dropConnections();
  });

  test("is opened and goes on whatever a login prints, and however much", async () => {
    const rig = await Rig.open();
    const noise = "head -c 20000000 /dev/zero | tr '\\0' '\\r'";
    const script = path.join(rig.place.home, "noisy");
    const [out, err] = [noise, `${noise} >&2`];
    writeFileSync(script, `#!/bin/sh\n${out}\n${err}\nexec /bin/sh -c "$SSH_ORIGINAL_COMMAND"\n`, { mode: 0o755 });
    await rig.place.startHost("web1", { config: [`ForceCommand ${script}`] });
    const session = await rig.connect("web1", { transport });
    const channel = await session.exec("echo in");
    channel.stderr.resume();
    expect((await outputOf(channel)).subarray(20_000_000).toString()).toBe("in\n");
  });

  test("has a port of the host lead here, in both directions, as long as either side has something to say", async () => {
    const rig = await Rig.open();
    const server = await listen((data) => data.toString().toUpperCase());
    await rig.place.startHost("web1");
    const session = await rig.connect("web1", { transport });
    const port = await session.forward({ host: "127.0.0.1", port: server.port });
    expect(port).toBeGreaterThan(0);
    const answers = await Promise.all(["a", "b"].map((word) => ask(port, word)));
    expect(answers).toEqual(["A", "B"]);
    // It answers only after the caller has finished speaking.
    expect(await run(session, `exec 3<>/dev/tcp/127.0.0.1/${port}; echo -n hello >&3; head -c 5 <&3`)).toBe("HELLO");

    const other = await listen((data) => `${data.toString()}!`);
    const second = await session.forward({ host: "127.0.0.1", port: other.port });
    expect(second).not.toBe(port);
    expect(await ask(second, "c")).toBe("c!");

    session.close();
    await refused(port);
  });

  test("ends the connection of a caller whose target does not listen", async () => {
    const rig = await Rig.open();
    await rig.place.startHost("web1");
    const session = await rig.connect("web1", { transport });
    const port = await session.forward({ host: "127.0.0.1", port: 1 });
    expect(await ask(port, "hello")).toBe("");
  });

  test("says that the host forwards no port", async () => {
    const rig = await Rig.open();
    await rig.place.startHost("web1", { allowTcpForwarding: "no" });
    const session = await rig.connect("web1", { transport });
    await expect(session.forward({ host: "127.0.0.1", port: 9 })).rejects.toMatchObject({
      code: "ssh-failed",
      message: expect.stringMatching(/^web1: the host forwards no port: /),
    });
    expect(await run(session, "echo goes on")).toBe("goes on\n");
  });

  test("tells of a connection that is lost while a command runs", async () => {
    const rig = await Rig.open();
    const server = await rig.place.startHost("web1");
    const session = await rig.connect("web1", { transport });
    const channel = await session.exec("echo started; exec cat");
    await once(channel.stdout, "data");
    server.dropConnections();
    expect(await channel.ended).toMatchObject({ type: "lost", reason: expect.stringMatching(/\w/) });
    const after = await session.exec("true").then(
      (each) => each.ended,
      (error: unknown) => error,
    );
    expect(after).toMatchObject(transport === "ssh2" ? { code: "ssh-failed" } : { type: "lost" });
    await expect(session.forward({ host: "127.0.0.1", port: 9 })).rejects.toMatchObject({ code: "ssh-failed" });
    const local = path.join(rig.place.home, "program");
    writeFileSync(local, "x");
    await expect(session.upload(local, path.join(rig.place.remoteHome, "x"))).rejects.toMatchObject({
      code: "ssh-failed",
    });
  });

  test("tells of a host that has fallen silent, after ServerAliveInterval", async () => {
    const rig = await Rig.open();
    const server = await rig.place.startHost("web1", {}, { ServerAliveInterval: "3", ServerAliveCountMax: "1" });
    const session = await rig.connect("web1", { transport });
    const channel = await session.exec("echo started; exec cat");
    await once(channel.stdout, "data");
    server.freezeConnections();
    expect(await channel.ended).toMatchObject({
      type: "lost",
      reason: expect.stringMatching(/timeout|not responding/i),
    });
    server.dropConnections();
  });

  test("ends what runs over it when it is closed, more than once if need be", async () => {
    const rig = await Rig.open();
    await rig.place.startHost("web1");
    const session = await rig.connect("web1", { transport });
    const channel = await session.exec("echo started; exec cat");
    await once(channel.stdout, "data");
    session.close();
    session.close();
    expect(await channel.ended).toMatchObject({ type: "lost" });
  });
});

function hashOf(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}

/** A server that hears a caller out and then answers, or answers at once when five characters have come. */
async function listen(answer: (said: Buffer) => string): Promise<{ readonly port: number; close(): void }> {
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    const said: Buffer[] = [];
    socket.on("error", () => undefined);
    socket.on("data", (chunk: Buffer) => {
      said.push(chunk);
      if (Buffer.concat(said).length === 5) socket.end(answer(Buffer.concat(said)));
    });
    socket.on("end", () => {
      if (!socket.writableEnded) socket.end(answer(Buffer.concat(said)));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port to be had");
  return { port: address.port, close: () => void server.close() };
}

/** Says something, falls silent, and hears what the other side answers. */
async function ask(port: number, word: string): Promise<string> {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  const heard: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => heard.push(chunk));
  socket.on("error", () => undefined);
  socket.end(word);
  await new Promise((resolve) => socket.once("close", resolve));
  return Buffer.concat(heard).toString();
}

/** Resolves when nobody listens there any more. */
async function refused(port: number): Promise<void> {
  for (let code: string | undefined; code !== "ECONNREFUSED";) {
    code = await new Promise((resolve) => {
      const socket = connect(port, "127.0.0.1", () => {
        socket.destroy();
        resolve(undefined);
      });
      socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code));
    });
  }
}
