import { expect, it } from "vitest";
import { plural } from "../../../src/domain/plural.ts";

it("says one thing without a plural", () => {
  expect([plural(0, "task"), plural(1, "task"), plural(2, "task")]).toEqual(["0 tasks", "1 task", "2 tasks"]);
});
