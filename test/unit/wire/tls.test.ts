import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect as connectPlainly, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { connect, type ConnectionOptions, type TLSSocket } from "node:tls";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { Credentials } from "../../../src/domain/launcher.ts";
import { createRunCredentials, type RunCredentials } from "../../../src/wire/credentials.ts";
import { dial } from "../../../src/wire/dial.ts";
import { listen } from "../../../src/wire/tls.ts";
import { until } from "../../support/until.ts";
import { bundle, RUNTIMES } from "../process/runtimes.ts";

const script = bundle(new URL("tls-listener.ts", import.meta.url));
const HOST = "127.0.0.1";

let run: RunCredentials;
let otherRun: RunCredentials;
beforeAll(async () => {
  [run, otherRun] = await Promise.all([createRunCredentials(), createRunCredentials()]);
});

/** A listener that says "welcome" to whom it lets in. */
interface OpenListener {
  readonly port: number;
  readonly accepted: () => number;
}

type OpenListenerOf = (credentials?: Credentials) => Promise<OpenListener>;

/** In this process. */
async function openListener(credentials: Credentials = run.driver): Promise<OpenListener> {
  const accepted: TLSSocket[] = [];
  const listener = await listen({ host: HOST, port: 0 }, credentials, (socket) => {
    accepted.push(socket);
    socket.end("welcome");
  });
  onTestFinished(() => {
    for (const socket of accepted) socket.destroy();
    listener.close();
  });
  return { port: listener.port, accepted: () => accepted.length };
}

/** In a process of its own. */
async function openListenerOn(runtime: string, credentials: Credentials = run.driver): Promise<OpenListener> {
  const child = spawn(runtime, [script], { stdio: ["pipe", "pipe", "inherit"] });
  onTestFinished(async () => {
    child.stdin.end();
    await once(child, "exit");
  });
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
  child.stdin.write(`${JSON.stringify(credentials)}\n`);
  await until(
    () => said.includes("\n"),
    () => "a listener",
  );
  return { port: Number.parseInt(said, 10), accepted: () => said.split("accepted").length - 1 };
}

const listeners: ReadonlyArray<readonly [name: string, open: OpenListenerOf]> = RUNTIMES.map(([name, runtime]) => [
  name,
  (credentials) => openListenerOn(runtime, credentials),
]);

/** What a client gets to read before its connection is closed; nothing when it is refused. */
function heard(socket: Socket): Promise<string> {
  let all = "";
  socket.on("data", (chunk: Buffer) => (all += chunk.toString()));
  socket.on("error", () => undefined);
  return new Promise((resolve) => {
    socket.on("close", () => resolve(all));
  });
}

function invite(port: number, credentials: Credentials = run.engine) {
  return { addresses: [{ host: HOST, port }], credentials };
}

/** Connects without caring who the other side is. */
function connectAs(port: number, options: ConnectionOptions): TLSSocket {
  return connect({ host: HOST, port, rejectUnauthorized: false, ...options });
}

test("an engine of the run gets through, and talks TLS 1.3", async () => {
  const { port, accepted } = await openListener();
  const socket = await dial(invite(port));
  expect(socket.getProtocol()).toBe("TLSv1.3");
  expect(await text(socket)).toBe("welcome");
  expect(accepted()).toBe(1);
});

describe.each(listeners)("on %s a client is refused, and the listener goes on serving,", (_runtime, openHere) => {
  const strangers: ReadonlyArray<readonly [string, (port: number) => Socket]> = [
    ["when it has no certificate", (port) => connectAs(port, {})],
    [
      "when its certificate is another run's",
      (port) => connectAs(port, { cert: otherRun.engine.certificate, key: otherRun.engine.key }),
    ],
    [
      "when it shows the driver's certificate, which is for servers",
      (port) => connectAs(port, { cert: run.driver.certificate, key: run.driver.key }),
    ],
    [
      "when it speaks TLS 1.2",
      (port) => connectAs(port, { cert: run.engine.certificate, key: run.engine.key, maxVersion: "TLSv1.2" }),
    ],
    [
      "when it speaks no TLS at all",
      (port) => {
        const socket = connectPlainly(port, HOST);
        socket.write("GET / HTTP/1.1\r\n\r\n");
        return socket;
      },
    ],
    [
      "when it hangs up at once",
      (port) => {
        const socket = connectPlainly(port, HOST, () => socket.resetAndDestroy());
        return socket;
      },
    ],
  ];

  test.each(strangers)("%s", async (_why, makeStranger) => {
    const { port, accepted } = await openHere();
    expect(await heard(makeStranger(port))).not.toContain("welcome");
    expect(accepted()).toBe(0);
    expect(await text(await dial(invite(port)))).toBe("welcome");
  });

  test("while another one says nothing", async () => {
    const { port } = await openHere();
    const silent = connectPlainly(port, HOST);
    onTestFinished(() => void silent.destroy());
    await once(silent, "connect");
    expect(await text(await dial(invite(port)))).toBe("welcome");
  });
});

describe("an engine", () => {
  test("does not talk to a driver of another run", async () => {
    const { port, accepted } = await openListener(otherRun.driver);
    await expect(dial(invite(port))).rejects.toThrow(`${HOST}:${port}`);
    expect(accepted()).toBe(0);
  });

  test("does not take another engine of its own run for the driver", async () => {
    const { port } = await openListener(run.engine);
    await expect(dial(invite(port))).rejects.toThrow("the driver cannot be reached");
  });
});

test("a listener that cannot listen says so", async () => {
  await expect(listen({ host: "192.0.2.1", port: 0 }, run.driver, () => undefined)).rejects.toThrow("EADDRNOTAVAIL");
});

test("the certificates of a run are its own, and no side holds the key of the authority", () => {
  expect(run.driver.authority).toBe(run.engine.authority);
  expect(run.driver.authority).not.toBe(otherRun.driver.authority);
  const secrets = [run.driver.key, run.engine.key, run.controller.key];
  expect(new Set(secrets).size).toBe(3);
  expect(JSON.stringify(run).match(/BEGIN [A-Z ]*PRIVATE KEY/g)).toHaveLength(3);
});
