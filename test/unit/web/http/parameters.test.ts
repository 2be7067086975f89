import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  choices,
  NONE,
  optional,
  readQuery,
  text,
  time,
  whole,
  withDefault,
} from "../../../../src/web/http/parameters.ts";
import { ProblemError } from "../../../../src/web/http/problem-error.ts";

const ABOUT = { description: "", example: "" };
const WORDS = ["failed", "running", "waiting"] as const;
const PARAMETERS = {
  state: optional(choices(WORDS, ABOUT)),
  limit: withDefault(whole(1, 500, ABOUT), 100),
  at: optional(time(ABOUT)),
  q: optional(text(20, ABOUT)),
};

function codeOf(query: string): string | undefined {
  try {
    readQuery(PARAMETERS, new URLSearchParams(query));
    return undefined;
  } catch (error) {
    return error instanceof ProblemError ? error.code : String(error);
  }
}

describe("parameters of a query", () => {
  it("are read as what they stand for", () => {
    const any = fc.record({
      state: fc.option(fc.subarray([...WORDS], { minLength: 1 }), { nil: undefined }),
      limit: fc.option(fc.integer({ min: 1, max: 500 }), { nil: undefined }),
      at: fc.option(
        fc.integer({ min: 0, max: 2e9 }).map((ms) => ms / 1000),
        { nil: undefined },
      ),
      q: fc.option(fc.string({ minLength: 1, maxLength: 10, unit: "binary" }), { nil: undefined }),
    });
    fc.assert(
      fc.property(any, (given) => {
        // What is no Unicode does not come by a URL.
        fc.pre(given.q?.isWellFormed() !== false);
        const query = new URLSearchParams();
        for (const [name, value] of Object.entries(given)) if (value !== undefined) query.set(name, String(value));
        expect(readQuery(PARAMETERS, new URLSearchParams(query.toString()))).toEqual({
          ...given,
          limit: given.limit ?? 100,
        });
      }),
    );
  });

  it.each([
    ["limit=0"],
    ["limit=501"],
    ["limit=1.5"],
    ["limit=0x10"],
    ["limit=1e2"],
    ["limit="],
    ["limit=%205"],
    ["limit=5&limit=6"],
    ["limit=NaN"],
    ["limit=99999999999999999999999999"],
    ["at=-1"],
    ["at=Infinity"],
    ["at=99999999999999"],
    ["state="],
    ["state=failed,"],
    ["state=failed,nothing"],
    ["state=failed,running,waiting,failed"],
    [`state=${"failed,".repeat(1000)}`],
    ["q="],
    [`q=${"x".repeat(21)}`],
  ])("are refused where they mean nothing: %s", (query) => {
    expect(codeOf(query)).toBe("parameter-invalid");
  });

  it("are refused with a line of text whatever they are, and never otherwise", () => {
    const refusalOf = (name: string, value: string): unknown => {
      try {
        readQuery(PARAMETERS, new URLSearchParams([[name, value]]));
        return undefined;
      } catch (error) {
        return error;
      }
    };
    fc.assert(
      fc.property(
        fc.constantFrom("state", "limit", "at", "q", "other"),
        fc.string({ unit: "binary" }),
        (name, value) => {
          const refusal = refusalOf(name, value);
          const message = refusal instanceof ProblemError ? refusal.message : "";
          expect(refusal === undefined || refusal instanceof ProblemError).toBe(true);
          expect([/\p{Cc}/u.test(message), message.length < 300]).toEqual([false, true]);
        },
      ),
    );
  });

  it.each([["nobody=1"], ["Limit=1"], ["__proto__=1"], ["constructor=1"], ["limit%00=1"], ["=1"]])(
    "are refused where nobody knows them: %s",
    (query) => {
      expect(codeOf(query)).toBe("parameter-unknown");
      expect(() => readQuery(NONE, new URLSearchParams(query))).toThrow("there are none here");
    },
  );
});
