import { expect, test } from "vitest";
import { openHome } from "./home.ts";
import { judgePage } from "./judge-page.ts";
import { pageNames } from "../support/pages.ts";
import { pagesFor } from "./runnable-pages.ts";
import { runPage } from "./run-page.ts";

test("README and the pages of docs are found", () => {
  expect(pageNames()).toContain("README.md");
});

test.concurrent.each(pagesFor("anywhere"))("what $name shows is what happens", async (page) => {
  const home = openHome();
  try {
    expect(judgePage(page, await runPage(page, home))).toBe("");
  } finally {
    home.workspace.close();
  }
});
