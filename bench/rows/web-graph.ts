import { join } from "node:path";

import { MEGABYTE } from "../memory.ts";
import type { Row } from "../row.ts";
import { median } from "../statistics.ts";
import { isBrowserThere, openWindow, untilPainted } from "../web-browser.ts";
import { prefixIn, serveRun } from "../web-server.ts";
import { writeMade } from "../workflows/documents.ts";
import { makeFiles, recordAll } from "../workflows/made-files.ts";

const KILOBYTE = 1000;
const TIMES = 5;
const BOX = `document.querySelector("a.box") !== null`;

export const webGraph: Row = {
  name: "web-graph",
  title: "the graph of a workflow of 100,000 instances on its web page, in Chromium",
  measure: async ({ quick, folder, note }) => {
    if (!isBrowserThere()) {
      note("Chromium is not installed: the page is left out");
      return { figures: [], goals: [] };
    }
    const pairs = quick ? 1000 : 50_000;
    const prefix = prefixIn(folder);
    const document = join(folder, "made.yaml");
    note(`records of ${2 * pairs} instances`);
    makeFiles(folder, pairs);
    writeMade(document, pairs, "cache: false");
    await recordAll(document, folder, prefix, pairs);
    const server = await serveRun(prefix);
    const window = await openWindow();
    try {
      const path = `/api/v1/runs/${server.run}/graph`;
      note("first of all");
      const asked = await server.get(path);
      const times: number[] = [];
      for (let time = 0; time < TIMES; time++) times.push((await server.get(path)).milliseconds);
      await window.page.goto(await server.url(`/runs/${server.run}/graph`));
      const opened = await untilPainted(window.page, BOX);
      return {
        figures: [
          { what: "its answer, once it is known", value: median(times), unit: "ms" },
          { what: "its page, once it is known", value: opened, unit: "ms" },
          { what: "web process, most memory", value: server.peakMemory() / MEGABYTE, unit: "MB" },
        ],
        goals: [
          { what: "its answer, first of all", value: asked.milliseconds, unit: "ms", atMost: 1000 },
          { what: "bytes of its answer", value: asked.bytes / KILOBYTE, unit: "kB", atMost: 200 },
          { what: "bytes of all that came", value: window.bytes() / KILOBYTE, unit: "kB", atMost: 200 },
        ],
      };
    } finally {
      await window.close();
      await server.close();
    }
  },
};
