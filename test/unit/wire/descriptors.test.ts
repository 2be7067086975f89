import { readdirSync, readlinkSync } from "node:fs";
import { expect, onTestFinished, test } from "vitest";
import { Descriptors } from "../../../src/wire/descriptors.ts";

function openDescriptors(limit: number): Descriptors {
  const descriptors = new Descriptors(limit);
  onTestFinished(() => descriptors.close());
  return descriptors;
}

/** How many of this process stand for what descriptors are opened on here. */
function inUse(): number {
  return readdirSync("/proc/self/fd").filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`) === "/";
    } catch {
      return false;
    }
  }).length;
}

test("descriptors are short when the lowest that is free is among the last", () => {
  expect(openDescriptors(4).isShort).toBe(true);
  expect(openDescriptors(1_000_000).isShort).toBe(false);
  expect(openDescriptors(Number.POSITIVE_INFINITY).isShort).toBe(false);
});

test("one is kept in reserve, and looking leaves none behind", () => {
  const before = inUse();
  const descriptors = openDescriptors(1024);
  expect(inUse()).toBe(before + 1);
  for (let i = 0; i < 10; i++) {
    expect(descriptors.isShort).toBe(false);
    descriptors.tick();
  }
  expect(inUse()).toBe(before + 1);
  descriptors.close();
  descriptors.close();
  expect(inUse()).toBe(before);
});
