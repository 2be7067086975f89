import { once } from "node:events";
import { readdirSync } from "node:fs";
import { connect as connectPlainly, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { connect } from "node:tls";
import { beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { createRunCredentials, type RunCredentials } from "../../../src/wire/credentials.ts";
import { dial } from "../../../src/wire/dial.ts";
import { DRIVER_NAME } from "../../../src/wire/names.ts";
import { listen, tlsOptions } from "../../../src/wire/tls.ts";
import { until } from "../../support/until.ts";
import { HOST, listenersOnAllRuntimes } from "./listening.ts";

/** Another address of this machine, and so another network as far as strangers are concerned. */
const ELSEWHERE = "127.0.0.2";

let run: RunCredentials;
beforeAll(async () => {
  run = await createRunCredentials();
});

/** Connections on which nothing is said. */
function callSilently(port: number, count: number, localAddress: string = HOST): readonly Socket[] {
  const sockets = Array.from({ length: count }, () => connectPlainly({ port, host: HOST, localAddress }));
  for (const socket of sockets) socket.on("error", () => undefined);
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
  });
  return sockets;
}

function hungUp(sockets: readonly Socket[]): number {
  return sockets.filter(({ closed }) => closed).length;
}

function call(port: number) {
  return dial({ addresses: [{ host: HOST, port }], credentials: run.engine });
}

describe.each(listenersOnAllRuntimes())("on %s", (_runtime, open) => {
  const FILES = 256;
  /** A quarter of the files. */
  const ROOM = 64;

  test("a flood of callers who say nothing uses no more than its share of files, and engines get through", async () => {
    const listener = await open(run.driver, FILES);
    const crowd = callSilently(listener.port, 2 * FILES);
    await until(
      () => hungUp(crowd) === crowd.length - ROOM,
      () => `${hungUp(crowd)} hung up on, of ${crowd.length}`,
    );
    expect(await text(await call(listener.port))).toBe("welcome");
    expect(readdirSync(`/proc/${listener.pid}/fd`).length).toBeLessThan(ROOM + 50);
    expect(listener.refused().length).toBeLessThan(25);
    expect(listener.refused()[0]).toBe(`${HOST}: too many callers have not shown who they are`);
  });

  test("a flood from one place does not push out who is slow elsewhere", async () => {
    const listener = await open(run.driver, FILES);
    const [slow] = callSilently(listener.port, 1);
    if (slow === undefined) throw new Error("nobody called");
    await once(slow, "connect");
    const flood = callSilently(listener.port, FILES, ELSEWHERE);
    await until(
      () => hungUp(flood) === flood.length - ROOM + 1,
      () => `${hungUp(flood)} hung up on, of ${flood.length}`,
    );
    const socket = connect({ ...tlsOptions(run.engine), socket: slow, servername: DRIVER_NAME });
    expect(await text(socket)).toBe("welcome");
  });

  test("callers are turned away while there are no descriptors, and let in when there are some again", async () => {
    const listener = await open(run.driver, FILES);
    expect(await text(await call(listener.port))).toBe("welcome");
    await listener.order("fill");
    const silent = callSilently(listener.port, 3);
    await until(
      () => hungUp(silent) === silent.length,
      () => `${hungUp(silent)} hung up on`,
    );
    await expect(call(listener.port)).rejects.toThrow("the driver cannot be reached");
    await listener.order("empty");
    expect(await text(await call(listener.port))).toBe("welcome");
  });
});

describe("a caller who says nothing", () => {
  /** A listener in this process whose ticks are in the hands of the test. */
  async function openHere() {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    onTestFinished(() => void vi.useRealTimers());
    const refused: string[] = [];
    const listener = await listen(
      { host: HOST, port: 0 },
      run.driver,
      (socket) => socket.end("welcome"),
      (address, why) => refused.push(`${address}: ${why}`),
    );
    onTestFinished(() => listener.close());
    return { listener, refused };
  }

  test("is hung up on after ten seconds", async () => {
    const { listener, refused } = await openHere();
    const silent = callSilently(listener.port, 1);
    // Whoever calls later is let in later: the silent one has been accepted by then.
    expect(await text(await call(listener.port))).toBe("welcome");
    vi.advanceTimersByTime(9_500);
    expect(refused).toEqual([]);
    vi.advanceTimersByTime(500);
    expect(refused).toEqual([`${HOST}: it has not shown who it is in time`]);
    await until(
      () => hungUp(silent) === 1,
      () => "the end of the call",
    );
  });

  test("does not outlive the listening, and no timer does", async () => {
    const { listener } = await openHere();
    const silent = callSilently(listener.port, 5);
    expect(await text(await call(listener.port))).toBe("welcome");
    listener.close();
    await until(
      () => hungUp(silent) === 5,
      () => "the end of the calls",
    );
    expect(vi.getTimerCount()).toBe(0);
  });

  test("is no reason to tell of one who has hung up", async () => {
    const { listener, refused } = await openHere();
    const fickle = callSilently(listener.port, 6);
    await Promise.all(fickle.map((socket) => once(socket, "connect")));
    for (const [i, socket] of fickle.entries()) {
      if (i % 2 === 0) socket.end();
      else socket.resetAndDestroy();
    }
    await until(
      () => hungUp(fickle) === fickle.length,
      () => "the end of the calls",
    );
    expect(await text(await call(listener.port))).toBe("welcome");
    vi.advanceTimersByTime(60_000);
    expect(refused).toEqual([]);
  });
});
