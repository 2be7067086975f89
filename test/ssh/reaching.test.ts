import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { SshTransport } from "../../src/places/ssh/session.ts";
import { Rig, run } from "./session-rig.ts";

const TRANSPORTS: readonly SshTransport[] = ["ssh2", "openssh"];
/** A port where nothing listens, and that the system gives to nobody. */
const CLOSED_PORT = 1;

describe.each(TRANSPORTS)("reaching a host by %s", (transport) => {
  test("goes through several jump hosts, each with settings of its own", async () => {
    const rig = await Rig.open();
    const key = await rig.place.makeKey("gate_key");
    const gate = await rig.place.startHost("gate", {}, { IdentityFile: key.file });
    const inner = await rig.place.startHost("inner");
    const web1 = await rig.place.startHost("web1", {}, { ProxyJump: "gate,inner" });
    const session = await rig.connect("web1", { transport });
    expect(await run(session, "echo $SSH_CONNECTION")).toMatch(new RegExp(` 127\\.0\\.0\\.1 ${web1.port}\n$`));
    for (const server of [gate, inner, web1]) expect(server.connections().length).toBeGreaterThan(0);
    const local = path.join(rig.place.home, "file");
    writeFileSync(local, Buffer.alloc(1_000_000));
    await session.upload(local, path.join(rig.place.remoteHome, "file"));
    expect(await run(session, "wc -c <~/file")).toBe("1000000\n");
    const channel = await session.exec("echo started; exec cat");
    await once(channel.stdout, "data");
    gate.dropConnections();
    expect(await channel.ended).toMatchObject({ type: "lost" });
  });

  test("goes by the first jump host's own jump host, and by the port that is named", async () => {
    const rig = await Rig.open();
    const outer = await rig.place.startHost("outer");
    const gate = await rig.place.startHost("gate", {}, { ProxyJump: "outer" });
    rig.place.nameHost("gate-elsewhere", { host: "127.0.0.1", port: 9 }, { ProxyJump: "outer" });
    await rig.place.startHost("web1", {}, { ProxyJump: `gate-elsewhere:${gate.port}` });
    const session = await rig.connect("web1", { transport });
    expect(await run(session, "echo in")).toBe("in\n");
    for (const server of [outer, gate]) expect(server.connections().length).toBeGreaterThan(0);
  });

  test("does not pass a jump host that is not known", async () => {
    const rig = await Rig.open();
    const gate = await rig.place.startServer();
    rig.place.nameHost("gate", gate);
    const web1 = await rig.place.startHost("web1", {}, { ProxyJump: "gate" });
    await expect(rig.connect("web1", { transport })).rejects.toMatchObject({
      code: "host-key-unknown",
      message: expect.stringMatching(
        transport === "ssh2" ? /^host key of gate \(.* is not known/ : /^web1: .*jump host/,
      ),
    });
    expect(web1.log()).not.toContain("Connection from");
  });

  test("tells a name that cannot be resolved", async () => {
    const rig = await Rig.open();
    await expect(rig.connect("web1.invalid", { transport })).rejects.toMatchObject({
      code: "name-not-resolved",
      message: expect.stringMatching(/^web1\.invalid: .*web1\.invalid/),
    });
  });

  test("tells a host where nothing listens", async () => {
    const rig = await Rig.open();
    rig.place.nameHost("web1", { host: "127.0.0.1", port: CLOSED_PORT });
    await expect(rig.connect("web1", { transport })).rejects.toMatchObject({
      code: "refused",
      message: expect.stringMatching(new RegExp(`^web1: .*(port |:)${CLOSED_PORT}:`)),
    });
  });

  test("tells a host that accepts and says nothing, after ConnectTimeout", async () => {
    const rig = await Rig.open();
    const server = await listenSilently();
    rig.place.nameHost("web1", server, { ConnectTimeout: "1" });
    await expect(rig.connect("web1", { transport })).rejects.toMatchObject({ code: "unreachable" });
    await server.forsaken;
  });

  test("tells a host that hangs up, and one that speaks something else", async () => {
    const rig = await Rig.open();
    rig.place.nameHost("web1", await listenFor((answer) => answer("")));
    rig.place.nameHost("web2", await listenFor((answer) => answer("HTTP/1.1 400 Bad Request\r\n\r\n")));
    for (const host of ["web1", "web2"]) {
      await expect(rig.connect(host, { transport })).rejects.toMatchObject({
        code: "ssh-failed",
        message: expect.stringMatching(new RegExp(`^${host}: [^\\n]+$`)),
      });
    }
  });

  test("is given up at once when nobody wants it any more", async () => {
    const rig = await Rig.open();
    const server = await listenSilently();
    rig.place.nameHost("web1", server);
    const aborting = new AbortController();
    const opening = rig.connect("web1", { transport, signal: aborting.signal });
    void server.called.then(() => aborting.abort());
    await expect(opening).rejects.toThrow("given up");
    await server.forsaken;
    await expect(rig.connect("web1", { transport, signal: aborting.signal })).rejects.toThrow("given up");
  });

  test("refuses what would be an option of ssh", async () => {
    const rig = await Rig.open();
    await expect(rig.connect("-oProxyCommand=touch x", { transport })).rejects.toMatchObject({ code: "ssh-failed" });
  });
});

test("a user without ssh is told so where it is needed, and does without where it is not", async () => {
  const rig = await Rig.open();
  const env = { ...rig.place.env, PATH: rig.place.home };
  await expect(rig.connect("web1.invalid", { transport: "openssh", env })).rejects.toMatchObject({
    code: "ssh-failed",
    message: "web1.invalid: there is no ssh in PATH: install OpenSSH's client",
  });
  await expect(rig.connect("web1.invalid", { env })).rejects.toMatchObject({ code: "name-not-resolved" });
});

test("a ProxyCommand is left to the system's ssh", async () => {
  const rig = await Rig.open();
  const server = await rig.place.startHost("gate");
  const ProxyCommand = `${path.join(rig.place.env["PATH"]?.split(":")[0] ?? "", "ssh")} -W %h:%p gate`;
  rig.place.nameHost("web1", server, { ProxyCommand });
  const session = await rig.connect("web1");
  expect(await run(session, "echo in")).toBe("in\n");
  await expect(rig.connect("web1", { transport: "ssh2" })).rejects.toThrow(
    "web1: ssh2 cannot do what the settings ask for (ProxyCommand): use --ssh-transport openssh",
  );
});

test("jump hosts that lead in a circle are told", async () => {
  const rig = await Rig.open();
  rig.place.nameHost("a", { host: "127.0.0.1", port: 9 }, { ProxyJump: "b" });
  rig.place.nameHost("b", { host: "127.0.0.1", port: 9 }, { ProxyJump: "a" });
  await expect(rig.connect("a", { transport: "ssh2" })).rejects.toThrow("a: its jump hosts lead in a circle");
});

test("a jump host says why it does not lead on", async () => {
  const rig = await Rig.open();
  await rig.place.startHost("gate");
  await rig.place.startHost("closed", { allowTcpForwarding: "no" });
  rig.place.nameHost("web1", { host: "127.0.0.1", port: CLOSED_PORT }, { ProxyJump: "gate" });
  rig.place.nameHost("web2", { host: "web2.invalid", port: 22 }, { ProxyJump: "gate" });
  rig.place.nameHost("web3", { host: "127.0.0.1", port: CLOSED_PORT }, { ProxyJump: "closed" });
  const refusals = ["web1", "web2", "web3"].map((host) =>
    rig.connect(host).then(
      () => undefined,
      (error: unknown) => error,
    ),
  );
  expect(await Promise.all(refusals)).toMatchObject([
    {
      code: "refused",
      message: `web1: connection refused by 127.0.0.1:${CLOSED_PORT}, as seen from its jump host gate`,
    },
    { code: "name-not-resolved", message: expect.stringContaining("web2.invalid") },
    { code: "ssh-failed", message: expect.stringContaining("does it allow TCP forwarding?") },
  ]);
});

interface SilentServer {
  readonly host: string;
  readonly port: number;
  /** Resolves when somebody has called. */
  readonly called: Promise<void>;
  /** Resolves when the caller has gone. */
  readonly forsaken: Promise<void>;
}

async function listenSilently(): Promise<SilentServer> {
  let called = (): void => undefined;
  let forsaken = (): void => undefined;
  const calls = new Promise<void>((resolve) => (called = resolve));
  const ends = new Promise<void>((resolve) => (forsaken = resolve));
  const address = await listenFor((_answer, gone) => {
    called();
    void gone.then(forsaken);
  });
  return { ...address, called: calls, forsaken: ends };
}

/** A server that is no SSH server. */
async function listenFor(
  serve: (answer: (text: string) => void, gone: Promise<void>) => void,
): Promise<{ readonly host: string; readonly port: number }> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.resume();
    serve((text) => socket.end(text), new Promise((resolve) => socket.once("close", () => resolve())));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port to be had");
  return { host: "127.0.0.1", port: address.port };
}
