import { existsSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { pageNames, proseNames, ROOT, textOf } from "../support/pages.ts";
import { brokenLinks, readLinks, unreachable } from "./links.ts";

const pages = new Map(proseNames().map((name) => [name, readLinks(textOf(name))]));

/** Where pages of the documentation stand: one for newcomers, the others by what they are. */
const PLACES =
  /^(?:README|docs\/tutorial(?:-[a-z]+)?|docs\/kvs|docs\/(?:how-to|reference|explanation|design)\/[a-z-]+)\.md$/;

test("every link leads somewhere", () => {
  expect(brokenLinks(pages, (name) => existsSync(path.join(ROOT, name)))).toEqual([]);
});

test("every page can be come to from README", () => {
  expect(unreachable(pages, "README.md")).toEqual([]);
});

test("every page stands among those of its kind", () => {
  expect(pageNames().filter((name) => !PLACES.test(name))).toEqual([]);
});
