import { writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Browser } from "playwright-core";
import { singleExecutable } from "../support/artifacts.ts";
import { openWorkspace } from "../support/fixtures.ts";
import { excessWidth, faultsOf, openBrowser, PAGE_PATIENCE } from "./browser.ts";
import { shoot } from "./watched.ts";

const WIDTHS = [1600, 1024, 390];

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(async () => {
  await browser.close();
});

test("the report as a page asks nobody for anything, is sound by axe in light and dark, and fits a telephone", async () => {
  const workspace = openWorkspace();
  const lines = Array.from({ length: 300 }, (_, n) =>
    n % 7 === 0
      ? `echo "<script>document.title = 'hacked'</script> $(printf '\\033]0;x\\007')" >&2; exit ${n % 3}`
      : `true ${n}`,
  );
  workspace.writeTasks(...lines.slice(0, 150), "#DISBATCH BARRIER", ...lines.slice(150));
  const run = workspace.run(singleExecutable, ["-s", "localhost:4,localhost:3", "-p", "run", "Tasks"]);
  expect((await run.exited).code).toBe(0);
  const report = workspace.run(singleExecutable, ["report", "--format", "html", "run"]);
  expect((await report.exited).code).toBe(0);
  const file = workspace.path("report.html");
  writeFileSync(file, report.stdout());

  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  try {
    const page = await context.newPage();
    const [said, asked]: [string[], string[]] = [[], []];
    page.on("console", (message) => said.push(message.text()));
    page.on("pageerror", (error) => said.push(error.message));
    page.on("request", (request) => asked.push(request.url()));
    const url = pathToFileURL(file).href;
    await page.goto(url);
    await page.waitForSelector("text=Outcomes over time");
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      expect([colorScheme, ...(await faultsOf(page))]).toEqual([colorScheme]);
    }
    await page.emulateMedia({ colorScheme: null });
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      await expect.poll(() => page.evaluate("innerWidth"), { timeout: PAGE_PATIENCE }).toBe(width);
      expect([width, Math.max(0, await excessWidth(page))]).toEqual([width, 0]);
    }
    await shoot(page, "report");
    expect([asked, said]).toEqual([[url], []]);
    expect(await page.title()).not.toContain("hacked");
    expect(await page.textContent("body")).toContain("<script>");
  } finally {
    await context.close();
  }
});
