import { expect, test } from "vitest";
import { stopMessage, wordsOfDone, wordsOfRefusal } from "../../../src/control/words.ts";

test("what is done says what becomes of what runs, and until when", () => {
  expect(wordsOfDone({ what: "engine-stops", rank: 0, within: 30 })).toMatch(/engine 0 .* is killed in 30 s$/);
  expect(wordsOfDone({ what: "engine-stops", rank: 0 })).toMatch(/has finished$/);
  expect(wordsOfDone({ what: "context-stops", label: "SSH1", within: 2.5 })).toMatch(
    /context SSH1 .* is killed in 2.5 s$/,
  );
  expect(wordsOfDone({ what: "task-stops", id: 17 })).toMatch(/^task 17 .* is not run again$/);
  expect(wordsOfDone({ what: "run-drains" })).toMatch(/once more to kill that, too$/);
  expect(wordsOfDone({ what: "run-terminates" })).toBe("the run kills its tasks, and ends");
});

test("a refusal says what was wrong, and what to do where that helps", () => {
  const label = "SSH1";
  expect(wordsOfRefusal({ code: "no-such-context", label }, false)).toContain("--status shows");
  expect(wordsOfRefusal({ code: "no-such-context", label }, true)).toBe("this run knows of no context SSH1");
  expect(wordsOfRefusal({ code: "label-in-use", label }, false)).toContain("choose another");
  expect(wordsOfRefusal({ code: "too-many-controllers", most: 512 }, false)).toContain("512 dbUtil.sh");
  expect(wordsOfRefusal({ code: "cannot-listen", cause: "no address" }, false)).toContain("no address");
});

test("what a watcher wants to be stopped is asked of the driver in its words", () => {
  expect(stopMessage({ what: "task", id: 17 })).toEqual({ type: "stop-task", id: 17 });
  expect(stopMessage({ what: "engine", rank: 3 })).toEqual({ type: "stop-engine", rank: 3 });
  expect(stopMessage({ what: "context", label: "SSH1" })).toEqual({ type: "stop-context", label: "SSH1" });
  expect(stopMessage({ what: "run" })).toEqual({ type: "stop-run", kill: false });
  expect(stopMessage({ what: "run", kill: true })).toEqual({ type: "stop-run", kill: true });
});
