import { expect, test } from "vitest";
import { directiveWords, errorCodes, eventNames, variableNames } from "../../prose/names-in-code.ts";

// One of each way in which the source writes such a name: a way that is no longer seen would hide all names behind it.

test("codes of errors are found wherever the source makes one", () => {
  expect(errorCodes()).toEqual(
    expect.arrayContaining([
      "no-task-file",
      "record-failed",
      "too-many-hosts",
      "run-unreachable",
      "driver-unreachable",
      "late-per-engine",
      "nul-byte",
      "closed-folder",
      "foreign-journal-line",
      "bad-prefix",
      "name-not-resolved",
      "label-in-use",
      "tasks-missing",
      "refused",
    ]),
  );
});

test("variables, events and directives are found", () => {
  expect(variableNames()).toEqual(
    expect.arrayContaining(["DISBATCH_TASKID", "MKL_NUM_THREADS", "NO_COLOR", "RETCODES", "XDG_CACHE_HOME"]),
  );
  expect(eventNames()).toEqual(expect.arrayContaining(["run-started", "note"]));
  expect(directiveWords()).toEqual(["PREFIX", "SUFFIX", "TERMS", "REPEAT", "PERENGINE", "BARRIER"]);
});
