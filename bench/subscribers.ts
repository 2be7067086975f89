/**
 * So many subscribers in one process, each with a connection of its own, that follow a run to its end. Arguments: how many, and the
 * path of the run's contact file, which may come later. Prints how many changes they have been told.
 */

import { existsSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

import { followRun } from "../src/control/followed-run.ts";
import { UserError } from "../src/domain/errors.ts";

const LOOK_MS = 20;

const [count = "1", contact = ""] = process.argv.slice(2);

/** The records are no part of what is measured. */
function noRecords(): Promise<never> {
  return Promise.reject(new UserError("no-records", "nobody reads them here"));
}

/** @returns how often it has been told something. */
async function subscribe(): Promise<number> {
  let told = 0;
  const run = await followRun(contact, ["disbatch"], noRecords);
  await new Promise<void>((resolve) => {
    run.listen(() => {
      told++;
      if (run.link.state === "over") resolve();
    });
  });
  await run.close();
  return told;
}

while (!existsSync(contact)) await delay(LOOK_MS);
const told = await Promise.all(Array.from({ length: Number(count) }, () => subscribe()));
console.error(`told ${told.join(" ")}`);
