import { describe, expect, it } from "vitest";
import { termsOfFields } from "../../../../src/domain/terms/fields.ts";
import { termsOfText } from "../../../../src/domain/terms/task-terms.ts";

const isResource = (name: string): boolean => name === "license";

function textOf(fields: object): string | undefined {
  const read = termsOfFields(fields, isResource);
  if (read.kind === "mistake") throw new Error(`${read.path.join(".")}: ${read.message} (${read.hint})`);
  return read.terms?.text;
}

describe("terms as fields", () => {
  it("say what the words of task files say", () => {
    expect(
      textOf({
        ...{ cores: 0.5, memory: "8G", gpus: 1, resources: { license: 2 }, timeout: "2h", minTime: 60 },
        ...{ retryMemory: 2, retryTimeout: "x1.5", context: "SSH0", priority: -1, retryCores: undefined },
        retries: { max: 3, on: [1, "74-84", "signal"], delay: "10s", backoff: 2, limit: 600, elsewhere: true },
      }),
    ).toBe(
      "cores=0.5 memory=8G gpus=1 timeout=7200 min-time=60 retries=3 retry-on=1,74-84,signal retry-delay=10 retry-backoff=2 " +
        "retry-limit=600 retry-elsewhere=yes retry-memory=x2 retry-timeout=x1.5 context=SSH0 priority=-1 license=2",
    );
    expect(textOf({ retries: 2 })).toBe("retries=2");
    expect(textOf({})).toBeUndefined();
  });

  it("may rest on farther places, as rules of retries do", () => {
    const fields = { retries: { on: 1 } };
    expect(termsOfFields(fields, isResource)).toMatchObject({ kind: "mistake", path: ["retries", "on"] });
    expect(termsOfFields(fields, isResource, termsOfText("retries=1"))).toMatchObject({
      terms: { text: "retry-on=1" },
    });
  });

  it.each<readonly [fields: object, message: string]>([
    [
      { memory: 8 },
      'memory: memory cannot be "8" (it must be a size with its unit, such as 8G or 512M; did you mean 8G?)',
    ],
    [{ cores: 0 }, 'cores: cores cannot be "0"'],
    [{ cores: null }, 'cores: cores cannot be "null"'],
    [{ cores: true }, 'cores: cores cannot be "true"'],
    [{ cores: [1] }, 'cores: cores cannot be "[1]"'],
    [{ timeout: {} }, 'timeout: timeout cannot be "{}"'],
    [{ gpus: Number.NaN }, 'gpus: gpus cannot be "NaN"'],
    [{ mintime: 1 }, 'mintime: unknown field "mintime" (did you mean minTime?)'],
    [{ "retry-memory": "x2" }, "did you mean retryMemory?"],
    [{ retryOn: 1 }, 'retryOn: unknown field "retryOn" (did you mean retries.on?)'],
    [{ mem: "8G" }, 'mem: unknown field "mem" (did you mean memory?)'],
    [{ disk: "8G" }, "context, priority, resources)"],
    [{ retries: { maximum: 1 } }, 'retries.maximum: unknown field "retries.maximum" (did you mean max?)'],
    [{ retries: { max: "x" } }, 'retries.max: retries.max cannot be "x"'],
    [{ retries: { max: 0, on: 1 } }, "retries.on: retries.on has no effect, since retries.max is 0"],
    [{ retries: { on: 1 } }, "say how many with retries.max"],
    [{ retries: 0, retryMemory: "x2" }, "retryMemory has no effect, since retries is 0"],
    [{ resources: { licence: 1 } }, 'resources.licence: unknown resource "licence" (neither the run'],
    [{ resources: { cores: 1 } }, 'unknown resource "cores"'],
    [{ resources: { license: "many" } }, 'resources.license: resources.license cannot be "many"'],
    [{ resources: 3 }, "resources: resources must be amounts by name"],
    [{ constructor: 3 }, 'unknown field "constructor"'],
  ])("are refused by the name of the field: %j", (fields, message) => {
    expect(() => textOf(fields)).toThrow(message);
  });
});
