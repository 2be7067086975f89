import { expect, test } from "vitest";
import { alsoIn, parseFilter } from "../../../../src/faces/monitor/filter.ts";

test.each([
  ["", {}],
  ["state:failed,interrupted", { states: ["failed", "interrupted"] }],
  ["node:node07 engine:3", { node: "node07", engine: 3 }],
  ["code:-9 kind:2", { code: -9, kind: 2 }],
  ["id:17", { from: 17, to: 17 }],
  ["id:10-20", { from: 10, to: 20 }],
  ["id:10-", { from: 10, to: undefined }],
  ["--seed 17  node:a", { text: "--seed 17", node: "a" }],
  ["http://x", { text: "http://x" }],
])("%j means %j", (filter, query) => {
  expect(parseFilter(filter)).toEqual({ query });
});

test.each([
  ["state:done", "state:done is none of waiting, assigned, running, succeeded, failed, skipped, interrupted"],
  ["code:x", "code:x is no number"],
  ["id:20-x", "id:20-x is no TaskID and no range such as 10-20"],
])("%j means nothing", (filter, wrong) => {
  expect(parseFilter(filter)).toEqual({ wrong });
});

test("states of a filter and of a list are those in both", () => {
  expect(alsoIn({ states: ["failed", "running"] }, ["running"])).toEqual({ states: ["running"] });
  expect(alsoIn({ node: "a" }, ["running"])).toEqual({ node: "a", states: ["running"] });
});
