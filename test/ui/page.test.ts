import { describe, expect, test } from "vitest";
import { webFixture } from "../support/web-fixture.ts";
import { excessWidth, faultsOf, PAGE_PATIENCE } from "./browser.ts";
import { fixturePages } from "./fixture-pages.ts";

const pages = fixturePages();
const { open } = pages;

const PATHS = [
  "/",
  "/runs/live",
  "/runs/huge",
  "/runs/hostile",
  "/runs/workflow",
  "/runs/early",
  "/runs/barrier",
  "/runs/lost",
  "/runs/reading",
  "/runs/fresh",
  "/runs/huge/engines",
  "/runs/hostile/engines",
  "/runs/nowhere",
  "/no/such/page",
];

describe.each(PATHS)("%s", (path) => {
  test.each([
    [1600, false],
    [390, true],
  ])("at %d pixels has no faults of access, fits its window, runs nothing that tasks wrote", async (width, dark) => {
    const { page, said } = await open(path, { width, dark });
    expect(await faultsOf(page)).toEqual([]);
    expect(await excessWidth(page)).toBeLessThanOrEqual(0);
    expect(await page.evaluate("window.hurt")).toBeUndefined();
    // A browser tells of a refused question by itself.
    expect(said.filter((line) => path !== "/runs/nowhere" || !line.includes("404"))).toEqual([]);
  });
});

describe("the page", () => {
  test("goes straight to the run when there is one, and back to the list by its name", async () => {
    const single = await webFixture({ runs: ["live"] });
    try {
      const { page } = await open("/", {}, single);
      await page.waitForURL("**/runs/live");
      await page.click("text=disbatch");
      await page.waitForURL("**/?list=all");
      await page.waitForSelector("text=1 of 1");
      expect(single.requests.filter((line) => line === "GET /api/v1/runs").length).toBeGreaterThan(1);
    } finally {
      await single.close();
    }
  });

  test("follows the run, says when it has lost its server, and finds it again", async () => {
    const live = await webFixture({ runs: ["live"] });
    try {
      const { page } = await open("/runs/live", {}, live);
      const [run] = live.runs;
      if (run === undefined) throw new Error("the fixture has no run");
      await page.waitForSelector("text=2,140 of 5,000 tasks");
      run.scale = { ...run.scale, done: 3000 };
      live.tell("live");
      await page.waitForSelector("text=3,000 of 5,000 tasks, 60%");
      // The title is set once the page is drawn.
      await expect.poll(() => page.title(), { timeout: PAGE_PATIENCE }).toBe("60% Tasks_live");
      live.cut(true);
      await page.waitForSelector("text=/contact lost for \\d+ s/");
      live.cut(false);
      run.scale = { ...run.scale, done: 3500 };
      await page.waitForSelector("text=3,500 of 5,000 tasks");
      expect(await page.textContent(".contact")).toContain("live");
    } finally {
      await live.close();
    }
  });

  test("shows the end of the run, and asks for nothing more", async () => {
    const live = await webFixture({ runs: ["live"] });
    try {
      const { page } = await open("/runs/live", {}, live);
      const [run] = live.runs;
      if (run === undefined) throw new Error("the fixture has no run");
      await page.waitForSelector("text=▶ running");
      const streams = (): number => live.requests.filter((line) => line.endsWith("/events")).length;
      await expect.poll(streams, { timeout: PAGE_PATIENCE }).toBe(1);
      run.scale = { ...run.scale, done: 5000 };
      live.tell("live");
      await page.waitForSelector(".run-line >> text=✔ ended");
      expect(await page.textContent(".contact")).toContain("over");
      expect(streams()).toBe(1);
    } finally {
      await live.close();
    }
  });

  test("says how much it has read of a run that has ended, and does not look like trouble", async () => {
    const { page } = await open("/runs/reading");
    expect(await page.textContent(".contact")).toBe("◔ reading its records, 31%");
    expect(await page.locator(".tile").first().textContent()).toBe(
      "Read so far31%of the records of this run, which has ended",
    );
  });

  test("stops an engine once that is confirmed, and says what was done", async () => {
    const { page } = await open("/runs/live/engines");
    await page.click("[aria-label='Stop engine 1 on node02']");
    await page.waitForSelector("dialog[open]");
    expect(await faultsOf(page)).toEqual([]);
    // The row that the button stands in leads to another page, and is behind the question.
    await page.click("dialog h2");
    expect(page.url()).toContain("/engines");
    expect(await page.locator("table dialog").count()).toBe(0);
    await page.keyboard.press("Escape");
    await page.waitForSelector("dialog[open]", { state: "detached" });
    expect(pages.fixture.requests.filter((line) => line.startsWith("POST"))).toEqual([]);
    await page.click("[aria-label='Stop engine 1 on node02']");
    await page.click("dialog >> text=Stop this engine");
    await page.waitForSelector("dialog >> text=done as asked");
    expect(pages.fixture.requests.filter((line) => line.startsWith("POST"))).toEqual([
      'POST /api/v1/runs/live/stops {"what":"engine","rank":1}',
    ]);
  });

  test("keeps its question and the answer open when the engine leaves the list, and the run ends, meanwhile", async () => {
    const live = await webFixture({ runs: ["live"] });
    try {
      const { page } = await open("/runs/live/engines?state=ready", {}, live);
      const [run] = live.runs;
      if (run === undefined) throw new Error("the fixture has no run");
      await page.click("[aria-label='Stop engine 1 on node02']");
      await page.click("dialog >> text=Stop this engine");
      await page.waitForSelector("dialog >> text=done as asked");
      run.scale = { ...run.scale, done: 5000 };
      live.tell("live");
      await page.waitForSelector(".run-line >> text=✔ ended");
      expect(await page.textContent("dialog[open] [role=status]")).toContain("done as asked");
      await page.click("dialog >> text=Close");
      await page.waitForSelector("dialog[open]", { state: "detached" });
      expect(await page.isVisible("[aria-label='Stop engine 1 on node02']")).toBe(false);
    } finally {
      await live.close();
    }
  });

  test("that only looks has no buttons to stop things, and says how to get them", async () => {
    const looking = await webFixture({ runs: ["live"], control: false });
    try {
      const { page } = await open("/runs/live/engines", {}, looking);
      await page.waitForSelector("text=--web-control");
      expect(await page.locator("text=Stop...").count()).toBe(0);
    } finally {
      await looking.close();
    }
  });

  test("works by keyboard: pages by digits, the filter by a slash, rows by j and Enter, keys by a question mark", async () => {
    const { page } = await open("/runs/huge");
    await page.waitForSelector("text=Rate now");
    await page.keyboard.press("5");
    await page.waitForURL("**/engines");
    await page.keyboard.press("/");
    await page.keyboard.type("node07");
    await page.waitForURL("**/engines?q=node07");
    await page.waitForSelector("text=1 of 64 engines");
    await page.keyboard.press("Escape");
    await page.focus("table");
    await page.keyboard.press("j");
    expect(await page.getAttribute("table", "aria-activedescendant")).toBe(await page.getAttribute("tr.chosen", "id"));
    await page.keyboard.press("Enter");
    await page.waitForURL("**/tasks?engine=6");
    await page.keyboard.press("?");
    await page.waitForSelector("dialog >> text=Keys");
    expect(await faultsOf(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await page.goBack();
    await page.waitForURL("**/engines?q=node07");
  });

  test("every control can be reached by Tab, and its focus is seen", async () => {
    const { page } = await open("/runs/live/engines");
    const reached = new Set<string>();
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press("Tab");
      const focus = await page.evaluate<{ name: string; outline: string }>(
        "(() => { const e = document.activeElement; return { name: e.tagName + (e.getAttribute('aria-label') ?? e.textContent).slice(0, 40), outline: getComputedStyle(e).outlineStyle }; })()",
      );
      if (focus.name.startsWith("BODY")) break;
      expect(focus).toMatchObject({ outline: "solid" });
      reached.add(focus.name);
    }
    const names = [...reached].join("\n");
    for (const name of ["Skip to", "disbatch", "Failures", "TABLEEngines", "Node", "Stop engine 2"]) {
      expect(names).toContain(name);
    }
  });

  test("draws few rows of ten thousand engines, sorts them at once, and says how many there are", async () => {
    const { page } = await open("/runs/engines/engines");
    await page.waitForSelector("text=10,000 of 10,000 engines");
    expect(await page.getAttribute("table", "aria-rowcount")).toBe("10001");
    expect(await page.locator("tbody tr").count()).toBeLessThan(60);
    await page.click("th >> text=Median");
    await page.waitForURL("**/engines?sort=-p50");
    expect(await page.textContent("tbody tr td:nth-child(2)")).toBe("n00001");
    await page.focus("table");
    await page.keyboard.press("End");
    await page.waitForSelector("tr[aria-rowindex='10001']");
    expect(await page.locator("tbody tr").count()).toBeLessThan(60);
  });

  test("tells a shared address apart: filters and sorting come back as they were", async () => {
    const { page } = await open("/runs/huge/engines?q=node0&state=silent&sort=-rank");
    await page.waitForSelector("text=1 of 64 engines");
    expect(await page.inputValue("input[type=search]")).toBe("node0");
    expect(await page.inputValue("select")).toBe("silent");
    expect(await page.getAttribute("th[aria-sort]", "aria-sort")).toBe("descending");
  });

  test("copies the command that goes on", async () => {
    const { page, context } = await open("/runs/early");
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.click("text=Copy >> nth=0");
    await page.waitForSelector("text=Copied");
    expect(await page.evaluate("navigator.clipboard.readText()")).toMatch(/^disbatch run -p Tasks_early -r /);
  });
});
