import { spawn } from "node:child_process";
import { getEventListeners, once } from "node:events";
import { connect as connectPlainly, createServer, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import type { Address, Credentials } from "../../../src/domain/launcher.ts";
import { createRunCredentials, type RunCredentials } from "../../../src/wire/credentials.ts";
import { dial } from "../../../src/wire/dial.ts";
import { listen } from "../../../src/wire/tls.ts";
import { PATIENCE, until } from "../../support/until.ts";
import { bundle, RUNTIMES } from "../node/process/runtimes.ts";

const probe = bundle(new URL("dial-probe.ts", import.meta.url));

const HOST = "127.0.0.1";
/** Nobody listens on a port that only the system may give out. */
const closed: Address = { host: HOST, port: 1 };

let run: RunCredentials;
let otherRun: RunCredentials;
beforeAll(async () => {
  [run, otherRun] = await Promise.all([createRunCredentials(), createRunCredentials()]);
});

interface OpenPort {
  readonly address: Address;
  /** How many have called in all. */
  readonly calls: () => number;
  /** How many are still connected. */
  readonly connected: () => number;
}

/** A driver that says "welcome" to whom it lets in. */
async function driver(
  credentials: Credentials = run.driver,
): Promise<{ readonly address: Address; accepted(): number }> {
  let accepted = 0;
  const listener = await listen({ host: HOST, port: 0 }, credentials, (socket) => {
    accepted++;
    socket.end("welcome");
  });
  onTestFinished(() => listener.close());
  return { address: { host: HOST, port: listener.port }, accepted: () => accepted };
}

/** A port where something else is done with who calls: nothing, unless said otherwise. */
async function stranger(receive: (socket: Socket) => void = () => undefined): Promise<OpenPort> {
  const sockets = new Set<Socket>();
  let calls = 0;
  const server = createServer((socket) => {
    calls++;
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("data", () => undefined);
    socket.once("close", () => sockets.delete(socket));
    receive(socket);
  });
  server.listen(0, HOST);
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    address: { host: HOST, port: address.port },
    calls: () => calls,
    connected: () => sockets.size,
  };
}

function call(...addresses: readonly Address[]) {
  return dial({ addresses, credentials: run.engine });
}

describe("the driver is found", () => {
  test("behind a port where nobody listens", async () => {
    const { address } = await driver();
    expect(await text(await call(closed, address))).toBe("welcome");
  });

  test("behind a name that does not exist", async () => {
    const { address } = await driver();
    expect(await text(await call({ host: "nowhere.invalid", port: 1 }, address))).toBe("welcome");
  });

  test("behind the driver of another run, which hears no word", async () => {
    const [other, own] = await Promise.all([driver(otherRun.driver), driver()]);
    expect(await text(await call(other.address, own.address))).toBe("welcome");
    expect(other.accepted()).toBe(0);
  });

  test("behind somebody who hangs up", async () => {
    const [{ address }, own] = await Promise.all([stranger((socket) => socket.destroy()), driver()]);
    expect(await text(await call(address, own.address))).toBe("welcome");
  });

  test("behind somebody who speaks no TLS", async () => {
    const [{ address }, own] = await Promise.all([stranger((socket) => socket.write("220 mail\r\n")), driver()]);
    expect(await text(await call(address, own.address))).toBe("welcome");
  });

  test("behind somebody who takes the call and says nothing, and who is left alone then", async () => {
    const [silent, own] = await Promise.all([stranger(), driver()]);
    expect(await text(await call(silent.address, own.address))).toBe("welcome");
    expect(silent.calls()).toBe(1);
    await until(
      () => silent.connected() === 0,
      () => "the end of the other attempt",
    );
  });

  test("behind an address from which nothing comes back", async () => {
    const [nowhere, own] = await Promise.all([blackHole(), driver()]);
    expect(await text(await call(nowhere, own.address))).toBe("welcome");
  });

  test("as the last of many", async () => {
    const [other, silent, own] = await Promise.all([driver(otherRun.driver), stranger(), driver()]);
    const { address } = own;
    expect(await text(await call(closed, other.address, closed, silent.address, closed, address))).toBe("welcome");
    expect(own.accepted()).toBe(1);
  });
});

test("where the driver answers at once nobody else is called", async () => {
  const [own, other] = await Promise.all([driver(), stranger()]);
  // No head start passes, however busy this process is.
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  expect(await text(await call(own.address, other.address))).toBe("welcome");
  expect(vi.getTimerCount()).toBe(0);
  expect(other.calls()).toBe(0);
});

test("somebody who is slow to say who they are is waited for", async () => {
  const [own, other] = await Promise.all([driver(), stranger()]);
  const callers: Socket[] = [];
  const slow = await stranger((socket) => void callers.push(socket.pause()));
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const calling = call(slow.address, other.address);
  // The third timer is that of a handshake, which begins when the connection stands.
  await until(
    () => callers.length === 1 && vi.getTimerCount() === 3,
    () => `a connection: ${callers.length} callers, ${vi.getTimerCount()} timers`,
  );
  // Longer than the head start of an address, shorter than the patience with a handshake.
  await vi.advanceTimersByTimeAsync(600);
  for (const socket of callers) relay(socket, own.address.port);
  expect(await text(await calling)).toBe("welcome");
  expect(other.calls()).toBe(0);
});

test("a failure names every address in order, with what went wrong there", async () => {
  const other = await driver(otherRun.driver);
  const port = `${HOST}:${other.address.port}`;
  const failed = call({ host: "nowhere.invalid", port: 7 }, closed, other.address, { host: "127.0.0.2", port: 1 });
  await expect(failed).rejects.toThrow(
    new RegExp(
      `^the driver cannot be reached \\(nowhere\\.invalid:7: .*ENOTFOUND.*; 127\\.0\\.0\\.1:1: .*ECONNREFUSED.*; ${port}: .*certificate.*; 127\\.0\\.0\\.2:1: .*ECONNREFUSED.*\\)$`,
    ),
  );
});

test("an invitation without an address fails", async () => {
  await expect(call()).rejects.toThrow("the driver cannot be reached");
});

test("a handshake that never comes to an end is given up", async () => {
  const silent = await stranger();
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const calling = call(silent.address);
  calling.catch(() => undefined);
  await vi.advanceTimersByTimeAsync(20_000);
  await expect(calling).rejects.toThrow(`${silent.address.port}: no answer`);
  expect(vi.getTimerCount()).toBe(0);
});

describe("a call that is called off", () => {
  const CALLED_OFF = "given up before the driver was reached";

  test("fails at once, hangs up everywhere, and leaves no timer and no listener", async () => {
    const [one, other] = await Promise.all([stranger(), stranger((socket) => socket.destroy())]);
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const off = new AbortController();
    const { signal } = off;
    const calling = dial({ addresses: [other.address, one.address], credentials: run.engine }, { signal });
    calling.catch(() => undefined);
    await vi.waitUntil(() => one.connected() === 1, { timeout: PATIENCE });
    expect(getEventListeners(signal, "abort")).toHaveLength(1);
    off.abort();
    await expect(calling).rejects.toThrow(`${CALLED_OFF} (${HOST}:${other.address.port}: `);
    await expect(calling).rejects.toMatchObject({ code: "dial-called-off", exitCode: 3 });
    expect(vi.getTimerCount()).toBe(0);
    expect(getEventListeners(signal, "abort")).toEqual([]);
    vi.useRealTimers();
    await until(
      () => one.connected() === 0,
      () => "the end of the attempt",
    );
  });

  test("before it was made is not made", async () => {
    const own = await driver();
    const calling = dial({ addresses: [own.address], credentials: run.engine }, { signal: AbortSignal.abort() });
    await expect(calling).rejects.toThrow(CALLED_OFF);
    expect(own.accepted()).toBe(0);
  });

  test("after the driver was reached is not touched", async () => {
    const own = await driver();
    const off = new AbortController();
    const socket = await dial({ addresses: [own.address], credentials: run.engine }, { signal: off.signal });
    expect(getEventListeners(off.signal, "abort")).toEqual([]);
    off.abort();
    expect(await text(socket)).toBe("welcome");
  });

  test("for being too long says so", async () => {
    const silent = await stranger();
    const calling = dial({ addresses: [silent.address], credentials: run.engine }, { signal: AbortSignal.timeout(1) });
    await expect(calling).rejects.toMatchObject({ cause: { name: "TimeoutError" } });
  });

  test.each(RUNTIMES)("lets the process end by itself, on %s", async (_name, runtime) => {
    const [silent, nowhere] = await Promise.all([stranger(), blackHole()]);
    const child = spawn(runtime, [probe], { stdio: ["pipe", "pipe", "inherit"] });
    onTestFinished(() => void child.kill("SIGKILL"));
    const addresses = [nowhere, silent.address];
    child.stdin.write(`${JSON.stringify({ addresses, credentials: run.engine })}\n`);
    await until(
      () => silent.connected() === 1,
      () => "a call",
    );
    child.stdin.end();
    expect(await text(child.stdout)).toBe(`${CALLED_OFF}\n`);
    await until(
      () => child.exitCode !== null && silent.connected() === 0,
      () => "the end of the process",
    );
  });
});

test.each(RUNTIMES)("other callers of the run are not taken for the driver, on %s", async (_name, runtime) => {
  const others = await Promise.all([driver(run.engine), driver(run.controller)]);
  const child = spawn(runtime, [probe], { stdio: ["pipe", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const addresses = others.map(({ address }) => address);
  child.stdin.write(`${JSON.stringify({ addresses, credentials: run.engine })}\n`);
  const [said] = await once(child.stdout, "data");
  expect(String(said)).toContain("the driver cannot be reached");
  expect(others.map((other) => other.accepted())).toEqual([0, 0]);
});

/** A port whose queue of callers is full, so that the system no longer answers who calls. */
async function blackHole(): Promise<Address> {
  const program = `const server = require("net").createServer();
    server.listen({ host: "${HOST}", port: 0, backlog: 1 }, () => {
      require("fs").writeSync(1, server.address().port + "\\n");
      process.kill(process.pid, "SIGSTOP");
    });`;
  const child = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await once(child, "close");
  });
  const [said] = await once(child.stdout, "data");
  const port = Number(String(said));
  // The queue takes one more than it is said to.
  for (const caller of [connectPlainly(port, HOST), connectPlainly(port, HOST)]) {
    caller.on("error", () => undefined);
    onTestFinished(() => void caller.destroy());
    await once(caller, "connect");
  }
  return { host: HOST, port };
}

/** Hands a connection on to a port of this machine. */
function relay(socket: Socket, port: number): void {
  const onward = connectPlainly(port, HOST);
  onward.on("error", () => socket.destroy());
  socket.removeAllListeners("data");
  socket.pipe(onward).pipe(socket);
}
