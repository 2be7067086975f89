import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import type { TaskOutput } from "../../../../src/domain/task-files.ts";
import { FILE_CALLS, type FileCalls } from "../../../../src/files/outputs/file-calls.ts";
import { putInPlace } from "../../../../src/files/outputs/put-in-place.ts";
import { settleStage } from "../../../../src/files/outputs/settle.ts";
import { type StagedTask, stageOutputs } from "../../../../src/files/outputs/staged-task.ts";

export const STAGE = ".disbatch/abc";

/** Where a set of outputs stands: of which attempt each is, or `mixed` where they are of several. */
type Standing = string;

export const file = (name: string, where: string): TaskOutput => ({ name, path: where, isFolder: false });
export const folder = (name: string, where: string): TaskOutput => ({ name, path: where, isFolder: true });

/** A folder in which tasks work, and what they make there. */
export class OutputTree {
  readonly root: string;
  readonly warnings: string[] = [];

  constructor(root: string = mkdtempSync(path.join(tmpdir(), "disbatch-outputs-"))) {
    this.root = root;
    onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  }

  at(where: string): string {
    return path.resolve(this.root, where);
  }

  /** Puts there what an earlier run had made. */
  putOld(outputs: readonly TaskOutput[]): void {
    for (const output of outputs) {
      mkdirSync(path.dirname(this.at(output.path)), { recursive: true });
      make(this.at(output.path), output.isFolder, "old");
    }
  }

  stage(outputs: readonly TaskOutput[], attempt = 1, calls: FileCalls = FILE_CALLS): Promise<StagedTask> {
    return stageOutputs(this.root, { stage: STAGE, files: outputs }, { taskId: 7, attempt }, calls);
  }

  /** What the command does. */
  make({ outputs }: StagedTask, content: string): void {
    for (const { made, isFolder } of outputs) make(made, isFolder, content);
  }

  async run(outputs: readonly TaskOutput[], content = "new", calls: FileCalls = FILE_CALLS) {
    const staged = await this.stage(outputs, 1, calls);
    this.make(staged, content);
    return putInPlace(staged, calls);
  }

  async settle(calls: FileCalls = FILE_CALLS): Promise<void> {
    await settleStage(this.root, STAGE, (message) => this.warnings.push(message), calls);
  }

  /** Where the outputs stand, together. */
  standing(outputs: readonly TaskOutput[]): Standing {
    const all = new Set(outputs.map((output) => contentOf(this.at(output.path), output.isFolder)));
    return all.size === 1 ? ([...all][0] ?? "") : `mixed: ${[...all].join(", ")}`;
  }

  /** Whether anything is left of the stage. */
  get isClean(): boolean {
    return !existsSync(this.at(".disbatch"));
  }
}

function make(where: string, isFolder: boolean, content: string): void {
  if (!isFolder) return writeFileSync(where, content);
  mkdirSync(where);
  writeFileSync(path.join(where, "one"), content);
  writeFileSync(path.join(where, `only-${content}`), content);
}

/** What was written to an output; `none` where it is not there, and `broken` where it is not whole. */
function contentOf(where: string, isFolder: boolean): string {
  if (!existsSync(where)) return "none";
  if (!isFolder) return readFileSync(where, "utf8");
  const content = readFileSync(path.join(where, "one"), "utf8");
  const names = readdirSync(where).toSorted().join(" ");
  return names === `one only-${content}` ? content : `broken: ${names}`;
}
