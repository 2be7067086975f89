import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { LOG_FORMATS, LOG_LEVELS } from "../../../../src/domain/log.ts";
import { WrapLog } from "../../../../src/places/launchers/wrap-log.ts";
import { formatLogRecord } from "../../../../src/faces/log/log-format.ts";
import { scratchFolder } from "../../node/process/scratch.ts";

function newLog() {
  const file = path.join(scratchFolder(), "wrap.log");
  return { file, log: new WrapLog(file) };
}

test("the file comes into being with the first word", () => {
  const { file, log } = newLog();
  log.write("");
  expect(existsSync(file)).toBe(false);
  log.write("one\n");
  log.write(Buffer.of(0xff, 0x0a));
  expect(readFileSync(file)).toEqual(Buffer.from("one\n\xff\n", "latin1"));
});

test("what stands in the file already stays there, and is nobody's last words", () => {
  const { file, log } = newLog();
  writeFileSync(file, "an earlier run\n");
  expect(log.lastWords()).toBeUndefined();
  log.write("now\n");
  expect(readFileSync(file, "utf8")).toBe("an earlier run\nnow\n");
});

test("last words are the last line that is not empty, with or without an end, and are told once", () => {
  const { log } = newLog();
  log.write("first\nsec");
  log.write("ond\n\n  \n");
  expect(log.lastWords()).toBe("second");
  expect(log.lastWords()).toBeUndefined();
  log.write("third");
  expect(log.lastWords()).toBe("third");
});

test.each(LOG_FORMATS)("the records of an engine that logs here, as %s, are not its last words", (format) => {
  const { log } = newLog();
  log.write("it cannot be\n");
  for (const level of LOG_LEVELS) log.write(formatLogRecord({ level, time: 1, text: "leaving" }, format));
  expect(log.lastWords()).toBe("it cannot be");
});

test("last words are cut to what fits on a terminal", () => {
  const { log } = newLog();
  log.write("x".repeat(1000));
  expect(log.lastWords()).toBe("x".repeat(300));
});

test("the file takes 16 MiB, says that there is more, and last words are still known", () => {
  const { file, log } = newLog();
  const most = 16 * 1024 * 1024;
  log.write(Buffer.alloc(most - 1, "x"));
  for (const words of ["two", "more\n", "it cannot be\n"]) log.write(words);
  const kept = readFileSync(file, "latin1");
  expect(kept.slice(most - 2)).toBe("xt\nThe rest is left out: this engine has printed more than 16 MiB.\n");
  expect(log.lastWords()).toBe("it cannot be");
});

test("a log that cannot be written does no harm", () => {
  const log = new WrapLog("/no/such/folder/wrap.log");
  log.write("gone\n");
  expect(log.lastWords()).toBe("gone");
});
