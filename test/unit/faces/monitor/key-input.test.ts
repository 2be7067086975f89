import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { keyInputOf } from "../../../../src/faces/monitor/key-input.ts";

test.each([
  { typed: "\u001b3", pieces: ["\u001b", "3"] },
  { typed: "\u001b:17\r", pieces: ["\u001b", ":17\r"] },
  { typed: "\u001b[A\u001bOB", pieces: ["\u001b[A\u001bOB"] },
  { typed: "\u001b\u001b", pieces: ["\u001b\u001b"] },
  { typed: "名", pieces: ["名"] },
])("$typed is handed over as $pieces", ({ typed, pieces }) => {
  const terminal = Object.assign(new PassThrough(), { setRawMode: () => undefined });
  const keys = keyInputOf(terminal);
  const heard: string[] = [];
  keys.on("data", (piece: Buffer) => heard.push(piece.toString("utf8")));
  terminal.write(typed);
  expect(heard).toEqual(pieces);
});
