import { linkSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { filesOfEngines, removeEarlierRun } from "../../../../src/run/files/overwrite.ts";
import { filesOfRun } from "../../../../src/run/files/run-files.ts";
import { scratchFolder } from "../../node/process/scratch.ts";

const ID = "0f8fad5b-d9cb-469f-a165-70867728950e";
const OF_RECORDS = ["run_status.txt", "run_journal.jsonl", "run_driver.log", "run_dbUtil.sh"];
const OF_ENGINES = [
  "run_SSH0_n1_engine_0.log",
  "run_SSH0_n1_engine_wrap.log",
  "run_J12_n.example.org_engine_17.log",
  `run_SSH0_n1_engine_${ID}_undelivered.jsonl`,
  `run_SSH0_n1_engine_${ID}_0123456789ab_undelivered.jsonl`,
];
/** Of other runs, of tasks, of the user. */
const OTHERS = [
  "Tasks",
  "run",
  "run_",
  "run_a_status.txt",
  "run_a_SSH0_n1_engine_0.log",
  "run_b_dbUtil.sh",
  "run_b_SSH0_n1_engine_wrap.log",
  "run_a_b_status.txt",
  "run_a_b_SSH0_n1_engine_3.log",
  "run2_SSH0_n1_engine_0.log",
  "my_run_SSH0_n1_engine_0.log",
  "run_SSH0_n1_engine_0.log.gz",
  "run_SSH0_n1_engine_x.log",
  "run_engine_0.log",
  "run_results.txt",
  "run_status.txt.bak",
];

describe("filesOfEngines", () => {
  test("finds the logs of a run's engines and what they could not deliver, and nothing else", () => {
    expect(filesOfEngines("run", [...OTHERS, ...OF_RECORDS, ...OF_ENGINES])).toEqual(OF_ENGINES);
    expect(filesOfEngines("run", ["run_my_engine_0.log"])).toEqual([]);
  });

  test("takes a name that may be another run's for its own when there is no such run", () => {
    expect(filesOfEngines("run", ["run_a_SSH0_n1_engine_0.log"])).toEqual(["run_a_SSH0_n1_engine_0.log"]);
  });

  test("takes a name for what it is, whatever characters it has", () => {
    expect(filesOfEngines("r.n", ["run_SSH0_n1_engine_0.log", "r.n_SSH0_n1_engine_0.log"])).toHaveLength(1);
  });
});

describe("removeEarlierRun", () => {
  function makeRun() {
    const folder = scratchFolder();
    for (const name of [...OTHERS, ...OF_RECORDS, ...OF_ENGINES, "run_run.lock"]) {
      writeFileSync(path.join(folder, name), name);
    }
    const at = (name: string): string => path.join(folder, name);
    return { at, files: filesOfRun(at("run")), left: () => readdirSync(folder).toSorted() };
  }

  test("removes all that is the run's, and leaves the lock to whoever holds it", () => {
    const { files, left } = makeRun();
    removeEarlierRun(files, []);
    expect(left()).toEqual([...OTHERS, "run_run.lock"].toSorted());
  });

  test("is content with what there is", () => {
    const files = filesOfRun(path.join(scratchFolder(), "run"));
    expect(() => removeEarlierRun(files, [])).not.toThrow();
  });

  test("removes no link, nor what it leads to", () => {
    const folder = scratchFolder();
    writeFileSync(path.join(folder, "precious"), "");
    symlinkSync("precious", path.join(folder, "run_status.txt"));
    expect(() => removeEarlierRun(filesOfRun(path.join(folder, "run")), [])).toThrow(
      expect.objectContaining({ code: "cannot-overwrite", message: expect.stringContaining("symbolic link") }),
    );
    expect(readdirSync(folder)).toEqual(["precious", "run_status.txt"]);
  });

  test.each(["run_status.txt", "run_SSH0_n1_engine_0.log"])("removes nothing when the run reads %s", (name) => {
    const { at, files, left } = makeRun();
    linkSync(at(name), at("input"));
    const before = left();
    expect(() => removeEarlierRun(files, ["-", at("input")])).toThrow(
      expect.objectContaining({ code: "cannot-overwrite", exitCode: 2, message: expect.stringContaining(name) }),
    );
    expect(left()).toEqual(before);
  });

  test("removes nothing when a folder has the name of a file", () => {
    const { at, files, left } = makeRun();
    mkdirSync(at("run_recovery.json"));
    const before = left();
    expect(() => removeEarlierRun(files, [])).toThrow(
      expect.objectContaining({ code: "cannot-overwrite", message: expect.stringContaining("is a folder") }),
    );
    expect(left()).toEqual(before);
  });
});
