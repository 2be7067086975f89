import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Browser, Page } from "playwright-core";
import { expect, onTestFinished } from "vitest";
import type { DisbatchRun } from "../support/run-disbatch.ts";
import { signalIfThere } from "../support/run-processes.ts";
import type { Workspace } from "../support/workspace.ts";
import { excessWidth, faultsOf, openPage, type OpenedPage, PAGE_PATIENCE } from "./browser.ts";

const SOON = { timeout: PAGE_PATIENCE };

/** The pages of any run, by what comes behind its own address. */
export const RUN_PAGES = ["", "/failures", "/tasks", "/slots", "/engines", "/tasks/0"];

/** The URL that a run, or `disbatch web`, has printed last. */
async function printedUrl(run: DisbatchRun): Promise<string> {
  const url = /http:\/\/127\.0\.0\.1:\d+\/\?ticket=[\w-]{43}\n/;
  await Promise.race([run.stdoutShows(url), run.stderrShows(url)]);
  const found = `${run.stdout()}${run.stderr()}`.match(new RegExp(url, "g"))?.at(-1);
  if (found === undefined) throw new Error("no URL is printed");
  return found.trim();
}

/** Opens the URL that was printed, in a browser of its own, until the test is over. */
export async function enter(browser: Browser, run: DisbatchRun): Promise<OpenedPage> {
  const opened = await openPage(browser, await printedUrl(run));
  onTestFinished(() => opened.context.close());
  return opened;
}

/** The address of the run that a page shows, without its pages. */
export async function addressOfRun(page: Page): Promise<string> {
  await page.waitForURL(/\/runs\/[^/]+$/);
  return page.url();
}

/** Goes to a page of what is shown already, and waits until all that it asks for is there. */
export async function visit(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.waitForSelector("main > :not([role=status])");
  // What waits in the page itself is made of text, which the page's own rules keep from running.
  await expect.poll(() => page.locator("main [aria-busy=true], main .loading").count(), SOON).toBe(0);
}

/** No fault of access, and no scrolling to the side on a telephone. */
export async function expectSound(page: Page): Promise<void> {
  const size = page.viewportSize() ?? { width: 1280, height: 900 };
  expect([page.url(), ...(await faultsOf(page))]).toEqual([page.url()]);
  await page.setViewportSize({ width: 390, height: 844 });
  await expect.poll(() => page.evaluate("innerWidth"), SOON).toBe(390);
  expect([page.url(), Math.max(0, await excessWidth(page))]).toEqual([page.url(), 0]);
  await page.setViewportSize(size);
}

/** Ends web pages that runs have begun, which would stay for as long as somebody may look again. */
export function endPages(workspace: Workspace): void {
  signalPages(workspace, "SIGTERM");
}

/** Kills them. */
export function killPages(workspace: Workspace): void {
  signalPages(workspace, "SIGKILL");
}

function signalPages(workspace: Workspace, signal: NodeJS.Signals): void {
  for (const { pid, command } of workspace.processes()) if (command.includes("--of-run")) signalIfThere(pid, signal);
}

let folder: string | undefined;

/** With DISBATCH_SHOTS set: pictures of a page in all widths, light and dark, in a temporary folder that is told of. */
export async function shoot(page: Page, name: string): Promise<void> {
  if (process.env["DISBATCH_SHOTS"] === undefined) return;
  if (folder === undefined) {
    folder = mkdtempSync(path.join(tmpdir(), "disbatch-shots-"));
    process.stderr.write(`screenshots: ${folder}\n`);
  }
  mkdirSync(folder, { recursive: true });
  const size = page.viewportSize() ?? { width: 1280, height: 900 };
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    for (const width of [1600, 1024, 390]) {
      await page.setViewportSize({ width, height: 900 });
      await page.waitForTimeout(200);
      await page.screenshot({ path: path.join(folder, `${name}-${width}-${colorScheme}.png`), fullPage: true });
    }
  }
  await page.emulateMedia({ colorScheme: null });
  await page.setViewportSize(size);
}
