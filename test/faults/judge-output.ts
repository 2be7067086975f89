import { OutputReader } from "../../src/records/output/output-reader.ts";
import type { Workspace } from "../support/workspace.ts";
import { readJournal } from "./journal.ts";
import type { Plan } from "./plan.ts";

/**
 * What is kept of what tasks have printed is what they have printed, and the file has come whole through all kills. Where no task has
 * lost its process, no output is missing.
 *
 * @returns what must not be, in words for people.
 */
export async function judgeOutput({ items, startsOnce }: Plan, workspace: Workspace): Promise<string[]> {
  const reader = OutputReader.open(workspace.path("run_output.bin"));
  if (reader === undefined) return ["nothing is kept of what tasks have printed"];
  try {
    const journal = readJournal(workspace);
    const faults = reader.torn.map(({ at, length }) => `${length} bytes at ${at} of the output file are torn`);
    for (const [id, { type }] of items.entries()) {
      if (type === "barrier") continue;
      const attempts = reader.attempts(id);
      for (const attempt of attempts) {
        const text = (await reader.read(attempt, "stdout")).toString();
        const right = `printed by task ${id}, attempt ${attempt.attempt}\n`;
        // One that was ended has not come to the line that prints.
        if (text !== right)
          faults.push(`of task ${id}, attempt ${attempt.attempt}, this is kept: ${JSON.stringify(text)}`);
      }
      const outcome = journal.find((line) => line.e === "task-finished" && line.id === id)?.try;
      const isKept = attempts.some(({ attempt }) => attempt === outcome);
      if (startsOnce && !isKept) faults.push(`nothing is kept of task ${id}, attempt ${outcome}`);
    }
    return faults;
  } finally {
    reader.close();
  }
}
