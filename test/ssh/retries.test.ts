import { describe, expect, test } from "vitest";
import { artifacts } from "../support/artifacts.ts";
import { openHosts } from "./hosts.ts";

const DONE = { code: 0, signal: null };
/** No engine runs tasks before there are two. */
const BOTH_THERE =
  "#DISBATCH PERENGINE START echo $DISBATCH_ENGINE_RANK >> engines; until [ $(wc -l < engines) -ge 2 ]; do sleep 0.02; done";

describe.each(artifacts)("with the $name, over two hosts", (artifact) => {
  test("a flaky task succeeds on its third try, each time on another host", async () => {
    const { place, work, run } = await openHosts();
    for (const name of ["web1", "web2"]) await place.startHost(name);
    work.writeTasks(
      BOTH_THERE,
      "#DISBATCH TERMS retries=2 retry-elsewhere=yes",
      '[ "$DISBATCH_RETRY" = 2 ] || exit 3',
      "#DISBATCH TERMS",
      // Neither host is left out, and neither has only one slot to offer.
      ...Array.from({ length: 6 }, () => "sleep 0.3"),
    );
    const disbatch = run(artifact, ["-s", "web1:2,web2:2", "-p", "run", "Tasks"]);
    expect(await disbatch.exited).toEqual(DONE);
    const lines = work.read("run_journal.jsonl").split("\n");
    const ofTask = lines.filter((line) => /^\{"e":"task-(retrying|finished)","t":[0-9.]*,"id":0,/.test(line));
    const nodes = ofTask.map((line) => /"node":"([^"]*)"/.exec(line)?.[1]);
    expect(ofTask.map((line) => /"code":([0-9]+)/.exec(line)?.[1])).toEqual(["3", "3", "0"]);
    expect([new Set(nodes), nodes[0]]).toEqual([new Set(["web1", "web2"]), nodes[2]]);
    expect(work.status().find(({ taskId }) => taskId === 0)).toMatchObject({ returnCode: 0, node: nodes[2] });
  });

  test("a host on which all tasks fail is stopped, said in one line, and its tasks succeed on the other", async () => {
    const { place, work, run } = await openHosts();
    for (const name of ["web1", "web2"]) await place.startHost(name);
    work.writeTasks(
      BOTH_THERE,
      "#DISBATCH TERMS retries=3 retry-elsewhere=yes",
      ...Array.from({ length: 100 }, () => "sleep 0.02; [ $DISBATCH_ENGINE_RANK != 0 ]"),
    );
    const options = ["-s", "web1:1,web2:1", "-p", "run", "-e", "--max-failures-per-engine", "3"];
    const disbatch = run(artifact, [...options, "Tasks"]);
    expect(await disbatch.exited).toEqual(DONE);
    const told = disbatch
      .stderr()
      .split("\n")
      .filter((line) => line.includes("is stopped"));
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(
      /engine 0 on web[12] is stopped: its last [0-9]+ tasks failed, while tasks succeeded elsewhere/,
    );
    const journal = work.read("run_journal.jsonl");
    expect(journal.match(/"e":"engine-stopping"/g)).toHaveLength(1);
    expect(journal).not.toContain("engine-restarting");
    expect(work.status().filter(({ flags, returnCode }) => !flags.includes("P") && returnCode !== 0)).toEqual([]);
  });
});
