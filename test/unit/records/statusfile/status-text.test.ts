import { fstatSync, openSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { StatusText } from "../../../../src/records/statusfile/status-text.ts";
import { scratchFolder } from "../../node/process/scratch.ts";

test("a file that is closed while it is read stays open until that is over, and is not read again", async () => {
  const file = path.join(scratchFolder(), "status.txt");
  writeFileSync(file, "no record\n");
  const fd = openSync(file, "r");
  const text = new StatusText(fd);
  const reading = text.records([0]);
  text.close();
  expect(fstatSync(fd).size).toBe(10);
  await reading;
  expect(() => fstatSync(fd)).toThrow("EBADF");
  expect((await text.records([0])).size).toBe(0);
  text.close();
});
