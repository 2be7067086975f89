// A program that runs tasks: it submits some, waits for their results, and submits more that depend on them.
// Expected: three lines, the last of which is "done: 3 succeeded, 1 failed".
import { DisBatcher } from "disbatch";

const batcher = new DisBatcher({ name: "first-steps", hosts: "localhost:2" });

// A line of a task file gives a task. Its result has all that its line in the status file has.
const { id } = batcher.submit("echo $((6 * 7))");
const { output } = await batcher.result(id);
console.log(`task ${id} says ${output.snippet.trim()}`);

// Directives work, too: these are two tasks, one of which fails.
const { ids } = batcher.submit('#DISBATCH REPEAT 2 exit "$DISBATCH_REPEAT_INDEX"');
const results = await batcher.syncTasks(ids);
console.log(`they exit with ${ids.map((one) => results.get(one).returnCode).join(" and ")}`);

batcher.submit(`echo more, because task ${id} has said ${output.snippet.trim()}`);
const { succeeded, failed } = await batcher.done();
console.log(`done: ${succeeded} succeeded, ${failed} failed`);
