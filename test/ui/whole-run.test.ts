import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { singleExecutable } from "../support/artifacts.ts";
import { openTasks, openWorkspace } from "../support/fixtures.ts";
import { openBrowser } from "./browser.ts";
import { enter, expectSound, shoot } from "./watched.ts";

const DONE = { code: 0, signal: null };

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(async () => {
  await browser.close();
});

describe("a run", () => {
  test("whose driver is killed is shown as lost, and goes on live in the same page once it is recovered", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks(tasks.line("a"), tasks.line("b"));
    const killed = workspace.run(singleExecutable, ["-s", "localhost:1", "-p", "run", "Tasks"]);
    const a = await tasks.started("a");
    const server = workspace.run(singleExecutable, ["web", "run"]);
    const { page, said } = await enter(browser, server);
    await page.waitForSelector(".contact >> text=live");
    await page.evaluate("window.sameDocument = true");
    killed.signal("SIGKILL");
    await killed.exited;
    await page.waitForSelector("text=The driver of this run has died.");
    await shoot(page, "lost");
    const recovered = workspace.run(singleExecutable, ["recover", "run"]);
    await page.waitForSelector(".contact >> text=live");
    await a.exit(0);
    await page.waitForSelector("text=1 of 2 tasks, 50%");
    await (await tasks.started("b")).exit(0);
    expect(await recovered.exited).toEqual(DONE);
    await page.waitForSelector(".run-line >> text=✔ ended");
    expect(await page.evaluate("window.sameDocument")).toBe(true);
    expect(said).toEqual([]);
    server.signal("SIGTERM");
    await server.exited;
  });

  test("is one of several in a list, and each can be entered", async () => {
    const workspace = openWorkspace();
    workspace.writeTasks("true", "false");
    for (const prefix of ["monday", "tuesday"]) {
      expect(await workspace.run(singleExecutable, ["-s", "localhost:1", "-p", prefix, "Tasks"]).exited).toEqual(DONE);
    }
    const server = workspace.run(singleExecutable, ["web", "monday", "tuesday"]);
    const { page, said } = await enter(browser, server);
    for (const prefix of ["monday", "tuesday"]) {
      await page.click(`table >> text=${prefix}`);
      await page.waitForURL(`**/runs/${prefix}-*`);
      await page.waitForSelector("text=2 of 2 tasks, 100%");
      await page.click("text=disbatch >> nth=0");
      await page.waitForURL("**/?list");
    }
    await page.waitForSelector("table >> text=tuesday");
    await expectSound(page);
    await shoot(page, "list");
    expect(said).toEqual([]);
    server.signal("SIGTERM");
    await server.exited;
  });
});
