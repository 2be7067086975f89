import { join } from "node:path";

import type { Page } from "playwright-core";

import { MEGABYTE } from "../memory.ts";
import { writeRecords } from "../records.ts";
import type { Goal, Row, RowResult } from "../row.ts";
import { median, quantile } from "../statistics.ts";
import { isBrowserThere, openWindow, untilPainted, type Window } from "../web-browser.ts";
import { serveRun, type WebServerOfRun } from "../web-server.ts";

const FLEET = { engines: 16, slots: 16 };
const TIMES = 5;
/** Tasks of a run beside which the others are seen. */
const FEW = 1000;
const KILOBYTE = 1000;

/** Milliseconds. */
const SOON = { page: 1000, tasks: 150, zoom: 200, frame: 8 };

/** Hundred tasks, by what they were asked for. The code is one of those in `records.ts`. */
const QUERIES: Readonly<Record<string, string>> = {
  state: "state=failed",
  kind: "kind=1",
  node: "node=node07",
  code: "code=2",
  id: "from=400000&to=900000",
  "longest first": "sort=duration",
  "text that is in every line": "q=true",
  "text that is in a hundredth of them": "q=--seed+99",
};

const SLOTS = "[aria-roledescription='picture of slots over time']";
/** Numbers stand there, and lines are drawn. */
const USEFUL = `/[1-9]/.test(document.querySelector(".tile-value")?.textContent ?? "") && document.querySelector(".plot canvas") !== null`;
const CELLS = `(document.querySelector("${SLOTS} canvas")?.width ?? 0) > 300 && document.querySelector(".slots-loading") === null`;
/** Tasks of the list, filtered. */
const ROWS = `document.querySelector("tbody a") !== null`;

/** By then, in milliseconds, finer cells have been asked for, or those that are there will do. */
const NOTHING_ASKED = 1000;

/** Presses a key on the picture. @returns milliseconds until finer cells are drawn than those that were there; NaN where these were fine enough. */
const ZOOM = `new Promise((resolve) => {
  const picture = document.querySelector("${SLOTS}");
  const from = performance.now();
  picture.dispatchEvent(new KeyboardEvent("keydown", { key: "+", bubbles: true, cancelable: true }));
  const look = () => {
    const [last] = performance.getEntriesByType("resource").filter(({ name, startTime }) => name.includes("/timeline?") && startTime >= from);
    if (last !== undefined && last.responseEnd > 0 && document.querySelector(".slots-loading") === null)
      requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - from)));
    else if (last === undefined && performance.now() - from > ${NOTHING_ASKED}) resolve(NaN);
    else setTimeout(look, 2);
  };
  look();
})`;

/** Notes how long the script of each frame takes, and of what a pointer says before it. */
const STOPWATCH = `(() => {
  window.frames_ = [];
  const next = window.requestAnimationFrame.bind(window);
  let moved = 0;
  let began = 0;
  window.addEventListener("pointermove", () => (began = performance.now()), { capture: true });
  window.addEventListener("pointermove", () => (moved += performance.now() - began));
  window.requestAnimationFrame = (call) => next((time) => {
    const begin = performance.now();
    call(time);
    window.frames_.push(performance.now() - begin + moved);
    moved = 0;
  });
})()`;

export const webPage: Row = {
  name: "web-page",
  title: "the web page of an ended run of 1,000,000 tasks on 256 slots, served by the executable, in Chromium",
  measure: async ({ quick, folder, note }) => {
    if (!isBrowserThere()) {
      note("Chromium is not installed: the page is left out");
      return { figures: [], goals: [] };
    }
    const count = quick ? 50_000 : 1_000_000;
    const [prefix, small] = [join(folder, "run"), join(folder, "small")];
    note(`records of ${count} tasks`);
    writeRecords(count, `${prefix}_status.txt`, `${prefix}_journal.jsonl`, FLEET);
    writeRecords(FEW, `${small}_status.txt`, `${small}_journal.jsonl`, FLEET);
    const window = await openWindow();
    try {
      note("the page of a small run");
      // A browser that has just been started takes longer for any page; what is measured is a page, not that.
      const started = await firstPage(window.page, small);
      const ofSmall = await firstPage(window.page, small);
      const server = await serveRun(prefix);
      try {
        const { figures, goals } = await measureRun(server, window, note);
        const base = [
          { what: "the page of 1,000 tasks, in a browser just started", value: started, unit: "ms" },
          { what: "the page of 1,000 tasks, from another server", value: ofSmall, unit: "ms" },
        ];
        return { figures: [...base, ...figures], goals };
      } finally {
        await server.close();
      }
    } finally {
      await window.close();
    }
  },
};

/** Serves a run, and opens its page. @returns milliseconds until that is useful. */
async function firstPage(page: Page, prefix: string): Promise<number> {
  const server = await serveRun(prefix);
  try {
    await page.goto(await server.url(`/runs/${server.run}`));
    return await untilPainted(page, USEFUL);
  } finally {
    await server.close();
  }
}

async function measureRun(server: WebServerOfRun, window: Window, note: (text: string) => void): Promise<RowResult> {
  const { page } = window;
  const run = `/runs/${server.run}`;
  note("the page of the run");
  await page.goto(await server.url(run));
  const first = await untilPainted(page, USEFUL);
  const bytes = await bytesOfFiles(page);
  await untilRead(server);
  const again = await openAgain(page, run, USEFUL);
  note("tasks");
  const tasks: Goal[] = [];
  for (const [what, query] of Object.entries(QUERIES))
    tasks.push({ what: `tasks by ${what}`, value: await timeOf(server, query), unit: "ms", atMost: SOON.tasks });
  const list = await openAgain(page, `${run}/tasks?state=failed`, ROWS);
  const heaps = [await window.heap()];
  note("slots");
  const slots = await openAgain(page, `${run}/slots`, CELLS);
  heaps.push(await window.heap());
  const zooms: number[] = [];
  for (let time = 0; time < TIMES; time++) {
    const zoom = await page.evaluate<number>(ZOOM);
    if (!Number.isNaN(zoom)) zooms.push(zoom);
  }
  const frames = await drag(page);
  heaps.push(await window.heap());
  return {
    figures: [
      { what: "served after", value: server.began, unit: "ms" },
      { what: "the page of the run, once all is read", value: again, unit: "ms" },
      { what: "the page of tasks", value: list, unit: "ms" },
      { what: "the page of slots", value: slots, unit: "ms" },
      { what: "frames while dragging", value: frames.length, unit: "" },
    ],
    goals: [
      { what: "the page of the run, while records are read", value: first, unit: "ms", atMost: SOON.page },
      { what: "files of the page, compressed", value: bytes / KILOBYTE, unit: "kB", atMost: 150 },
      { what: "heap in the browser", value: Math.max(...heaps) / MEGABYTE, unit: "MB", atMost: 150 },
      ...tasks,
      { what: "zoom in the slots", value: median(zooms), unit: "ms", atMost: SOON.zoom },
      {
        what: "script of a frame while dragging, p95",
        value: quantile(frames, 0.95),
        unit: "ms",
        atMost: SOON.frame,
      },
      { what: "web process, most memory", value: server.peakMemory() / MEGABYTE, unit: "MB", atMost: 200 },
    ],
  };
}

/** Bytes of the page itself: what the API says is not in them. */
async function bytesOfFiles(page: Page): Promise<number> {
  return await page.evaluate<number>(
    `[...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
      .filter(({ name }) => !name.includes("/api/")).reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)`,
  );
}

async function openAgain(page: Page, path: string, isThere: string): Promise<number> {
  await page.goto(new URL(path, page.url()).href);
  return await untilPainted(page, isThere);
}

/** Waits until the server has read all records: it counts no more tasks than before. */
async function untilRead(server: WebServerOfRun): Promise<void> {
  for (let last = -1; ;) {
    const { text } = await server.get(`/api/v1/runs/${server.run}/tasks?limit=1`);
    const { total }: { readonly total?: number } = JSON.parse(text);
    if (total !== undefined && total === last) return;
    last = total ?? -1;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

async function timeOf(server: WebServerOfRun, query: string): Promise<number> {
  const times: number[] = [];
  for (let time = 0; time < TIMES; time++) {
    const { milliseconds } = await server.get(`/api/v1/runs/${server.run}/tasks?${query}&limit=100`);
    times.push(milliseconds);
  }
  return median(times);
}

/** @returns milliseconds of script of each frame. */
async function drag(page: Page): Promise<number[]> {
  const box = await page.locator(`${SLOTS} canvas`).boundingBox();
  if (box === null) throw new Error("the picture of slots has no place");
  await page.evaluate(STOPWATCH);
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  for (let i = 0; i < 120; i++) await page.mouse.move(x + Math.sin(i / 9) * 300, y);
  await page.mouse.up();
  return await page.evaluate<number[]>("window.frames_");
}
