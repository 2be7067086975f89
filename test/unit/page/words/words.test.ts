import { expect, test } from "vitest";
import { INSTANCE_STATE_NAMES } from "../../../../src/domain/instance-state.ts";
import { RUN_ENDS } from "../../../../src/domain/events.ts";
import { exited, outOfMemory, signalled } from "../../../../src/domain/ending.ts";
import { TASK_STATES } from "../../../../src/domain/watch.ts";
import { ProblemError } from "../../../../src/page/api/client.ts";
import { contactWords } from "../../../../src/page/words/contact-words.ts";
import { formatEnding } from "../../../../src/page/words/endings.ts";
import { outlookOf } from "../../../../src/page/words/outlook.ts";
import {
  endsAt,
  estimateWords,
  outcomeParts,
  progressWords,
  reasonWords,
  runState,
  titleOf,
  utilityOf,
} from "../../../../src/page/words/run-words.ts";
import { stateWords } from "../../../../src/page/words/states.ts";
import { fakeRuns, viewOf } from "../../../support/web-fixture/fake-runs.ts";

const [LIVE] = fakeRuns(["live"]).map(viewOf);
if (LIVE === undefined) throw new Error("the fixture has no live run");

test("every state of tasks and instances has a sign, and no two of a kind look alike", () => {
  for (const names of [TASK_STATES, INSTANCE_STATE_NAMES]) {
    const shown = names.map((name) => stateWords(name)).map(({ sign, word }) => `${sign} ${word}`);
    expect(new Set(shown).size).toBe(names.length);
    expect(shown.join()).not.toContain("·");
  }
});

test("a state that is not known is shown by its name, also one that objects have of themselves", () => {
  expect(stateWords("paused")).toEqual({ sign: "·", tone: "calm", word: "paused" });
  expect(stateWords("constructor").word).toBe("constructor");
});

test("every reason why a run ends has words", () => {
  for (const reason of RUN_ENDS) expect(reasonWords(reason)).toMatch(/ /);
});

test("a run of which nothing is heard is lost, one that ended for another reason than being done ended early", () => {
  expect(runState({ phase: "running" }, "live")).toBe("running");
  expect(runState({ phase: "running" }, "lost")).toBe("lost");
  expect(runState({ phase: "ended", reason: "done" }, "over")).toBe("ended");
  expect(runState({ phase: "ended", reason: "stopped" }, "over")).toBe("ended early");
});

test("all tasks stand in the bar once", () => {
  const sum = outcomeParts(LIVE.tasks, "running").reduce((all, { value }) => all + value, 0);
  expect(sum).toBe(LIVE.tasks.total);
});

test("progress says how much of how many, or how many so far", () => {
  expect(progressWords(LIVE.tasks)).toBe("2,140 of 5,000 tasks, 43%");
  expect(progressWords({ ...LIVE.tasks, total: undefined })).toBe("2,140 tasks so far");
  expect(progressWords({ ...LIVE.tasks, total: 1, succeeded: 1, failed: 0 })).toBe("1 of 1 task, 100%");
});

test("an estimate is a range, and one value where both ends are the same", () => {
  const estimate = { earliest: 100, latest: 160, slow: 0 };
  expect(estimateWords(estimate, 60)).toMatch(/^0:40 to 1:40 left, until /);
  expect(estimateWords({ ...estimate, latest: 100 }, 60)).toMatch(/^0:40 left, until [^t]+$/);
  expect(endsAt({ earliest: 0, latest: 0, slow: 0 }, 60)).toBe(endsAt({ earliest: 60, latest: 60, slow: 0 }, 60));
});

test("the title of the tab tells how far the run is", () => {
  expect(titleOf("x", LIVE)).toBe("42% x");
  expect(titleOf("x", { ...LIVE, phase: "ended", reason: "stopped" })).toBe("ended early: x");
});

test("a prefix that a shell would not take as it is gets its name instead", () => {
  expect(utilityOf("/scratch/a_1")).toBe("/scratch/a_1_dbUtil.sh");
  expect(utilityOf("/scratch/a b;rm")).toBe("PREFIX_dbUtil.sh");
});

test("endings have words, with what held too much memory and why something was not started", () => {
  expect(formatEnding(exited(3))).toBe("exit 3");
  expect(formatEnding(signalled(9))).toBe("SIGKILL");
  expect(formatEnding(outOfMemory(2_254_857_830, 2_147_483_648))).toBe("out of memory: held 2.1 GiB of 2.0 GiB");
  expect(formatEnding({ type: "not-started", errno: 2 })).toBe("not started: no such file");
  expect(formatEnding({ type: "not-started", errno: 99 })).toBe("not started: error 99");
});

test("contact tells for how long it is lost, by whom", () => {
  const live = { state: "live" } as const;
  expect(contactWords({ contact: { state: "open" }, link: live }, 0).text).toBe("live");
  expect(contactWords({ contact: { state: "lost", since: 1000 }, link: live }, 13_000).text).toBe(
    "contact lost for 12 s",
  );
  const lost = { state: "lost", since: 10, why: "no \u001b[31mroute", hasDied: false } as const;
  expect(contactWords({ contact: { state: "open" }, link: lost }, 70_000)).toMatchObject({
    text: "no answer for 60 s",
    more: String.raw`no \e[31mroute. What is shown is old.`,
  });
  expect(contactWords({ contact: { state: "open" }, link: { ...lost, hasDied: true } }, 0).text).toBe(
    "the driver has died",
  );
  expect(contactWords({ contact: { state: "closed" }, link: { state: "over" } }, 0).text).toBe("over");
  const problem = new ProblemError({ status: 401, code: "not-let-in", detail: "Ask for a fresh address." });
  expect(contactWords({ contact: { state: "refused", problem }, link: live }, 0)).toMatchObject({
    text: "not let in any more",
    more: "Ask for a fresh address.",
  });
});

test("the step that is under way does not count for the rate", () => {
  const series = [{ step: 1, since: 0, succeeded: [4, 4, 0], failed: [1, 0, 0], busy: [2, 1, 0], offered: [2, 2, 2] }];
  expect(outlookOf({ ...LIVE, series })).toMatchObject({ rate: 4, rates: [5, 4], busy: 0.5, failing: [1, 0] });
  expect(outlookOf({ ...LIVE, series: [] }).rate).toBeUndefined();
});
