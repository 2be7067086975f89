import { writeFileSync } from "node:fs";
import path from "node:path";
import { isTrue } from "./page/align.ts";
import type { Page } from "./page/blocks.ts";
import { complaint, mendPage } from "./page/mend.ts";
import { ROOT, textOf } from "../support/pages.ts";
import type { PageRun } from "./run-page.ts";

/** `npm run docs:update`: pages are given the output that their commands have printed. */
export const UPDATES = process.env["DOCS_UPDATE"] === "1";

/** What is wrong with a page that has been run, for people; what can be mended is, when that is asked for. */
export function judgePage(page: Page, { outcomes, stop }: PageRun): string {
  const wrong = outcomes.filter(({ pairs }) => !isTrue(pairs));
  if (UPDATES && wrong.length > 0) writeFileSync(path.join(ROOT, page.name), mendPage(textOf(page.name), wrong));
  const complaints = UPDATES ? [] : wrong.map((outcome) => complaint(page.name, outcome));
  return [...complaints, ...(stop === undefined ? [] : [stop])].map((each) => `\n${each}\n`).join("");
}
