/**
 * Starts children one after the other, for tests on either runtime: reads requests as JSON from standard input, writes
 * what became of each as JSON.
 */

import { closeSync, openSync, readFileSync, rmSync } from "node:fs";
import { text } from "node:stream/consumers";
import * as v from "valibot";
import { type ChildEnd, spawn } from "../../../../src/node/process/spawn.ts";
import { type ProbeAnswer, ProbeRequest } from "./probe-protocol.ts";

const [, , folder = ""] = process.argv;
const answers: ProbeAnswer[] = [];
for (const request of v.parse(v.array(ProbeRequest), JSON.parse(await text(process.stdin)))) {
  answers.push(await probe(request));
}
process.stdout.write(JSON.stringify(answers));

async function probe(request: ProbeRequest): Promise<ProbeAnswer> {
  const [outFile, errFile] = [`${folder}/out`, `${folder}/err`];
  const [devNull, out, err] = [openSync("/dev/null", "r"), openSync(outFile, "w"), openSync(errFile, "w")];
  const ends: ChildEnd[] = [];
  let returned = false;
  let tooEarly = false;
  let pid = 0;
  await new Promise<void>((resolve) => {
    pid = spawn({ ...request, stdio: [devNull, out, err] }, (end) => {
      tooEarly ||= !returned;
      ends.push(end);
      resolve();
    }).pid;
    returned = true;
  });
  // A second call would come right behind the first.
  await new Promise((resolve) => setTimeout(resolve, 5));
  for (const fd of [devNull, out, err]) closeSync(fd);
  const answer = { pid, ends, tooEarly, output: readFileSync(outFile, "utf8"), error: readFileSync(errFile, "utf8") };
  for (const file of [outFile, errFile]) rmSync(file);
  return answer;
}
