import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll } from "vitest";
import { type FixtureOptions, type WebFixture, webFixture } from "../support/web-fixture.ts";
import { openBrowser, openPage, type OpenedPage } from "./browser.ts";

/** A browser for the tests of a file, and a server of runs that never were. Pages are closed after each test. */
export interface FixturePages {
  /** There once the first test has begun. */
  readonly fixture: WebFixture;
  /** Opens a path of the fixture, or of another one. */
  readonly open: (path: string, options?: Parameters<typeof openPage>[2], from?: WebFixture) => Promise<OpenedPage>;
}

/** Starts both before the tests of a file, and ends them after these. */
export function fixturePages(options?: FixtureOptions): FixturePages {
  let started: { readonly browser: Browser; readonly fixture: WebFixture } | undefined;
  const opened: OpenedPage[] = [];
  const both = (): NonNullable<typeof started> => {
    if (started === undefined) throw new Error("no test has begun yet");
    return started;
  };
  beforeAll(async () => {
    const [browser, fixture] = await Promise.all([openBrowser(), webFixture(options)]);
    started = { browser, fixture };
  });
  afterAll(async () => {
    await started?.browser.close();
    await started?.fixture.close();
  });
  afterEach(async () => {
    for (const { context } of opened.splice(0)) await context.close();
  });
  return {
    get fixture() {
      return both().fixture;
    },
    open: async (path, how, from = both().fixture) => {
      const page = await openPage(both().browser, from.url + path, how);
      opened.push(page);
      return page;
    },
  };
}
