/** Takes a lock and lets it go, again and again, until nobody writes to it any more. @param argv path of the lock. */

import { RunLock } from "../../../../src/run/files/run-lock.ts";

const AT_ONCE = 100;

let goesOn = true;
process.stdin.once("end", () => (goesOn = false)).resume();
process.stdout.write("begins\n");
const take = (): void => {
  for (let i = 0; i < AT_ONCE; i++) new RunLock(process.argv[2] ?? "", "alpha").release();
  if (goesOn) setImmediate(take);
};
take();
