// A search that decides as it goes: 500 tasks measure a coarse grid, those that fail are tried again, and the
// neighbourhood of the best points is measured in ever smaller steps until nothing better is found.
//
//   node fan-out.mjs [HOSTS]        for example: node fan-out.mjs node1:8,node2:8
//
// Expected: a few seconds, one line for each round, exit code 0, and as the last line
// "best point: 3217, found with 541 tasks". Files of the run stay behind: fan-out_*.
import { DisBatcher, DisBatchError } from "disbatch";

const GRID = 500;
const STEP = 20;
const BEST = 5;

/** The command that measures a point. It stands for a program that takes long, and fails now and then. */
function commandFor(point, number) {
  const fails = number === 1 ? `(( ${point} % 700 == 0 )) && exit 75; ` : "";
  return `${fails}echo $(( (${point} - 3217) * (${point} - 3217) ))`;
}

/** Points that have been measured, and how far each is from what is looked for. */
const distances = new Map();

const batcher = new DisBatcher({ name: "fan-out", hosts: process.argv[2] ?? "localhost:2" });
try {
  await search();
} catch (error) {
  // What went wrong has a code, so that a program can tell.
  console.error(error instanceof DisBatchError ? `${error.code}: ${error.message}` : error);
  process.exitCode = 1;
  await batcher.stop({ now: true });
}

async function search() {
  const grid = Array.from({ length: GRID }, (_, i) => i * STEP);
  await measure(grid, "grid");

  for (let step = STEP; step > 1;) {
    step = Math.ceil(step / 2);
    const around = best().flatMap((point) => [point - step, point + step]);
    const fresh = [...new Set(around)].filter((point) => !distances.has(point));
    await measure(fresh, `steps of ${step}`);
  }

  const { succeeded, failed } = await batcher.done();
  console.log(`best point: ${best()[0]}, found with ${succeeded + failed} tasks`);
}

/** Measures these points, all at once; those whose tasks fail are tried once more. */
async function measure(points, what) {
  const failed = await attempt(points, 1);
  const lost = failed.length === 0 ? [] : await attempt(failed, 2);
  console.log(`${what}: ${points.length} more, ${failed.length} tried again; best so far: ${best()[0]}`);
  if (lost.length > 0) throw new Error(`these points cannot be measured: ${lost.join(", ")}`);
}

/** Submits a task for each point, and takes the results as they come. Gives the points whose tasks have failed. */
async function attempt(points, number) {
  const pointOf = new Map();
  for (const point of points) {
    const { id } = batcher.submit(commandFor(point, number));
    pointOf.set(id, point);
  }
  const failed = [];
  for (let left = pointOf.size; left > 0; left--) {
    // The next one that has finished, whichever that is.
    const result = await batcher.waitOneTask();
    if (result === undefined) throw new Error("the run has ended");
    const point = pointOf.get(result.id);
    if (result.succeeded) distances.set(point, Number(result.output.snippet));
    else failed.push(point);
  }
  return failed;
}

/** The best points so far, the very best first. */
function best() {
  return [...distances.keys()].toSorted((a, b) => distances.get(a) - distances.get(b)).slice(0, BEST);
}
