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
  ["id:-10", { from: undefined, to: 10 }],
  ["STATE:Failed Node:a", { states: ["failed"], node: "a" }],
  ["SIGTERM", { code: -15 }],
  ["state:sigkill", { code: -9 }],
  ["code:SIGSEGV", { code: -11 }],
  ["exit 2", { code: 2 }],
  ["state:failed exit 137", { states: ["failed"], code: 137 }],
  ["exit 2 of them", { text: "exit 2 of them" }],
  ["--seed 17  node:a", { text: "--seed 17", node: "a" }],
  ["http://x", { text: "http://x" }],
])("%j means %j", (filter, query) => {
  expect(parseFilter(filter)).toEqual({ query, note: undefined });
});

test.each([
  ["state:done", "state:done is none of waiting, assigned, running, succeeded, failed, skipped, interrupted, retrying"],
  ["code:x", "code:x is no number"],
  ["id:-", "id:- is no TaskID and no range such as 10-20"],
  ["id:20-x", "id:20-x is no TaskID and no range such as 10-20"],
])("%j means nothing", (filter, wrong) => {
  expect(parseFilter(filter)).toEqual({ wrong });
});

test("a word that looks like one with a meaning and has none is looked for as text, and that is said", () => {
  expect(parseFilter("line:15")).toEqual({
    query: { text: "line:15" },
    note: "line: is looked for as text; words of a filter: state, node, engine, code, kind, id",
  });
});

test("a node may be written in other letters, unless two nodes differ by them", () => {
  expect(parseFilter("node:VM", ["other", "vm"])).toMatchObject({ query: { node: "vm" } });
  expect(parseFilter("node:VM", ["vm", "VM"])).toMatchObject({ query: { node: "VM" } });
});

test("states of a filter and of a list are those in both", () => {
  expect(alsoIn({ states: ["failed", "running"] }, ["running"])).toEqual({ states: ["running"] });
  expect(alsoIn({ node: "a" }, ["running"])).toEqual({ node: "a", states: ["running"] });
});
