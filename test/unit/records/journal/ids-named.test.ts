import { writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { idsNamed } from "../../../../src/records/journal/ids-named.ts";
import { scratchFile } from "../ledger/scratch.ts";

function journalOf(...entries: readonly object[]): string {
  const path = scratchFile("run_journal.jsonl");
  writeFileSync(path, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(""), { mode: 0o644 });
  return path;
}

test("a name has the ids that tasks of it were given, the last one last", () => {
  const path = journalOf(
    { e: "task-assigned", id: 3, cmd: "a[day=1]" },
    { e: "task-assigned", id: 4, cmd: "a[day=11]" },
    { e: "task-assigned", id: 13, cmd: "a[day=1]" },
    { e: "task-assigned", id: 3, cmd: "a[day=1]" },
    { e: "task-finished", id: 4, code: 0 },
  );
  expect([...idsNamed(path, ["a[day=1]"])]).toEqual([["a[day=1]", [13, 3]]]);
  expect([...idsNamed(path, ["a[day=11]", "a[day=1]", "b"])]).toEqual([
    ["a[day=1]", [13, 3]],
    ["a[day=11]", [4]],
  ]);
});

test("what is torn, and what another name contains, is no such task", () => {
  const path = journalOf({ id: 1, cmd: 'x "a"' }, { id: 2, cmd: "a" });
  writeFileSync(path, '{"e":"task-assigned","id":9,"cmd":"a"', { flag: "a" });
  expect([...idsNamed(path, ["a"])]).toEqual([["a", [2]]]);
  expect(idsNamed(path, []).size).toBe(0);
});
