import { describe, expect, test } from "vitest";
import { excessWidth, faultsOf, PAGE_PATIENCE } from "./browser.ts";
import { fixturePages } from "./fixture-pages.ts";

const pages = fixturePages({ runs: ["workflow", "live"] });
const { open } = pages;

describe.each(["/runs/workflow/graph", "/runs/workflow/graph?template=trim", "/runs/live/graph"])("%s", (path) => {
  test.each([
    [1600, false],
    [390, true],
  ])("at %d pixels has no faults of access, fits its window, and leaves the console empty", async (width, dark) => {
    const { page, said } = await open(path, { width, dark });
    expect(await faultsOf(page)).toEqual([]);
    expect(await excessWidth(page)).toBeLessThanOrEqual(0);
    expect(await page.evaluate("window.hurt")).toBeUndefined();
    expect(said).toEqual([]);
  });
});

describe("the graph", () => {
  test("has a box and a row for each template, with the same counts", async () => {
    const { page } = await open("/runs/workflow/graph");
    const name = "trim 1,100 done, 12 failed, 60 running, 28 ready";
    expect(await page.getByRole("link", { name, exact: true }).count()).toBe(1);
    expect(await page.locator("a.box").count()).toBe(9);
    expect(await page.locator(".graph .edge").count()).toBe(9);
    const row = page.locator("table[aria-label=Templates] tbody tr", { hasText: "trim" });
    expect(await row.locator("td").allTextContents()).toEqual(expect.arrayContaining(["1,200", "1,100", "12", "60"]));
  });

  test("leads by keys from a box to its instances, and from one of them to its task", async () => {
    const { page } = await open("/runs/workflow/graph");
    await page.focus("a.box:has-text('trim')");
    expect(await page.locator(".edge.near").count()).toBe(3);
    await page.keyboard.press("Enter");
    await page.waitForURL(/graph\?template=trim$/);
    await page.click("button:has-text('failed')");
    await page.waitForURL(/state=failed/);
    await page.waitForSelector("[role=status]:has-text('12')");
    await page.focus("table[aria-label='Instances of trim']");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/tasks\/0$/);
  });

  test("reads on as the list of instances is scrolled", async () => {
    const { page } = await open("/runs/workflow/graph?template=fetch");
    await page.focus("table[aria-label='Instances of fetch']");
    await page.keyboard.press("ArrowDown");
    for (let i = 0; i < 4; i++) await page.keyboard.press("PageDown");
    await page.keyboard.press("End");
    const last = page.locator("tr[aria-rowindex='1201']");
    await last.waitFor();
    // Its place is there before what is in it.
    await expect.poll(() => last.textContent(), { timeout: PAGE_PATIENCE }).toContain("fetch[sample=S41199]");
  });

  test("keeps filter and order of the list in the address", async () => {
    const { page } = await open("/runs/workflow/graph");
    await page.keyboard.press("/");
    await page.keyboard.type("re");
    await page.waitForURL(/q=re/);
    expect(await page.locator("table[aria-label=Templates] tbody tr").count()).toBe(2);
    await page.click("button.sort:has-text('All')");
    await page.waitForURL(/sort=-all/);
    const { page: other } = await open(new URL(page.url()).pathname + new URL(page.url()).search);
    expect(await other.locator("table[aria-label=Templates] tbody tr").count()).toBe(2);
    expect(await other.inputValue("input[type=search]")).toBe("re");
  });

  test("is zoomed by keys", async () => {
    const { page } = await open("/runs/workflow/graph");
    const width = async (): Promise<number> => (await page.locator(".box").first().boundingBox())?.width ?? 0;
    const before = await width();
    await page.focus(".graph-scroll");
    await page.keyboard.press("-");
    expect(await width()).toBeLessThan(before);
    await page.keyboard.press("0");
    expect(await width()).toBeCloseTo(before);
  });
});
