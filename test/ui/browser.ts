import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

const CHROMIUM = "/usr/bin/chromium";
const FLAGS = [
  ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
  ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
];
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** How long is waited for what a page shows, in milliseconds: the process that serves a run's page gives way to all others. */
export const PAGE_PATIENCE = 90_000;

/** Starts Debian's Chromium with a fresh profile. */
export async function openBrowser(): Promise<Browser> {
  return await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
}

export interface OpenedPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the console has said, and what the page has thrown. */
  readonly said: readonly string[];
}

/** Opens an address in a context of its own, and waits until its contents are there. */
export async function openPage(
  browser: Browser,
  url: string,
  { width = 1280, height = 900, dark = false }: { width?: number; height?: number; dark?: boolean } = {},
): Promise<OpenedPage> {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: dark ? "dark" : "light" });
  context.setDefaultTimeout(PAGE_PATIENCE);
  const page = await context.newPage();
  const said: string[] = [];
  page.on("console", (message) => said.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => said.push(`thrown: ${error.message}`));
  await page.goto(url);
  await page.waitForSelector("main > :not([role=status])");
  return { page, context, said };
}

/** What axe finds wrong, a line each. */
export async function faultsOf(page: Page): Promise<string[]> {
  // The page's own policy forbids foreign scripts: this one comes by way of the debugger.
  return await page.evaluate<string[]>(
    `(() => { ${AXE} })(); axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ": " + nodes.slice(0, 3).map(({ html }) => html).join(" ")))`,
  );
}

/** Pixels by which the page is wider than its window. */
export async function excessWidth(page: Page): Promise<number> {
  return await page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
}
