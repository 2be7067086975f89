import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { looksIn } from "../../../../src/run/workflow/file-looks.ts";

test("a folder is as new as the newest of what is in it, and of what links in it lead to", () => {
  const base = mkdtempSync(path.join(tmpdir(), "disbatch-unit-"));
  onTestFinished(() => rmSync(base, { recursive: true }));
  const at = (name: string): string => path.join(base, name);
  mkdirSync(at("d/in"), { recursive: true });
  writeFileSync(at("d/in/a"), "a");
  writeFileSync(at("b"), "b");
  symlinkSync("../b", at("d/link"));
  symlinkSync("none", at("d/dangling"));
  symlinkSync(".", at("d/round"));
  const look = (): number => looksIn(base).newestIn("d");
  // Links are as new as this test; what it makes newer is of a later time.
  const later = Date.now() / 1000 + 1000;
  for (const [name, time] of [
    ["d/in/a", later],
    ["b", later + 1],
    ["d/in", later + 2],
  ] as const) {
    utimesSync(at(name), time, time);
    expect(look()).toBeCloseTo(time * 1000, -1);
  }
  expect(looksIn(base).newestIn("b")).toBeCloseTo((later + 1) * 1000, -1);
  expect(looksIn(base).newestIn("none")).toBe(-1);
});

test("a folder is as new as the newest of what is in it, though links in it lead round and round", () => {
  const base = mkdtempSync(path.join(tmpdir(), "disbatch-unit-"));
  onTestFinished(() => rmSync(base, { recursive: true }));
  mkdirSync(path.join(base, "d"));
  symlinkSync("b", path.join(base, "d/a"));
  symlinkSync("a", path.join(base, "d/b"));
  writeFileSync(path.join(base, "d/z"), "z");
  const later = Date.now() / 1000 + 1000;
  utimesSync(path.join(base, "d/z"), later, later);
  expect(looksIn(base).newestIn("d")).toBeCloseTo(later * 1000, -1);
});
