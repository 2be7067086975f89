import { describe, expect, test } from "vitest";
import { exited, GIVEN_UP, signalled } from "../../../src/domain/ending.ts";
import {
  type MessageParser,
  parseDriverMessage,
  parseEngineMessage,
  type DriverMessage,
  type EngineMessage,
} from "../../../src/wire/messages.ts";
import { DRIVER_MESSAGES, ENGINE_MESSAGES, HELLO, RESULT } from "./samples.ts";

type Parser = MessageParser<EngineMessage | DriverMessage>;

const directions: ReadonlyArray<
  readonly [name: string, parse: Parser, samples: ReadonlyArray<EngineMessage | DriverMessage>]
> = [
  ["engine", parseEngineMessage, ENGINE_MESSAGES],
  ["driver", parseDriverMessage, DRIVER_MESSAGES],
];

/** Every way to put `wrong` in the place of one value of this one, however deep. */
function spoiled(value: unknown, wrong: unknown): unknown[] {
  if (Array.isArray(value)) {
    return value.flatMap((item, i) => spoiled(item, wrong).map((bad) => value.with(i, bad))).concat([wrong]);
  }
  if (typeof value !== "object" || value === null) return [wrong];
  const inside = Object.entries(value).flatMap(([key, item]) =>
    spoiled(item, wrong).map((bad) => ({ ...value, [key]: bad })),
  );
  return [...inside, wrong];
}

/** Every way to leave one field out, however deep. */
function incomplete(value: unknown): unknown[] {
  if (Array.isArray(value)) return value.flatMap((item, i) => incomplete(item).map((bad) => value.with(i, bad)));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => [
    Object.fromEntries(Object.entries(value).filter(([other]) => other !== key)),
    ...incomplete(item).map((bad) => ({ ...value, [key]: bad })),
  ]);
}

/** What a parser takes of a list that it ought to refuse whole. */
function accepted(parse: Parser, values: readonly unknown[]): string[] {
  return values
    .map((value) => JSON.stringify(value))
    .filter((text) => {
      try {
        return parse(text) !== undefined;
      } catch {
        return false;
      }
    });
}

describe.each(directions)("messages of the %s", (_name, parse, samples) => {
  test("of every type come back as they were sent", () => {
    expect(samples.map((message) => parse(JSON.stringify(message)))).toEqual(samples);
  });

  test.each([null, { deep: { deeper: 1 } }, [[["x"]]]])("with %j in any place are refused", (wrong) => {
    const places = samples.flatMap((message) => spoiled(message, wrong));
    expect(places.length).toBeGreaterThan(10);
    expect(accepted(parse, places)).toEqual([]);
  });

  test("with any field missing are refused", () => {
    // Which variables a run gives its tasks is not fixed, and two messages have a field that need not be there.
    const whole = samples.filter((message) => message.type !== "goodbye" && !("within" in message));
    const places = whole.flatMap((message) => incomplete("env" in message ? { ...message, env: {} } : message));
    expect(places.length).toBeGreaterThan(10);
    expect(accepted(parse, places)).toEqual([]);
  });

  test("of an unknown type, of the other side, or no objects at all are refused, saying so", () => {
    // One message is the same in both directions.
    const other = (samples === ENGINE_MESSAGES ? DRIVER_MESSAGES : ENGINE_MESSAGES).filter(
      ({ type }) => type !== "beat",
    );
    const wrong = [{ type: "shutdown" }, {}, [], "hello", 1, null, { type: ["ready"] }, ...other];
    expect(accepted(parse, wrong)).toEqual([]);
    expect(() => parse('{"type":"shutdown"}')).toThrow("not a valid message");
  });

  test.each(["", "{", "{}x", "\u0000", '{"type":"ready"', "["])("that are no JSON are refused: %j", (text) => {
    expect(() => parse(text)).toThrow(SyntaxError);
  });

  test("of great depth are refused without harm", () => {
    const deep = "[".repeat(100_000) + "]".repeat(100_000);
    expect(() => parse(deep)).toThrow("not a valid message");
    expect(() => parse(`{"type":${deep}}`)).toThrow("not a valid message");
  });
});

describe("numbers and sizes", () => {
  const withResult = (change: object): object => ({
    ...{ type: "results", sequence: 1, interrupted: false },
    results: [{ ...RESULT, ...change }],
  });

  test("that no honest engine sends are refused", () => {
    const wrong = [
      ...[{ taskId: -1 }, { taskId: 0.5 }, { taskId: 2 ** 53 }, { attempt: -1 }, { pid: 1.5 }, { ending: exited(0.1) }],
      ...[{ engine: -1 }, { node: "n".repeat(1025) }, { output: { bytes: -1, snippet: "" } }],
      ...[{ node: "n\tR" }, { node: "n\n" }, { node: "n\r" }, { pid: 1e15 }, { ending: exited(256) }, { finish: 1e21 }],
      ...[{ output: { bytes: 1e15, snippet: "" } }],
      ...[{ ending: 0 }, { ending: {} }, { ending: { type: "exited" } }, { ending: { type: "signalled", code: 9 } }],
      ...[{ ending: exited(-1) }, { ending: signalled(0) }, { ending: signalled(100) }, { ending: GIVEN_UP, pid: -1 }],
      ...[{ ending: exited(1), pid: -1 }, { ending: { type: "not-started", errno: 2 } }],
      { ending: { type: "not-started", errno: 1e15 }, pid: -1 },
      ...[{ output: { bytes: 1000, snippet: "x".repeat(513) } }, { start: "1" }],
    ].map((change) => withResult(change));
    const hello = [
      { slots: -1 },
      { slots: 1.5 },
      { engineId: "x".repeat(1025) },
      { protocol: "1" },
      { pid: -1 },
      { node: "a\tb" },
    ];
    const hellos = hello.map((change) => ({ ...HELLO, ...change }));
    const others = [
      { type: "returned", taskIds: [-1] },
      { type: "results", sequence: 0, results: [], interrupted: false },
      { type: "beat", number: -1 },
      { type: "beat", number: 0.5 },
    ];
    expect(accepted(parseEngineMessage, [...wrong, ...hellos, ...others])).toEqual([]);
  });

  test("that are infinite or no number are refused", () => {
    const text = JSON.stringify(withResult({ start: 12345 })).replace("12345", "1e999");
    expect(() => parseEngineMessage(text)).toThrow("start");
    expect(() => parseDriverMessage('{"type":"terminate","grace":-1}')).toThrow("grace");
  });

  test("at their bounds are taken", () => {
    const right = [
      { node: "n".repeat(1024) },
      { output: { bytes: 999_999_999_999_999, snippet: "x".repeat(512) } },
      { ending: signalled(64), slot: -1 },
      { pid: -1, ending: { type: "not-started", errno: 4095 } },
    ].map((change) => withResult(change));
    expect(accepted(parseEngineMessage, right)).toHaveLength(right.length);
  });
});

test("fields that are not known do no harm and are left out", () => {
  expect(parseDriverMessage('{"type":"recall","eval":"rm -rf /","__proto__":{"type":"dismiss"}}')).toEqual({
    type: "recall",
  });
});
