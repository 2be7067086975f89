// A program that uses the library as it is built, for the row "library".
//
//     library-program.mjs one-by-one TASKS PREFIX   submits so many times true, one by one, and waits for all
//     library-program.mjs round-trips TIMES PREFIX  submits one true at a time in a run that goes on, and waits for its result
//
// Prints what it has measured as JSON, in milliseconds.

import { DisBatcher } from "../dist/disbatch-lib.mjs";

const [what, number, prefix] = process.argv.slice(2);
const times = Number(number);
const batcher = new DisBatcher({ hosts: "localhost:2", prefix });
const measured = what === "one-by-one" ? await oneByOne() : await roundTrips();
const { succeeded } = await batcher.done();
console.log(JSON.stringify({ ...measured, succeeded }));

/** How long it takes until all have been accepted. */
async function oneByOne(tasks = times) {
  const before = performance.now();
  for (let i = 0; i < tasks; i++) batcher.submit("true");
  return { accepted: performance.now() - before };
}

/** How long each takes beyond its task. Accepting is measured again, where each line is written at once. */
async function roundTrips() {
  await batcher.result(batcher.submit("true").id);
  const beyond = [];
  for (let i = 0; i < times; i++) {
    const before = performance.now();
    const { elapsed } = await batcher.result(batcher.submit("true").id);
    beyond.push(performance.now() - before - 1000 * elapsed);
  }
  return { beyond, ...(await oneByOne(10_000)) };
}
