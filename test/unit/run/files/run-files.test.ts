import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import {
  chooseRunFiles,
  dropAbandoned,
  dropUnfinished,
  filesByContact,
  filesOfRun,
  waysOn,
} from "../../../../src/run/files/run-files.ts";
import { scratchFolder } from "../../node/process/scratch.ts";
import { userErrorOf } from "../../../support/user-error.ts";

/** 4 March 2026, 05:06:07.089 local time. */
const NOW = new Date(2026, 2, 4, 5, 6, 7, 89);
const NAME = "Tasks_disBatch_260304050607_";

describe("a prefix that is no folder", () => {
  test("begins the names of all files, and its last part is the run's name", () => {
    const prefix = path.join(scratchFolder(), "my.run");
    expect(chooseRunFiles(prefix, "Tasks", NOW)).toEqual({
      prefix,
      jobId: "my.run",
      status: `${prefix}_status.txt`,
      journal: `${prefix}_journal.jsonl`,
      tasks: `${prefix}_tasks.txt`,
      workflow: `${prefix}_workflow.jsonl`,
      cache: `${prefix}_cache.jsonl`,
      output: `${prefix}_output.bin`,
      log: `${prefix}_driver.log`,
      lock: `${prefix}_run.lock`,
      contact: `${prefix}_contact.json`,
      recovery: `${prefix}_recovery.json`,
      kvsInfo: `${prefix}_kvsinfo.txt`,
      web: `${prefix}_web.txt`,
      taskCommandLog: `${prefix}_taskcommand.log`,
      util: `${prefix}_dbUtil.sh`,
      automatic: false,
    });
  });

  test("counts from the working directory", () => {
    expect(chooseRunFiles("run", "Tasks", NOW).prefix).toBe(path.resolve("run"));
  });

  test("may be the name of a file", () => {
    const file = path.join(scratchFolder(), "file");
    writeFileSync(file, "");
    expect(chooseRunFiles(file, "Tasks", NOW).status).toBe(`${file}_status.txt`);
  });
});

test("the utility of a run goes by the name of its contact file", () => {
  const { contact, util } = chooseRunFiles("run", "Tasks", NOW);
  expect(filesByContact(contact).util).toBe(util);
  expect(filesByContact("elsewhere").util).toBe("elsewhere_dbUtil.sh");
});

describe("a prefix that is a folder", () => {
  test.each(["", "/", "/."])("gets a name of its own in it (written with %j at the end)", (end) => {
    const folder = scratchFolder();
    const files = chooseRunFiles(folder + end, "Tasks", NOW);
    expect(files.prefix).toBe(path.join(folder, `${NAME}089`));
    expect(files.jobId).toBe(`${NAME}089`);
  });

  test("gets the next name when one is taken, by a status file, a run that goes on or anything else", () => {
    const folder = scratchFolder();
    writeFileSync(path.join(folder, `${NAME}089_status.txt`), "");
    writeFileSync(path.join(folder, `${NAME}090_run.lock`), "");
    symlinkSync("nowhere", path.join(folder, `${NAME}091_contact.json`));
    expect(chooseRunFiles(folder, "Tasks", NOW).jobId).toBe(`${NAME}092`);
  });

  test("counts on from 000 behind 999, and gives up when all are taken", () => {
    const folder = scratchFolder();
    const late = new Date(2026, 2, 4, 5, 6, 7, 999);
    writeFileSync(path.join(folder, `${NAME}999_status.txt`), "");
    expect(chooseRunFiles(folder, "Tasks", late).jobId).toBe(`${NAME}000`);
    for (let i = 0; i < 1000; i++)
      writeFileSync(path.join(folder, `${NAME}${String(i).padStart(3, "0")}_status.txt`), "");
    expect(userErrorOf(() => chooseRunFiles(folder, "Tasks", late))).toMatchObject({
      code: "prefix-in-use",
      exitCode: 2,
    });
  });

  test("is the working directory when none is given", () => {
    const files = chooseRunFiles(undefined, "stdin", NOW);
    expect(files.prefix).toBe(path.resolve("stdin_disBatch_260304050607_089"));
  });
});

describe("a prefix in a folder that is missing is refused, naming it:", () => {
  test.each([
    ["no/run", "no"],
    ["no/", "no"],
    ["file/run", "file"],
    ["folder/no/run", "folder/no"],
  ])("%s", (prefix, missing) => {
    const folder = scratchFolder();
    mkdirSync(path.join(folder, "folder"));
    writeFileSync(path.join(folder, "file"), "");
    const error = userErrorOf(() => chooseRunFiles(`${folder}/${prefix}`, "Tasks", NOW));
    expect(error).toMatchObject({ code: "no-such-folder", exitCode: 2 });
    expect(error.message).toContain(`-p ${folder}/${prefix}`);
    expect(error.message).toContain(`no folder ${folder}/${missing};`);
  });
});

test("what was half made by drivers that were killed is removed, and nothing else", () => {
  const folder = scratchFolder();
  const left = [
    ...["run_dbUtil.sh.12.tmp", "run_recovery.json.7.tmp", "run_contact.json.7-0123456789ab.tmp"],
    ...["run_status.txt.7-0123456789ab.tmp", "run_run.lock.7-0123456789ab.tmp", "run_run.lock.7.stale"],
  ];
  const others = ["run_dbUtil.sh", "run2_recovery.json.7.tmp", "run_notes.7.tmp", "run_recovery.json.x.tmp"];
  for (const name of [...left, ...others]) writeFileSync(path.join(folder, name), "");
  // Anybody may have put these there.
  const planted = ["run_contact.json.8.tmp", "run_contact.json.9.tmp"];
  mkdirSync(path.join(folder, planted[0] ?? ""));
  symlinkSync("run_dbUtil.sh", path.join(folder, planted[1] ?? ""));
  dropUnfinished(filesOfRun(path.join(folder, "run")));
  expect(readdirSync(folder).toSorted()).toEqual([...others, ...planted].toSorted());
  expect(() => dropUnfinished(filesOfRun(path.join(folder, "no", "run")))).not.toThrow();
});

describe("what a run has left half made that is only read from", () => {
  const [left, status] = ["run_recovery.json.7.tmp", "run_status.txt"];

  /** What is there afterwards of such a run, when its lock is asked for and these answers are given, one after the other. */
  function leftAfter(...answers: readonly boolean[]): string[] {
    const folder = scratchFolder();
    for (const name of [left, status]) writeFileSync(path.join(folder, name), "");
    const files = filesOfRun(path.join(folder, status));
    const given = [...answers];
    dropAbandoned(files, (lock) => lock === files.lock && given.shift() === true);
    return readdirSync(folder).toSorted();
  }

  test("is removed when its driver was killed", () => {
    expect(leftAfter(true, true)).toEqual([status]);
  });

  test("stays while it may go on, or when it has begun meanwhile", () => {
    expect(leftAfter(false)).toEqual([left, status]);
    expect(leftAfter(true, false)).toEqual([left, status]);
  });

  test("is no matter when its folder is gone", () => {
    expect(() => dropAbandoned(filesOfRun("/no/such/folder/run"), () => true)).not.toThrow();
  });
});

test("advice rests on the files that are there", () => {
  const folder = scratchFolder();
  const files = filesOfRun(path.join(folder, "my run"));
  expect(waysOn(files)).toBeUndefined();
  writeFileSync(files.journal, "");
  expect(waysOn(files)).toMatch(/^make its status file, .* with --recover '\S*\/my run'$/);
  writeFileSync(files.recovery, "");
  expect(waysOn(files)).toMatch(/^remove .*_recovery\.json and make its status file/);
  writeFileSync(files.status, "");
  expect(waysOn(files)).toBe(`resume with -r '${files.status}'`);
});
