import { Duplex, duplexPair } from "node:stream";
import { describe, expect, test, vi } from "vitest";
import { type Closing, Connection, type ConnectionLimits } from "../../../src/wire/connection.ts";
import { encodeFrame } from "../../../src/wire/frames.ts";
import { parseDriverMessage, parseEngineMessage } from "../../../src/wire/messages.ts";
import type { DriverMessage, EngineMessage } from "../../../src/wire/messages.ts";

/** The other side simply closed. */
const CLOSED: Closing = { failure: "its connection closed" };

/** One side of a channel, and what it was told. */
class Side<In, Out> {
  readonly stream: Duplex;
  readonly connection: Connection<In, Out>;
  readonly received: In[] = [];
  readonly reasons: Closing[] = [];
  readonly closed: Promise<void>;
  readonly #waiting: { count: number; then: () => void }[] = [];

  constructor(stream: Duplex, parse: (text: string) => In, limits?: ConnectionLimits) {
    this.stream = stream;
    let resolveClosed: () => void = () => undefined;
    this.closed = new Promise((resolve) => (resolveClosed = resolve));
    const handlers = {
      message: (message: In) => {
        this.received.push(message);
        for (const { count, then } of this.#waiting) if (this.received.length >= count) then();
      },
      closed: (closing: Closing) => {
        this.reasons.push(closing);
        resolveClosed();
      },
    };
    this.connection = new Connection<In, Out>(stream, parse, handlers, limits);
  }

  /** Resolves when so many messages have come. */
  has(count: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.received.length >= count) resolve();
      else this.#waiting.push({ count, then: resolve });
    });
  }
}

function makePair() {
  const [one, other] = duplexPair();
  return {
    driver: new Side<EngineMessage, DriverMessage>(one, parseEngineMessage),
    engine: new Side<DriverMessage, EngineMessage>(other, parseDriverMessage),
  };
}

/** A side whose other end is in the hands of the test. */
function makeDriver(limits?: ConnectionLimits) {
  const [one, raw] = duplexPair();
  raw.resume();
  return { raw, driver: new Side<EngineMessage, DriverMessage>(one, parseEngineMessage, limits) };
}

/** When all that has been put off to this turn's end is done. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

const returned = (id: number): EngineMessage => ({ type: "returned", taskIds: [id] });

test("messages arrive in the order in which they were sent, in both directions", async () => {
  const { driver, engine } = makePair();
  const ids = Array.from({ length: 500 }, (_, i) => i);
  for (const id of ids) {
    engine.connection.send(returned(id));
    driver.connection.send({ type: "terminate", grace: id });
    if (id % 100 === 0) await nextTurn();
  }
  await Promise.all([driver.has(ids.length), engine.has(ids.length)]);
  expect(driver.received).toEqual(ids.map((id) => returned(id)));
  expect(engine.received).toEqual(ids.map((grace) => ({ type: "terminate", grace })));
});

test("messages of one turn leave in one write", async () => {
  const { driver, engine } = makePair();
  const write = vi.spyOn(engine.stream, "write");
  for (const id of [1, 2, 3]) engine.connection.send(returned(id));
  expect(write).not.toHaveBeenCalled();
  await nextTurn();
  expect(write).toHaveBeenCalledTimes(1);
  engine.connection.send(returned(4));
  await driver.has(4);
  expect(write).toHaveBeenCalledTimes(2);
});

describe("a connection that is closed", () => {
  test("still sends what was to be sent, and both sides learn of it once, without a reason", async () => {
    const { driver, engine } = makePair();
    engine.connection.send(returned(7));
    engine.connection.close();
    await Promise.all([driver.closed, engine.closed]);
    await nextTurn();
    expect(driver.received).toEqual([returned(7)]);
    expect([driver.reasons, engine.reasons]).toEqual([[CLOSED], [CLOSED]]);
  });

  test("takes no more messages, and does not mind being told to send or close again", async () => {
    const { driver, engine } = makePair();
    engine.connection.close();
    engine.connection.send(returned(1));
    await Promise.all([driver.closed, engine.closed]);
    engine.connection.send(returned(2));
    engine.connection.close();
    driver.connection.destroy("late");
    await nextTurn();
    expect(driver.received).toEqual([]);
    expect([driver.reasons, engine.reasons]).toEqual([[CLOSED], [CLOSED]]);
  });

  test("at once says why, once", async () => {
    const { driver } = makePair();
    driver.connection.destroy("first");
    driver.connection.destroy("second");
    await driver.closed;
    await nextTurn();
    expect(driver.reasons).toEqual([{ ...CLOSED, refusal: "first" }]);
  });

  test("by an error of the stream gives that as the reason", async () => {
    const { driver } = makePair();
    driver.stream.destroy(new Error("read ECONNRESET"));
    await driver.closed;
    expect(driver.reasons).toEqual([{ failure: "read ECONNRESET" }]);
  });
});

describe("garbage closes the connection with a reason", () => {
  const good = encodeFrame('{"type":"ready"}');

  test.each([
    ["no JSON", encodeFrame("ready"), "JSON"],
    ["no message", encodeFrame('{"type":"reboot"}'), "not a valid message"],
    ["a message of the other side", encodeFrame('{"type":"recall"}'), "not a valid message"],
    ["another protocol", Buffer.from("GET / HTTP/1.1\r\n\r\n"), "a frame announces"],
  ])("when it is %s", async (_what, garbage, reason) => {
    const { driver, raw } = makeDriver();
    raw.write(good);
    await driver.has(1);
    raw.write(Buffer.concat([garbage, good]));
    await driver.closed;
    await nextTurn();
    expect(driver.received).toEqual([{ type: "ready" }]);
    expect(driver.reasons).toEqual([{ ...CLOSED, refusal: expect.stringContaining(reason) }]);
  });

  test("and nothing is taken any more from one who has been refused, not even from the same piece", async () => {
    const [one, raw] = duplexPair();
    raw.resume();
    const received: EngineMessage[] = [];
    await new Promise<void>((resolve) => {
      const connection = new Connection<EngineMessage, DriverMessage>(one, parseEngineMessage, {
        message: (message) => {
          received.push(message);
          connection.destroy("refused");
        },
        closed: () => resolve(),
      });
      raw.write(Buffer.concat([good, good]));
    });
    expect(received).toEqual([{ type: "ready" }]);
  });
});

test("a message that comes in single bytes is one message", async () => {
  const { driver, raw } = makeDriver();
  for (const byte of encodeFrame(JSON.stringify(returned(1)))) raw.write(Buffer.of(byte));
  await driver.has(1);
  expect(driver.received).toEqual([returned(1)]);
});

describe("a caller who is not trusted yet", () => {
  const short = encodeFrame('{"type":"ready"}');
  const long = encodeFrame(JSON.stringify({ type: "returned", taskIds: Array.from({ length: 100 }, () => 1000) }));
  const limits = { maxFrame: 100 };

  test("is hung up on when it announces more than it may send", async () => {
    const { driver, raw } = makeDriver(limits);
    raw.write(Buffer.concat([short, long.subarray(0, 4)]));
    await driver.closed;
    expect(driver.received).toEqual([{ type: "ready" }]);
    expect(driver.reasons).toEqual([{ ...CLOSED, refusal: expect.stringContaining("over 100") }]);
  });

  test("may send more once it is trusted, beginning with what has come along", async () => {
    const [one, raw] = duplexPair();
    raw.resume();
    const types: string[] = [];
    await new Promise<void>((resolve) => {
      const message = ({ type }: EngineMessage): void => {
        types.push(type);
        connection.trust();
        if (types.length === 2) resolve();
      };
      const handlers = { message, closed: () => resolve() };
      const connection = new Connection<EngineMessage, DriverMessage>(one, parseEngineMessage, handlers, limits);
      raw.write(Buffer.concat([short, long]));
    });
    expect(types).toEqual(["ready", "returned"]);
  });
});

describe("somebody who does not read", () => {
  const long: DriverMessage = { type: "terminate", grace: 0.123456789 };
  const frame = encodeFrame(JSON.stringify(long)).length;

  /** Takes nothing, ever. */
  function wall(): Duplex {
    return new Duplex({ read: () => undefined, write: () => undefined });
  }

  test("has what waits for it counted, in bytes", async () => {
    const { connection } = new Side<EngineMessage, DriverMessage>(wall(), parseEngineMessage);
    connection.send(long);
    connection.send(long);
    expect(connection.pendingBytes).toBe(2 * frame);
    await nextTurn();
    expect(connection.pendingBytes).toBe(2 * frame);
    connection.send(long);
    expect(connection.pendingBytes).toBe(3 * frame);
  });

  test("is hung up on when there is more to send than may wait for it", async () => {
    const stream = wall();
    const side = new Side<EngineMessage, DriverMessage>(stream, parseEngineMessage, { maxPending: 10 * frame });
    for (let i = 0; i < 11; i++) side.connection.send(long);
    expect(stream.destroyed).toBe(false);
    side.connection.send(long);
    await side.closed;
    expect(side.reasons).toEqual([{ ...CLOSED, refusal: expect.stringContaining("does not read") }]);
    side.connection.send(long);
    expect(side.connection.pendingBytes).toBeLessThanOrEqual(11 * frame);
  });

  test("is not somebody who does, and gets any amount", async () => {
    const [one, other] = duplexPair();
    const side = new Side<EngineMessage, DriverMessage>(one, parseEngineMessage, { maxPending: 10 * frame });
    const reader = new Side<DriverMessage, EngineMessage>(other, parseDriverMessage);
    for (let sent = 10; sent <= 100; sent += 10) {
      for (let i = 0; i < 10; i++) side.connection.send(long);
      await reader.has(sent);
      await nextTurn();
    }
    expect(side.reasons).toEqual([]);
    expect(side.connection.pendingBytes).toBe(0);
  });
});
