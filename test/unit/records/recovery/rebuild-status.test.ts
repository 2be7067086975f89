import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { RunEvent } from "../../../../src/domain/events.ts";
import { rebuildStatusFile } from "../../../../src/records/recovery/rebuild-status.ts";
import { HEADER_LINE } from "../../../../src/records/statusfile/record.ts";
import { anyHistory } from "./history.ts";
import { DRIVER, journalLines, journalOf, Records, statusLines } from "./records.ts";

/** Makes the status file of these records anew, and says what it holds. */
async function rebuilt(records: Records, what: Partial<Parameters<typeof rebuildStatusFile>[0]> = {}): Promise<string> {
  const [status, journal] = [`${records.prefix}_status.txt`, `${records.prefix}_journal.jsonl`];
  rmSync(status, { force: true });
  await rebuildStatusFile({
    ...{ status, journal, statusHeader: false, driver: DRIVER, onWarning: () => undefined },
    ...what,
  });
  return readFileSync(status, "utf8");
}

describe("a status file that is gone", () => {
  test("is made anew to the byte, but for the lines of skipped tasks", async () => {
    const records = new Records();
    await fc.assert(
      fc.asyncProperty(anyHistory, async ({ events }) => {
        records.write(journalOf(events), "");
        expect(await rebuilt(records)).toBe(statusLines(events.filter(({ type }) => type !== "task-skipped")));
      }),
      { numRuns: 20 },
    );
  });

  test("has the lines of all runs in the journal, or of those before a place in it", async () => {
    const [first, second] = fc.sample(anyHistory, { seed: 7, numRuns: 2 }).map(({ events }) => {
      return events.filter(({ type }) => type !== "task-skipped");
    });
    const records = new Records();
    const before = journalOf(first ?? []);
    records.write(`${before}${journalLines(second ?? [])}`, "");
    expect(await rebuilt(records)).toBe(statusLines([...(first ?? []), ...(second ?? [])]));
    const names = await rebuilt(records, { before: Buffer.byteLength(before), statusHeader: true });
    expect(names).toBe(`${HEADER_LINE}\n${statusLines(first ?? [])}`);
  });

  test("lacks the skipped tasks only that no run in the journal has finished", async () => {
    const [history] = fc.sample(anyHistory, { seed: 7, numRuns: 1 });
    const events = history?.events ?? [];
    const finished = events.flatMap((event) => (event.type === "task-finished" ? [event] : []));
    const skipped = new Set(events.flatMap((event) => (event.type === "task-skipped" ? [event.skipped.task.id] : [])));
    const again = finished.map(({ time, task, result }): RunEvent => {
      const previous = { ...result, node: "n1", alreadyRecorded: true };
      return { type: "task-skipped", time, skipped: { kind: "skipped", task, previous } };
    });
    const records = new Records();
    records.write(`${journalOf(events)}${journalLines(again)}`, "");
    const [status, journal] = [`${records.prefix}_status.txt`, `${records.prefix}_journal.jsonl`];
    rmSync(status, { force: true });
    const what = { status, journal, statusHeader: false, driver: DRIVER, onWarning: () => undefined };
    expect(again).not.toEqual([]);
    expect(await rebuildStatusFile(what)).toBe(skipped.size);
  });

  test("is there whole or not at all", async () => {
    const [history] = fc.sample(anyHistory, { seed: 7, numRuns: 1 });
    const records = new Records();
    records.write(journalOf(history?.events ?? []), "");
    const killed = new Error("killed");
    const whole = (size: number): never => {
      expect(size).toBeGreaterThan(0);
      expect(existsSync(`${records.prefix}_status.txt`)).toBe(false);
      throw killed;
    };
    await expect(rebuilt(records, { whole })).rejects.toBe(killed);
    expect(readdirSync(dirname(records.prefix))).toEqual(["run_journal.jsonl"]);
  });

  test("cannot be made of what is no journal", async () => {
    const records = new Records();
    records.write("some text\n", "");
    await expect(rebuilt(records)).rejects.toMatchObject({ code: "journal-foreign" });
    expect(readdirSync(dirname(records.prefix))).toEqual(["run_journal.jsonl"]);
  });
});
