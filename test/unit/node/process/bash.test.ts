import { spawnSync } from "node:child_process";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeBytes, hasEscapedBytes } from "../../../../src/domain/bytes.ts";
import { BASH, bashArguments, MAX_ARGUMENT } from "../../../../src/node/process/bash.ts";

/** What bash writes when it runs this line of a task file. */
function run(line: Buffer, locale = "C.UTF-8"): { stdout: Buffer; status: number | null } {
  const child = spawnSync(BASH, bashArguments(decodeBytes(line)), {
    env: { PATH: "/usr/bin:/bin", LC_ALL: locale },
    stdio: ["ignore", "pipe", "pipe"],
  });
  expect(child.stderr.toString()).toBe("");
  return { stdout: child.stdout, status: child.status };
}

/** `printf %s` of these bytes, as a person would quote them. */
function printing(bytes: Uint8Array, format = "%s"): Buffer {
  const quoted = [...bytes].map((byte) => (byte === 0x27 ? Buffer.from(String.raw`'\''`) : Buffer.of(byte)));
  return Buffer.concat([Buffer.from(`printf '${format}' '`), ...quoted, Buffer.from("'")]);
}

/** Every byte but NUL, which cannot be part of a command. */
const ALL_BYTES = Uint8Array.from({ length: 255 }, (_, i) => i + 1);

describe("a command that is not valid UTF-8", () => {
  test.each(["C", "C.UTF-8"])("reaches bash with all 255 bytes as they are, in the locale %s", (locale) => {
    expect(run(printing(ALL_BYTES), locale).stdout).toEqual(Buffer.from(ALL_BYTES));
  });

  test("reaches other programs through bash with all 255 bytes as they are", () => {
    const line = Buffer.concat([printing(ALL_BYTES), Buffer.from(" | od -An -v -tu1")]);
    expect(run(line).stdout.toString().trim().split(/\s+/).map(Number)).toEqual([...ALL_BYTES]);
  });

  test("gives the exit code that it would give otherwise", () => {
    expect(run(Buffer.concat([Buffer.from("exit 3 # "), Buffer.of(0xff)])).status).toBe(3);
  });

  test("may name files that are not valid UTF-8", () => {
    const name = Buffer.from([0x2f, 0x74, 0x6d, 0x70, 0x2f, 0xff, 0xfe]);
    expect(run(Buffer.concat([Buffer.from("basename "), name])).stdout).toEqual(Buffer.from([0xff, 0xfe, 0x0a]));
  });
});

test("any bytes in any command reach bash as they are", () => {
  const byte = fc.oneof(fc.integer({ min: 1, max: 255 }), fc.constantFrom(0x24, 0x27, 0x5c, 0x60, 0x22, 0x0a, 0x21));
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 40 }), (list) => {
      const bytes = Uint8Array.from(list);
      expect(run(printing(bytes)).stdout).toEqual(Buffer.from(bytes));
    }),
    { numRuns: 60 },
  );
});

test("a command that is valid UTF-8 is passed as it stands", () => {
  const command = "echo 'é 😀' \\ $'\\377' # \t";
  expect(bashArguments(command)).toEqual(["-c", command]);
});

test("no argument ever holds a byte that a runtime could not pass", () => {
  expect(bashArguments(decodeBytes(ALL_BYTES)).filter((argument) => hasEscapedBytes(argument))).toEqual([]);
});

test("the longest argument is the longest that the system passes", () => {
  const give = (length: number) => spawnSync("/bin/true", ["x".repeat(length)], { env: {} });
  expect(give(MAX_ARGUMENT - 1).status).toBe(0);
  expect(give(MAX_ARGUMENT).error).toMatchObject({ code: "E2BIG" });
});
