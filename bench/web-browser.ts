import { existsSync } from "node:fs";

import { type Browser, type CDPSession, chromium, type Page } from "playwright-core";

const CHROMIUM = "/usr/bin/chromium";
const FLAGS = [
  ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
  ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
];

/** Whether the browser that is measured is installed. */
export function isBrowserThere(): boolean {
  return existsSync(CHROMIUM);
}

/** A window of a browser with a fresh profile. */
export interface Window {
  readonly page: Page;
  /** Bytes that came over the wire so far. */
  bytes(): number;
  /** Bytes of the page's script now, with what nobody needs any more. */
  heap(): Promise<number>;
  close(): Promise<void>;
}

/** Opens an empty window. */
export async function openWindow(): Promise<Window> {
  const browser: Browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  const context = await browser.newContext({ viewport: { width: 1600, height: 1000 } });
  const page = await context.newPage();
  const session: CDPSession = await context.newCDPSession(page);
  let bytes = 0;
  session.on("Network.loadingFinished", ({ encodedDataLength }) => (bytes += encodedDataLength));
  await session.send("Network.enable");
  return {
    page,
    bytes: () => bytes,
    heap: async () => (await session.send("Runtime.getHeapUsage")).usedSize,
    close: () => browser.close(),
  };
}

/**
 * Waits in the page itself until something is painted. The page forbids the evaluations by which a browser could wait itself; what comes
 * by way of the debugger it allows.
 *
 * @param isThere an expression of the page's script
 * @returns milliseconds since the page was opened.
 */
export async function untilPainted(page: Page, isThere: string): Promise<number> {
  return await page.evaluate<number>(`new Promise((resolve) => {
    const look = () => {
      if (${isThere}) requestAnimationFrame(() => setTimeout(() => resolve(performance.now())));
      else setTimeout(look, 5);
    };
    look();
  })`);
}
