import { writeSync } from "node:fs";
import { FILE_CALLS } from "../../src/files/outputs/file-calls.ts";
import { putInPlace } from "../../src/files/outputs/put-in-place.ts";
import { settleStage } from "../../src/files/outputs/settle.ts";
import { stageOutputs } from "../../src/files/outputs/staged-task.ts";
import { makeSet, SETS, setOf, STAGE } from "./output-sets.ts";

/**
 * A process that settles what others have left, and then puts sets of outputs in place, several at a time, until it is killed. It says
 * when it begins with either, and so that whoever kills it can do that in the middle.
 */
const [, , root = ".", from = "0"] = process.argv;

function tell(line: string): void {
  writeSync(1, `${line}\n`);
}

async function putAgain(set: number): Promise<void> {
  for (let attempt = Number(from); ; attempt++) {
    const outputs = { stage: STAGE, files: setOf(set) };
    const staged = await stageOutputs(root, outputs, { taskId: set, attempt }, FILE_CALLS);
    makeSet(staged, `${attempt}`);
    tell("puts");
    await putInPlace(staged, FILE_CALLS);
  }
}

tell("settles");
await settleStage(root, STAGE, (message) => tell(`warning: ${message}`));
await Promise.all(Array.from({ length: SETS }, (_, set) => putAgain(set)));
