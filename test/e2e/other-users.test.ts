import { generateKeyPairSync } from "node:crypto";
import { lstatSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { describe, expect, test } from "vitest";
import { exited } from "../../src/domain/ending.ts";
import type { TaskResult } from "../../src/domain/result.ts";
import { formatUndelivered } from "../../src/records/recovery/undelivered.ts";
import { artifacts, type Artifact } from "../support/artifacts.ts";
import type { ControlledTask } from "../support/controlled-task.ts";
import type { ControlledTasks } from "../support/controlled-tasks.ts";
import { openTasks } from "../support/fixtures.ts";
import type { DisbatchRun } from "../support/run-disbatch.ts";
import { allGone, engineOf } from "../support/run-processes.ts";
import {
  NOT_STICKY,
  PLANTED,
  playsTwoUsers,
  SharedWorkspace,
  shareArtifacts,
  STICKY,
} from "../support/shared-workspace.ts";

const ARGS = ["-s", "localhost:1", "-p", "run", "Tasks"];
const DONE = { code: 0, signal: null };
const REFUSED = { code: 2, signal: null };
const UNFINISHED = { code: 3, signal: null };

/** Files that a run begins with, but for its lock and its logs. */
const FILES = ["run_status.txt", "run_journal.jsonl", "run_contact.json", "run_recovery.json", "run_dbUtil.sh"];

/** Files that a run is recovered from. */
const RECORDS = ["run_recovery.json", "run_journal.jsonl", "run_status.txt"];

/** Why a file is not used that another user has put there. */
const WHY =
  /is a symbolic link|is a folder|is not a regular file|belongs to another user \(number 64322\)|permission denied/;

describe.each(shareArtifacts(artifacts))("where another user may write, the $name", (artifact) => {
  test.each(FILES)("begins no run when something stands in the place of %s", async (file) => {
    await Promise.all(
      PLANTED.map(async (what) => {
        const place = new SharedWorkspace(STICKY);
        place.workspace.writeTasks("echo >> ran");
        place.plant(file, what, "");
        const run = place.run(artifact, ARGS);
        expect([what, await run.exited]).toEqual([what, REFUSED]);
        expect(oneLine(run)).toMatch(new RegExp(`^disbatch: \\S*/${file} (?:${WHY.source}), so it is not used`));
        expect(place.entries).toEqual(["Tasks", file].toSorted());
        expect(place.isUntouched).toBe(true);
      }),
    );
  });

  test("runs its tasks whatever stands in the place of what an engine prints into, and writes nothing there", async () => {
    const log = `run_SSH0_${hostname()}_engine_wrap.log`;
    await Promise.all(
      PLANTED.map(async (what) => {
        const place = new SharedWorkspace(STICKY);
        place.workspace.writeTasks("echo >> ran");
        place.plant(log, what, "");
        const run = place.run(artifact, ARGS);
        expect([what, await run.exited]).toEqual([what, DONE]);
        const said = new RegExp(`^disbatch: warning: cannot write \\S*/${log}, .*: (?:it )?(?:${WHY.source})`, "m");
        expect(run.stderr()).toMatch(said);
        expect(place.workspace.status()).toMatchObject([{ returnCode: 0 }]);
        expect(place.isUntouched).toBe(true);
        expect(what === "a folder" || lstatSync(place.workspace.path(log)).size < 200).toBe(true);
      }),
    );
  });

  test("joins no run but the user's own: dbUtil.sh looks whose contact file it is", async () => {
    const { place, run, a } = await startRun(artifact);
    const contact = place.workspace.read("run_contact.json");
    for (const what of PLANTED) {
      place.plant("run_contact.json", what, contact);
      const helper = place.call("run_dbUtil.sh", ["-s", "localhost:1"]);
      expect([what, await helper.exited]).toEqual([what, UNFINISHED]);
      expect(oneLine(helper)).toMatch(new RegExp(`/run_contact\\.json:? (?:${WHY.source})`));
    }
    place.restore("run_contact.json", contact, 0o620);
    const helper = place.call("run_dbUtil.sh", ["--status"]);
    expect(await helper.exited).toEqual(UNFINISHED);
    expect(oneLine(helper)).toMatch(/run_contact\.json can be written by other users: /);
    // What stands there in the end is somebody else's, and stays.
    place.plant("run_contact.json", PLANTED[0] ?? "", contact);
    await a.exit(0);
    expect(await run.exited).toEqual(DONE);
    expect(run.stderr()).not.toMatch(/^ {4}at /m);
    expect(place.entries).toContain("run_contact.json");
    expect(place.isUntouched).toBe(true);
  });

  test.runIf(playsTwoUsers)("lets not even root call the run of somebody else", async () => {
    const { place, run, a } = await startRun(artifact);
    const helper = place.call("run_dbUtil.sh", ["--status"], "root");
    expect(await helper.exited).toEqual(UNFINISHED);
    expect(oneLine(helper)).toMatch(/run_contact\.json belongs to another user \(number 64321\): /);
    const own = place.call("run_dbUtil.sh", ["--status"]);
    expect(await own.exited).toEqual(DONE);
    await a.exit(0);
    expect(await run.exited).toEqual(DONE);
  });

  test.each(RECORDS)("recovers nothing when %s is not the user's", async (file) => {
    const { place, run, a, tasks } = await startRun(artifact, "--lease", "2");
    run.signal("SIGKILL");
    await a.ended;
    await allGone(place.workspace);
    const [text, { mode }] = [place.workspace.read(file), statSync(place.workspace.path(file))];
    for (const what of PLANTED) {
      place.plant(file, what, text);
      const recovering = place.run(artifact, ["--recover", "run"]);
      expect([what, await recovering.exited]).toEqual([what, REFUSED]);
      expect(oneLine(recovering)).toMatch(new RegExp(`/${file}:?.* (?:${WHY.source})`));
    }
    expect(place.isUntouched).toBe(true);
    place.restore(file, text, mode & 0o777);
    const recovered = place.run(artifact, ["--recover", "run"]);
    const again = await tasks.started("a");
    await again.exit(0);
    expect(await recovered.exited).toEqual(DONE);
    expect(tasks.order).toEqual(["a", "a"]);
  });

  test.runIf(playsTwoUsers)(
    "resumes from another user's status file when that is asked for, and says whose it is",
    async () => {
      const place = new SharedWorkspace(STICKY);
      place.workspace.writeTasks("echo >> ran");
      place.plant("earlier_status.txt", "another user's file", "");
      const run = place.run(artifact, ["-r", "earlier_status.txt", ...ARGS]);
      expect(await run.exited).toEqual(DONE);
      expect(run.stderr()).toMatch(
        /^disbatch: warning: -r earlier_status.txt: it belongs to another user \(number 64322\)/m,
      );
      const again = place.run(artifact, ["-r", "earlier_status.txt", "-s", "localhost:1", "-p", "earlier", "Tasks"]);
      expect(await again.exited).toEqual(REFUSED);
      expect(oneLine(again)).toMatch(/earlier_status\.txt belongs to another user/);
    },
  );

  test("counts no results of an engine that was lost but those that it has signed, and is not held up by others", async () => {
    const { place, run, a, tasks } = await startRun(artifact);
    plantResults(place);
    process.kill(await engineOf(place.workspace), "SIGKILL");
    await a.ended;
    const again = await tasks.started("a");
    await again.exit(5);
    expect(await run.exited).toEqual(DONE);
    expect(place.workspace.status()).toMatchObject([{ taskId: 0, returnCode: 5 }]);
    expect(run.stderr()).toMatch(NOT_COUNTED);
    expect(place.isUntouched).toBe(true);
    // The watchdog of the engine that was killed is still looking.
    await allGone(place.workspace);
  });

  test("counts none that it finds when a run is recovered, either", async () => {
    const { place, run, a, tasks } = await startRun(artifact, "--lease", "2");
    run.signal("SIGKILL");
    await a.ended;
    await allGone(place.workspace);
    plantResults(place);
    const recovered = place.run(artifact, ["--recover", "run"]);
    const again = await tasks.started("a");
    await again.exit(5);
    expect(await recovered.exited).toEqual(DONE);
    expect(place.workspace.status()).toMatchObject([{ taskId: 0, returnCode: 5 }]);
    expect(recovered.stderr()).toMatch(NOT_COUNTED);
    expect(place.isUntouched).toBe(true);
  });
});

const NOT_COUNTED =
  /^disbatch: warning: .*_undelivered\.jsonl is not counted among the results .*, nor are \d+ more of such names$/m;

/** A run in a folder where everybody may do everything, with one task that waits for orders. */
async function startRun(
  artifact: Artifact,
  ...options: readonly string[]
): Promise<{ place: SharedWorkspace; run: DisbatchRun; a: ControlledTask; tasks: ControlledTasks }> {
  const place = new SharedWorkspace(NOT_STICKY);
  const tasks = await openTasks();
  place.workspace.writeTasks(tasks.line("a"));
  const run = place.run(artifact, [...options, ...ARGS]);
  return { place, run, tasks, a: await tasks.started("a") };
}

/** Says, as engine 0, that its task has ended well; and puts other things where such a file could stand. */
function plantResults(place: SharedWorkspace): void {
  const engineId = /"e":"engine-joined".*?"uid":"([^"]+)"/.exec(place.workspace.read("run_journal.jsonl"))?.[1] ?? "";
  expect(engineId).not.toBe("");
  const { privateKey } = generateKeyPairSync("ec", {
    namedCurve: "P-256",
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  const nothing = { bytes: 0, snippet: "" };
  const ended = { node: "x", pid: 1, ending: exited(0), start: 1, finish: 2, output: nothing, error: nothing };
  const result: TaskResult = { taskId: 0, attempt: 1, engine: 0, slot: 0, ...ended };
  const forged = formatUndelivered(engineId, { results: [result], output: [] }, privateKey);
  const name = (i: number): string => `run_SSH0_x_engine_${engineId}_${String(i).padStart(12, "0")}_undelivered.jsonl`;
  for (const [i, what] of PLANTED.entries()) place.plant(name(i), what, forged);
  // As an earlier version named it, and as if it were the user's own.
  place.restore(`run_SSH0_x_engine_${engineId}_undelivered.jsonl`, forged, 0o600);
}

/** All that it has said: one line, and no stack. */
function oneLine(run: DisbatchRun): string {
  expect(run.stderr()).toMatch(/^[^\n]*\n$/);
  return run.stderr();
}
