import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { excessWidth, faultsOf } from "./browser.ts";
import { fixturePages } from "./fixture-pages.ts";

/** Rows of a table that are drawn, at most, however long it is. */
const MOST_DRAWN = 100;
/** Bytes of the browser's heap with a million tasks, at most. */
const MOST_HEAP = 150e6;

const pages = fixturePages({ runs: ["live", "huge", "hostile", "fresh"] });
const { open } = pages;

/** Waits until a row of this task is drawn. */
async function untilTask(page: Page, id: number): Promise<void> {
  await page.waitForSelector(`tbody a[href$="/tasks/${id}"]`);
}

/** Waits until the list of a filter is there, which has so many tasks. Rows of the list before it stay until then. */
async function untilListed(page: Page, count: string): Promise<void> {
  await page.waitForSelector(`.list-line [role=status] >> text=/^${count} tasks like this/`);
}

async function drawnRows(page: Page): Promise<number> {
  return await page.locator("tbody tr").count();
}

describe.each([
  "/runs/live/tasks?state=failed",
  "/runs/live/tasks/5",
  "/runs/live/failures",
  "/runs/hostile/tasks",
  "/runs/hostile/tasks/3",
  "/runs/hostile/failures",
  "/runs/fresh/failures",
])("%s", (path) => {
  test.each([
    [1600, false],
    [390, true],
  ])("at %d pixels has no faults of access, fits its window, runs nothing that tasks wrote", async (width, dark) => {
    const { page, said } = await open(path, { width, dark });
    await page.waitForLoadState("networkidle").catch(() => undefined);
    expect(await faultsOf(page)).toEqual([]);
    expect(await excessWidth(page)).toBeLessThanOrEqual(0);
    expect(await page.evaluate("window.hurt")).toBeUndefined();
    expect(said).toEqual([]);
  });
});

describe("a million tasks", () => {
  test("are scrolled through with few rows drawn and a small heap", async () => {
    const { page } = await open("/runs/huge/tasks");
    await untilTask(page, 0);
    expect(await page.locator("table").getAttribute("aria-rowcount")).toBe("1000001");
    const scroller = page.locator(".table-scroll");
    for (let i = 1; i <= 20; i++) {
      await scroller.evaluate((element, share) => (element.scrollTop = element.scrollHeight * share), i / 21);
      await page.waitForSelector("tbody a");
      expect(await drawnRows(page)).toBeLessThan(MOST_DRAWN);
    }
    await page.locator("table").focus();
    await page.keyboard.press("End");
    await untilTask(page, 999_999);
    expect(await page.locator("tr.chosen").getAttribute("aria-rowindex")).toBe("1000001");
    await page.keyboard.press("ArrowUp");
    expect(await page.locator("tr.chosen").getAttribute("aria-rowindex")).toBe("1000000");
    await page.keyboard.press("Home");
    await untilTask(page, 0);
    expect(await drawnRows(page)).toBeLessThan(MOST_DRAWN);
    // What a busy browser has not yet thrown away is not what the page holds.
    await page.requestGC();
    const heap = await page.evaluate<number>("performance.memory.usedJSHeapSize");
    expect(heap).toBeLessThan(MOST_HEAP);
  });

  test("that are filtered are entered in their middle", async () => {
    const { page } = await open("/runs/huge/tasks?state=failed");
    await page.waitForSelector("tbody a");
    await page.locator(".table-scroll").evaluate((element) => (element.scrollTop = element.scrollHeight / 2));
    await page.waitForSelector('tbody a:text-matches("^[2-4][0-9]{5}$")');
    expect(await page.locator("tbody tr", { hasText: "succeeded" }).count()).toBe(0);
  });
});

describe("filters", () => {
  test("stand in the address, and outlive a reload and a step back", async () => {
    const { page } = await open("/runs/live/tasks");
    await untilTask(page, 0);
    await page.locator(".toggle", { hasText: "failed" }).click();
    await page.waitForURL(/\?state=failed$/);
    await untilListed(page, "97");
    await untilTask(page, 5);
    await page.locator("[data-filter]").fill("seed 5 ");
    await page.waitForURL(/q=seed\+5/);
    await page.reload();
    await untilTask(page, 5);
    expect(await page.locator("[data-filter]").inputValue()).toBe("seed 5 ");
    expect(await page.locator(".toggle", { hasText: "failed" }).getAttribute("aria-pressed")).toBe("true");
    await page.locator(`tbody a[href$="/tasks/5"]`).click();
    await page.waitForURL(/\/tasks\/5$/);
    await page.goBack();
    await page.waitForURL(/state=failed&q=seed\+5/);
    await page.goBack();
    await page.waitForURL(/\/tasks$/);
    await untilTask(page, 0);
    expect(await page.locator("[data-filter]").inputValue()).toBe("");
  });

  test("of which none holds say so, and are cleared", async () => {
    const { page } = await open("/runs/live/tasks?q=no+such+text&state=odd&colour=red");
    await page.getByRole("button", { name: "Clear the filter" }).click();
    await page.waitForURL(/\?state=.*colour=red$|\?colour=red$/);
    await untilTask(page, 0);
    expect(await page.locator("[data-filter]").inputValue()).toBe("");
  });
});

test("by keys alone somebody filters, chooses a task and comes back", async () => {
  const { page } = await open("/runs/live/tasks");
  await untilTask(page, 0);
  await page.keyboard.press("/");
  await page.keyboard.type("seed 1");
  await page.waitForURL(/q=seed\+1$/);
  await untilListed(page, "1,111");
  for (let i = 0; i < 20; i++) {
    await page.keyboard.press("Tab");
    if (await page.evaluate(`document.activeElement.tagName === "TABLE"`)) break;
  }
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/tasks\/10$/);
  await page.waitForSelector("h1 >> text=Task 10");
  expect(await page.textContent("main h1")).toContain("Task 10");
});

test("sorted by a key, a list begins at its top, and the key goes on from the head that it was pressed on", async () => {
  const { page } = await open("/runs/live/tasks");
  await untilTask(page, 0);
  await page.locator("table").focus();
  await page.keyboard.press("PageDown");
  await page.waitForSelector("tr.chosen");
  await page.locator("th button", { hasText: "Duration" }).focus();
  await page.keyboard.press("Enter");
  await page.waitForURL(/\?sort=duration$/);
  await page.waitForSelector("th[aria-sort=descending]");
  expect(await page.locator("th button:focus").allTextContents()).toEqual(["Duration ▼"]);
  expect(await page.locator("tr.chosen").count()).toBe(0);
  expect(await page.locator(".table-scroll").evaluate(({ scrollTop }) => scrollTop)).toBe(0);
});

test("a task that runs is stopped only after a question", async () => {
  const { page } = await open("/runs/live/tasks?state=running");
  await page.waitForSelector("tbody a");
  await page.locator("tbody a").first().click();
  await page.getByRole("button", { name: "Stop this task" }).click();
  const posts = (): readonly string[] => pages.fixture.requests.filter((line) => line.startsWith("POST"));
  expect(posts()).toEqual([]);
  await page.getByRole("button", { name: "Stop the task" }).click();
  await page.waitForSelector("dialog :text('done as asked')");
  expect(posts()).toEqual([expect.stringMatching(/stops \{"what":"task","id":\d+\}$/)]);
});
