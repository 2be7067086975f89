import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  changedParams,
  pathTo,
  pathToTask,
  queryText,
  routeOf,
  RUN_PAGES,
  RUNS_LIST,
} from "../../../../src/page/state/route.ts";

const ids = fc.stringMatching(/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,30}$/);

test("every page of a run has an address of its own, which leads back to it", () => {
  fc.assert(
    fc.property(ids, fc.constantFrom(...RUN_PAGES), (run, page) => {
      expect(routeOf(pathTo(run, page))).toEqual({ page, run });
    }),
  );
});

test("every task has an address of its own", () => {
  fc.assert(
    fc.property(ids, fc.nat(), (run, task) => {
      expect(routeOf(pathToTask(run, task))).toEqual({ page: "task", run, task });
    }),
  );
});

test.each(["/", "", "/runs", "/runs/"])("%s is the list of runs", (path) => {
  expect(routeOf(path)).toEqual({ page: "runs" });
});

test.each([
  "/x",
  "/runs/a/x",
  "/runs/a/run",
  "/runs/a/tasks/x",
  "/runs/a/tasks/-1",
  "/runs/a/tasks/1e3",
  "/runs/a/engines/3",
  "/runs/a/tasks/3/output",
  "/runs/<script>",
  "/runs/a%2Fb",
])("%s is no page", (path) => {
  expect(routeOf(path)).toEqual({ page: "nothing" });
});

test("whatever stands in the address, it has a route", () => {
  fc.assert(
    fc.property(fc.array(fc.string()), (parts) => {
      expect(routeOf(`/${parts.join("/")}`)).toHaveProperty("page");
    }),
  );
});

test("parameters that are empty or missing leave no trace, and lists stay legible", () => {
  expect(queryText({ state: "failed,running", kind: 3, q: "", node: undefined })).toBe("?state=failed,running&kind=3");
  expect(queryText({ q: undefined })).toBe("");
});

test("text of parameters comes back as it was", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: "grapheme" }), (q) => {
      expect(new URLSearchParams(queryText({ q })).get("q")).toBe(q);
    }),
  );
});

test("a changed parameter leaves the others as they are", () => {
  const query = new URLSearchParams("state=failed&q=x");
  expect(queryText(changedParams(query, { q: "y" }))).toBe("?state=failed&q=y");
  expect(queryText(changedParams(query, { q: undefined }))).toBe("?state=failed");
});

test("the list of the only run stays the list when it is sorted and filtered", () => {
  const query = new URLSearchParams(RUNS_LIST.split("?")[1]);
  expect(queryText(changedParams(query, { sort: "name", q: "x" }))).toBe("?list=all&sort=name&q=x");
});
