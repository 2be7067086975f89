import { expect, test } from "vitest";
import { artifacts, singleExecutable } from "../support/artifacts.ts";
import { openHome } from "./home.ts";
import { pageNames } from "../support/pages.ts";
import { pagesFor } from "./runnable-pages.ts";
import { tryPage, UPDATES } from "./try-page.ts";

test("README and the pages of docs are found", () => {
  expect(pageNames()).toContain("README.md");
});

/** Pages that are run with both artifacts: they begin, resume, interrupt, kill and recover runs. All others cost too much for it. */
const WITH_BOTH = new Set(["README.md", "docs/how-to/resuming.md", "docs/how-to/when-things-die.md"]);

const runs = pagesFor("anywhere").flatMap((page) =>
  artifacts
    .filter((artifact) => artifact === singleExecutable || (WITH_BOTH.has(page.name) && !UPDATES))
    .map((artifact) => [page.name, artifact.name, page, artifact] as const),
);

test.concurrent.each(runs)("what %s shows is what happens, with the %s", async (_, __, page, artifact) => {
  const home = openHome({ artifact });
  expect(await tryPage(page, home, () => home.workspace.close())).toBe("");
});
