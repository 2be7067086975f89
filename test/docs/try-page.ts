import { writeFileSync } from "node:fs";
import path from "node:path";
import { ROOT, textOf } from "../support/pages.ts";
import type { Home } from "./home.ts";
import { isTrue } from "./page/align.ts";
import type { Page } from "./page/blocks.ts";
import { complaint, mendPage } from "./page/mend.ts";
import { type PageRun, type Reach, runPage } from "./run-page.ts";

/** `npm run docs:update`: pages are given the output that their commands have printed. */
export const UPDATES = process.env["DOCS_UPDATE"] === "1";

/**
 * Runs a page, and takes its home down.
 *
 * @param close throws for what has been left behind.
 * @returns what is wrong, for people; nothing when the page says what happens, or has been mended.
 */
export async function tryPage(
  page: Page,
  home: Home,
  close: () => void | Promise<void>,
  reach: Reach = {},
): Promise<string> {
  const faults: string[] = [];
  try {
    faults.push(...judge(page, await runPage(page, home, reach)));
  } finally {
    // What was left behind may come of what is wrong: one does not hide the other.
    await Promise.resolve()
      .then(close)
      .catch((error: unknown) => faults.push(`${page.name}: ${String(error)}`));
  }
  return faults.map((each) => `\n${each}\n`).join("");
}

/** What is wrong with a page that has been run; what can be mended is, when that is asked for. */
function judge(page: Page, { outcomes, stop }: PageRun): string[] {
  const wrong = outcomes.filter(({ pairs }) => !isTrue(pairs));
  if (UPDATES && wrong.length > 0) writeFileSync(path.join(ROOT, page.name), mendPage(textOf(page.name), wrong));
  const complaints = UPDATES ? [] : wrong.map((outcome) => complaint(page.name, outcome));
  return stop === undefined ? complaints : [...complaints, stop];
}
