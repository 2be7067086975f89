import { expect, test } from "vitest";
import { shapeOf } from "../../docs/page/shape.ts";

test.each([
  [
    "disbatch: 3 tasks done in 0.05 s (80.6/s, slots 97 % busy)",
    "disbatch: 3 tasks done in 12.4 s (1234/s, slots 5 % busy)",
  ],
  ["done in 3:05 (12.5/min, slots 100 % busy)", "done in 1d 02:03 (1.2/h, slots 1 % busy)"],
  ["/home/you/Tasks_disBatch_261120101500_042_status.txt", "/home/you/Tasks_disBatch_270101000000_999_status.txt"],
  ["2026-11-29 10:15:00.123 INFO engine 0 ready", "2027-01-01 00:00:00.000 INFO engine 0 ready"],
  ['{"level":"INFO","time":"2026-11-29T09:15:00.123Z"}', '{"level":"INFO","time":"2027-01-01T00:00:00.000Z"}'],
  ["run: running for 0:07, driver on myhost, process 12", "run: running for 1:00:07, driver on myhost, process 4711"],
  ["run has ended, after 0:00", "run has ended, after 1:02:03"],
  ["3/10 done, 2 running, 1.2/s, 0:02 elapsed, ETA 0:05", "3/10 done, 2 running, 60.0/s, 0:04 elapsed, ETA 1:05"],
  [`it shows ED25519 SHA256:${"a+/9".repeat(10)}abc but`, "it shows ED25519 SHA256:... but"],
  ["disbatch 0.2.0 (1f2e3d4c5b6a, Bun 1.4.4)", "disbatch 0.2.0 (0a0b0c0, Node 20.20.2)"],
  ["Submitted batch job 7", "Submitted batch job 4711"],
  ["run_J7_node1_engine_0.log", "run_J12_node1_engine_0.log"],
  ['{"e":"run-started","t":1795947405.483,"job":"run"}', '{"e":"run-started","t":1,"job":"run"}'],
  [
    "R   \t3\t4\t-1\tmyhost\t19309\t3\t0.301\t1795947405.483\t1795947405.784\t0\t''\t0\t''\tfalse",
    "R   \t3\t4\t-1\tmyhost\t7\t3\t12.000\t1795947000.000\t1795947012.000\t0\t''\t0\t''\tfalse",
  ],
  ["R E \t1\t2\t-1\tmyhost\t23212\t2", "R E \t1\t2\t-1\tmyhost\t7\t2"],
  [
    "disbatch: going on with the run of /home/you/run: 42 tasks done, 8 under way; 2 engines may still be there",
    "disbatch: going on with the run of /home/you/run: 1 task done, 9 under way; 2 engines may still be there",
  ],
])("%j has the shape of %j", (one, other) => {
  expect(shapeOf(one)).toBe(shapeOf(other));
});

test.each([
  ["disbatch: 3 tasks done in 0.05 s", "disbatch: 4 tasks done in 0.05 s"],
  ["2 failed", "1 failed"],
  ["task 17 (line 18): exit 3", "task 17 (line 18): exit 4"],
  ["Tasks:3:18: error", "Tasks:3:19: error"],
  ["-s localhost:12", "-s localhost:13"],
  ["disbatch 0.2.0 (0a0b0c0, Bun 1.4.4)", "disbatch 0.3.0 (0a0b0c0, Bun 1.4.4)"],
  ["waits 60 s", "waits 61 s"],
  ["2026-11-29 10:15:00.123 INFO engine 0 ready", "2026-11-29 10:15:00.123 INFO engine 1 ready"],
  ["a_disBatch_261120101500_042_status.txt", "b_disBatch_261120101500_042_status.txt"],
  ['{"e":"run-started","t":1,"total":1}', '{"e":"run-started","t":1,"total":2}'],
  [
    "R   \t3\t4\t-1\tmyhost\t7\t3\t1\t2\t3\t0\t''\t0\t''\tfalse",
    "R   \t3\t4\t-1\tmyhost\t7\t4\t1\t2\t3\t0\t''\t0\t''\tfalse",
  ],
])("%j has not the shape of %j", (one, other) => {
  expect(shapeOf(one)).not.toBe(shapeOf(other));
});
