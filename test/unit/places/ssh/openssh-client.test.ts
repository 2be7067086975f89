import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { keepTail } from "../../../../src/places/ssh/openssh-client.ts";

test("of what a client prints the end is kept, however much it is", () => {
  const stream = new PassThrough();
  const collected = keepTail(stream);
  stream.write("Welcome\n");
  expect(collected()).toBe("Welcome\n");
  for (let i = 0; i < 640; i++) stream.write("\r".repeat(10_000));
  stream.write("Permission denied\n");
  expect(collected().endsWith(`${"\r".repeat(10_000)}Permission denied\n`)).toBe(true);
  expect(collected().length).toBeLessThanOrEqual(131_072);
});
