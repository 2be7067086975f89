import { expect, test } from "vitest";
import { keepaliveOf } from "../../../../src/places/ssh/keepalive.ts";
import { settingsFrom } from "./settings-requests.ts";

test("what the user's settings ask for counts", () => {
  const settings = settingsFrom("serveraliveinterval 15\nserveralivecountmax 2\n");
  expect(keepaliveOf(settings)).toEqual({ interval: 15, countMax: 2 });
});

test.each(["", "serveraliveinterval 0\nserveralivecountmax 1\n"])(
  "where they ask for none, a dead connection is noticed within two minutes: %j",
  (output) => {
    expect(keepaliveOf(settingsFrom(output))).toEqual({ interval: 30, countMax: 4 });
  },
);
