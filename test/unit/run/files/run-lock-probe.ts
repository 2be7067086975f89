/** Takes a lock and lets it go, thousands of times. @param argv path of the lock. */

import { RunLock } from "../../../../src/run/files/run-lock.ts";

const TIMES = 3000;

process.stdout.write("begins\n");
for (let i = 0; i < TIMES; i++) new RunLock(process.argv[2] ?? "", "alpha").release();
