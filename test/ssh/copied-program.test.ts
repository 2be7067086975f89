import { readdirSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { artifacts } from "../support/artifacts.ts";
import { NO_PROGRAM, openHosts } from "./hosts.ts";

const DONE = { code: 0, signal: null };

describe.each(artifacts)("$name, on a host that does not have the program", (artifact) => {
  test("the single executable is copied into the cache there, once, and used again", async () => {
    const { place, work, run, editInput } = await openHosts();
    await place.startHost("bare", { config: [editInput("bare", NO_PROGRAM)] });
    work.writeTasks("true");
    const first = run(artifact, ["-s", "bare:1", "-p", "first", "Tasks"]);
    expect(await first.exited).toEqual(DONE);
    expect(first.stderr()).toMatch(/copying disbatch .* to bare, once/);
    const cache = path.join(place.remoteHome, ".cache", "disbatch");
    const [version = "", ...others] = readdirSync(cache);
    expect(others).toEqual([]);
    expect(readdirSync(path.join(cache, version))).toEqual(["disbatch"]);
    expect(statSync(path.join(cache, version)).mode & 0o777).toBe(0o700);
    const second = run(artifact, ["-s", "bare:1", "-p", "second", "Tasks"]);
    expect(await second.exited).toEqual(DONE);
    expect(second.stderr()).not.toMatch(/copying/);
    expect(work.status("second_status.txt")).toHaveLength(1);
  });
});

test("a copy that is not whole is replaced", async () => {
  const [, artifact] = artifacts;
  if (artifact === undefined) throw new Error("no executable");
  const { place, work, run, editInput } = await openHosts();
  await place.startHost("bare", { config: [editInput("bare", NO_PROGRAM)] });
  work.writeTasks("true");
  expect(await run(artifact, ["-s", "bare:1", "-p", "first", "Tasks"]).exited).toEqual(DONE);
  const cache = path.join(place.remoteHome, ".cache", "disbatch");
  const copy = path.join(cache, readdirSync(cache)[0] ?? "", "disbatch");
  writeFileSync(copy, "half of it");
  const second = run(artifact, ["-s", "bare:1", "-p", "second", "Tasks"]);
  expect(await second.exited).toEqual(DONE);
  expect(second.stderr()).toMatch(/copying disbatch/);
});
