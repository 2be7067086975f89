import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";

/** A new folder that is removed when the running test is over. */
export function scratchFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "disbatch-unit-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
