import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { processRoom } from "../../../../src/node/process/process-room.ts";
import { scratchFolder } from "./scratch.ts";

const USER = 1000;

interface Process {
  readonly pid: string;
  readonly user: number;
  readonly threads: number;
}

/** What looks like /proc. */
function proc(limit: string, capabilities: string, ...processes: readonly Process[]): string {
  const folder = scratchFolder();
  const self = { pid: "self", user: USER, threads: 1 };
  for (const { pid, user, threads } of [self, ...processes]) {
    mkdirSync(join(folder, pid));
    const status = `Name:\tsh\nUid:\t${user}\t${user}\t${user}\t${user}\nThreads:\t${threads}\nCapEff:\t${capabilities}\n`;
    writeFileSync(join(folder, pid, "status"), status);
  }
  writeFileSync(
    join(folder, "self/limits"),
    `Limit                     Soft Limit           Hard Limit           Units     \nMax processes             ${limit}                4096                 processes \n`,
  );
  mkdirSync(join(folder, "77"));
  return folder;
}

test("threads of all processes of the user count for the limit, and nobody else's", () => {
  const folder = proc(
    "100",
    "0000000000000000",
    ...[
      { pid: "10", user: USER, threads: 8 },
      { pid: "11", user: USER, threads: 3 },
      { pid: "12", user: 1001, threads: 50 },
    ],
  );
  expect(processRoom(USER, folder)).toEqual({ limit: 100, used: 11 });
});

test("nothing is counted where the limit is large, or binds nobody, or cannot be read", () => {
  const none = "0000000000000000";
  expect(processRoom(USER, proc("unlimited", none))).toBeUndefined();
  expect(processRoom(USER, proc("4096", none))).toBeUndefined();
  expect(processRoom(0, proc("10", none))).toBeUndefined();
  expect(processRoom(USER, proc("10", "0000000001000000"))).toBeUndefined();
  expect(processRoom(USER, "/nowhere")).toBeUndefined();
});
