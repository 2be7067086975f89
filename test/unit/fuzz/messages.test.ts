import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatContact, parseContact } from "../../../src/wire/contact.ts";
import { parseControllerMessage, parseDriverAnswer } from "../../../src/wire/control-messages.ts";
import { createRunCredentials } from "../../../src/wire/credentials.ts";
import { parseEngineEnd } from "../../../src/wire/engine-end.ts";
import { parseEngineSpec } from "../../../src/wire/engine-spec.ts";
import { type MessageParser, parseDriverMessage, parseEngineMessage } from "../../../src/wire/messages.ts";
import { ANSWERS, CONTROLLER_MESSAGES, INVITATION } from "../wire/control-samples.ts";
import { DRIVER_MESSAGES, ENGINE_MESSAGES } from "../wire/samples.ts";
import { fuzz } from "./fuzz.ts";
import { engineTerms } from "../../support/engine-terms.ts";

/** What is kept in a file has to be sound, too. */
const KEPT = { ...INVITATION, credentials: (await createRunCredentials()).controller };

const SPEC = {
  invitation: INVITATION,
  engineId: "e",
  context: "SSH0",
  node: "n",
  slots: 2,
  coresPerSlot: 1,
  terms: engineTerms({ resources: ["GPU"] }),
};

const parsers: ReadonlyArray<readonly [what: string, parse: MessageParser<unknown>, samples: readonly unknown[]]> = [
  ["an engine's message", parseEngineMessage, ENGINE_MESSAGES],
  ["a driver's message", parseDriverMessage, DRIVER_MESSAGES],
  ["a controller's message", parseControllerMessage, CONTROLLER_MESSAGES],
  ["a driver's answer", parseDriverAnswer, ANSWERS],
  [
    "a contact",
    (text) => JSON.parse(formatContact(parseContact(text))),
    [JSON.parse(formatContact({ host: "h", here: KEPT, elsewhere: KEPT }))],
  ],
  ["an engine's specification", parseEngineSpec, [SPEC]],
  ["which engine to end", parseEngineEnd, [{ engineId: "e", pid: 99 }]],
];

const words = [
  ...['"__proto__":', '"constructor":{"prototype":{"polluted":1}},', '{"__proto__":{"polluted":1}}', "null", "true"],
  ...["[[[[", "]]]]", '{"a":', ',"type":"hello"', '"\\ud800"', "\\u0000", '""', "{}", "[]", "1e308", "-1e-400"],
];

/** What a parser makes of a text; undefined when it refuses it. */
function taken(parse: MessageParser<unknown>, text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return undefined;
  }
}

/** What is taken for a message is one, to anybody who reads it again, and has done no harm. */
function checkTaken(parse: MessageParser<unknown>, text: string): boolean {
  const message = taken(parse, text);
  expect(Object.keys(Object.prototype)).toEqual([]);
  if (message === undefined) return false;
  const again = JSON.stringify(message);
  expect(JSON.stringify(parse(again))).toBe(again);
  return true;
}

/** Stands for a value of great depth, which is too deep to be shown when a property fails. */
const DEEP = "deep";
const DEPTH = 3000;

/** Any JSON value, and some that are there to make trouble. */
const anything = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(null, -0, -1, 0.5, 2 ** 53, 1e308, -1e308, "", "\ud800", "\0", "x".repeat(5000), [], {}),
  fc.constant(DEEP),
);
const anyKey = fc.constantFrom("__proto__", "constructor", "prototype", "toString", "type", "length", "0", "extra");

/** A value with another at some place in it, however deep; `choices` say where. */
function withOther(value: unknown, other: unknown, key: string, choices: readonly number[]): unknown {
  const [choice = 0, ...rest] = choices;
  if (rest.length === 0 || typeof value !== "object" || value === null) return other;
  const keys = Array.isArray(value) ? Object.keys(value) : [...Object.keys(value), key];
  const chosen = keys[choice % keys.length];
  if (chosen === undefined) return other;
  // Not by assignment: a key may be called __proto__.
  const copy: object = Array.isArray(value) ? [...value] : { ...value };
  const inside: unknown = Object.hasOwn(value, chosen) ? Reflect.get(value, chosen) : undefined;
  const changed = inside === undefined ? other : withOther(inside, other, key, rest);
  return Object.defineProperty(copy, chosen, { value: changed, enumerable: true, configurable: true, writable: true });
}

describe.each(parsers)("what is to be %s", (_what, parse, samples) => {
  test("is one or is refused with an error, whatever bytes it is", async () => {
    const inputs = samples.map((sample) => Buffer.from(JSON.stringify(sample)));
    const verdicts = new Set<boolean>();
    await fuzz({ inputs, words, rounds: 1500 }, (input) => {
      verdicts.add(checkTaken(parse, input.toString("utf8")));
    });
    expect(verdicts).toEqual(new Set([true, false]));
  });

  test("is one or is refused with an error, whatever value stands at whatever place", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...samples),
        anything,
        anyKey,
        fc.array(fc.nat(), { minLength: 1, maxLength: 5 }),
        (sample, other, key, choices) => {
          const text = JSON.stringify(withOther(sample, other, key, choices));
          const isTaken = checkTaken(parse, text.replace(`"${DEEP}"`, "[".repeat(DEPTH) + "]".repeat(DEPTH)));
          expect(isTaken).toBeTypeOf("boolean");
        },
      ),
      { numRuns: 700 },
    );
  });

  test("is taken as it is when it is right", () => {
    for (const sample of samples) expect(checkTaken(parse, JSON.stringify(sample))).toBe(true);
  });
});
