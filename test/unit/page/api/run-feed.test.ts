import { describe, expect, test } from "vitest";
import { changeBetween } from "../../../../src/domain/view-changes.ts";
import type { RunDocument } from "../../../../src/web/api/answers.ts";
import { ProblemError } from "../../../../src/page/api/client.ts";
import { afterEvent, afterLoss, isStale, type LiveRun, runFrom, runNow } from "../../../../src/page/api/live-run.ts";
import { RunFeed, type StreamListener } from "../../../../src/page/api/run-feed.ts";
import { runDocument } from "../../../support/web-fixture/fake-answers.ts";
import { fakeRuns, viewOf } from "../../../support/web-fixture/fake-runs.ts";

function fakeRun() {
  const [run] = fakeRuns(["live"]);
  if (run === undefined) throw new Error("the fixture has no live run");
  return run;
}

/** A browser whose time goes on as the test says. */
function pretendedBrowser() {
  let now = 1000;
  const timers = new Set<{ at: number; readonly fire: () => void }>();
  const streams: (StreamListener & { isClosed: boolean })[] = [];
  const asked: { answer: (document: RunDocument) => void; fail: (why?: Error) => void }[] = [];
  return {
    streams,
    asked,
    around: {
      open: (_url: string, hear: StreamListener) => {
        const stream = { ...hear, isClosed: false };
        streams.push(stream);
        return {
          close: () => {
            stream.isClosed = true;
          },
        };
      },
      ask: (signal: AbortSignal) =>
        new Promise<RunDocument>((answer, refuse) => {
          const fail = (why = new Error("aborted")): void => refuse(why);
          signal.addEventListener("abort", () => fail());
          asked.push({ answer, fail });
        }),
      now: () => now,
      after: (milliseconds: number, fire: () => void) => {
        const timer = { at: now + milliseconds, fire };
        timers.add(timer);
        return () => timers.delete(timer);
      },
    },
    /** Time goes on, timer by timer. */
    pass: (milliseconds: number) => {
      const until = now + milliseconds;
      for (;;) {
        const next = [...timers].filter(({ at }) => at <= until).toSorted((a, b) => a.at - b.at)[0];
        if (next === undefined) break;
        now = Math.max(now, next.at);
        timers.delete(next);
        next.fire();
      }
      now = until;
    },
    /** The machine sleeps: time has gone on, and timers come late. */
    sleep: (milliseconds: number) => {
      now += milliseconds;
    },
    /** Somebody sets the clock back: timers come when they would have come. */
    setBack: (milliseconds: number) => {
      now -= milliseconds;
      for (const timer of timers) timer.at -= milliseconds;
    },
  };
}

function feedOf() {
  const browser = pretendedBrowser();
  const told: LiveRun[] = [];
  const run = fakeRun();
  const document = runDocument(run, true);
  const feed = new RunFeed(document, "/events", (each) => told.push(each), browser.around);
  const snapshot = (): void =>
    browser.streams.at(-1)?.event({ name: "snapshot", data: { view: viewOf(run), link: run.link } });
  return { browser, told, run, document, feed, snapshot };
}

describe("a feed", () => {
  test("opens one stream and tells what it hears", () => {
    const { browser, told, run, snapshot, feed } = feedOf();
    expect(browser.streams).toHaveLength(1);
    snapshot();
    const before = viewOf(run);
    run.scale = { ...run.scale, done: 2500 };
    const change = changeBetween(before, viewOf(run));
    if (change === undefined) throw new Error("nothing has changed");
    browser.streams[0]?.event({ name: "delta", data: change });
    expect(told.at(-1)?.view).toEqual(viewOf(run));
    feed.close();
    expect(browser.streams[0]?.isClosed).toBe(true);
  });

  test("says since when the contact is lost, and no more once something comes", () => {
    const { browser, told, snapshot } = feedOf();
    browser.pass(500);
    browser.streams[0]?.failed(false);
    expect(told.at(-1)?.contact).toEqual({ state: "lost", since: 1500 });
    browser.streams[0]?.failed(false);
    expect(told).toHaveLength(1);
    snapshot();
    expect(told.at(-1)?.contact).toEqual({ state: "open" });
  });

  test("has its contact again when the browser has connected anew, also where there is nothing to tell", async () => {
    const { browser, told, snapshot } = feedOf();
    snapshot();
    browser.pass(500);
    browser.streams[0]?.failed(false);
    browser.streams[0]?.opened();
    expect(told.map(({ contact }) => contact.state)).toEqual(["open", "lost", "open"]);
    expect(told.at(-1)?.heardAt).toBe(1000);
    // It is looked after as before.
    browser.pass(17_000);
    expect(browser.asked).toHaveLength(1);
  });

  test("opens a stream anew that the browser has given up, later and later", () => {
    const { browser } = feedOf();
    const delays: number[] = [];
    for (let i = 0; i < 6; i++) {
      const { length } = browser.streams;
      browser.streams.at(-1)?.failed(true);
      let waited = 0;
      while (browser.streams.length === length && waited < 60_000) {
        browser.pass(500);
        waited += 500;
      }
      delays.push(waited);
    }
    expect(delays).toEqual([1000, 2000, 4000, 8000, 15_000, 15_000]);
    expect(browser.streams.slice(0, -1).every(({ isClosed }) => isClosed)).toBe(true);
  });

  test("opens its stream anew after the machine has slept", () => {
    const { browser, snapshot } = feedOf();
    browser.pass(4000);
    snapshot();
    browser.sleep(3_600_000);
    browser.pass(2000);
    expect(browser.streams).toHaveLength(2);
    expect(browser.streams[0]?.isClosed).toBe(true);
  });

  test("asks in another way when the stream is silent, and believes the answer", async () => {
    const { browser, told, document } = feedOf();
    browser.pass(17_000);
    expect(browser.asked).toHaveLength(1);
    browser.asked[0]?.answer(document);
    await new Promise((resolve) => setImmediate(resolve));
    expect(told.at(-1)?.contact).toEqual({ state: "open" });
    expect(browser.streams).toHaveLength(1);
  });

  test("believes no answer that may be older than what its stream has told meanwhile", async () => {
    for (const settle of ["answer", "fail"] as const) {
      const { browser, told, document, snapshot } = feedOf();
      browser.pass(17_000);
      snapshot();
      if (settle === "answer") browser.asked[0]?.answer({ ...document, name: "older" });
      else browser.asked[0]?.fail();
      await new Promise((resolve) => setImmediate(resolve));
      expect(told).toHaveLength(1);
      expect(told[0]?.contact.state).toBe("open");
      expect(browser.streams).toHaveLength(1);
    }
  });

  test("has lost the contact when that is not answered, and opens its stream anew", async () => {
    const { browser, told } = feedOf();
    browser.pass(25_000);
    await new Promise((resolve) => setImmediate(resolve));
    expect(told.at(-1)?.contact.state).toBe("lost");
    expect(browser.streams).toHaveLength(2);
  });

  test("ends with the run: nothing is opened or asked any more", () => {
    const { browser, told, run } = feedOf();
    browser.streams[0]?.event({ name: "end", data: { view: { ...viewOf(run), phase: "ended" } } });
    expect(told.at(-1)).toMatchObject({ contact: { state: "closed" }, link: { state: "over" } });
    browser.sleep(600_000);
    browser.pass(600_000);
    expect(browser.streams).toHaveLength(1);
    expect(browser.streams[0]?.isClosed).toBe(true);
    expect(browser.asked).toHaveLength(0);
  });

  test("of a run that is over opens nothing", () => {
    const browser = pretendedBrowser();
    const document: RunDocument = { ...runDocument(fakeRun(), true), link: { state: "over" } };
    const feed = new RunFeed(document, "/events", () => undefined, browser.around);
    expect(feed.run.contact.state).toBe("closed");
    expect(browser.streams).toHaveLength(0);
  });

  test("of a run that was over follows it when somebody comes back, and it goes on", async () => {
    const browser = pretendedBrowser();
    const live = runDocument(fakeRun(), true);
    const over: RunDocument = { ...live, link: { state: "over" } };
    const told: LiveRun[] = [];
    const feed = new RunFeed(over, "/events", (run) => told.push(run), browser.around);
    feed.see(true);
    browser.asked[0]?.answer(over);
    await Promise.resolve();
    await Promise.resolve();
    expect([told.length, browser.streams.length]).toEqual([0, 0]);
    feed.see(true);
    browser.asked[1]?.answer(live);
    await Promise.resolve();
    await Promise.resolve();
    expect([told.map(({ contact }) => contact.state), browser.streams.length]).toEqual([["open"], 1]);
    feed.close();
  });

  test("of a run that was over shows how the one has ended that was resumed meanwhile", async () => {
    const browser = pretendedBrowser();
    const live = runDocument(fakeRun(), true);
    const over: RunDocument = { ...live, link: { state: "over" } };
    const again: RunDocument = { ...over, view: { ...over.view, started: 7, ended: 9 } };
    const told: LiveRun[] = [];
    const feed = new RunFeed(over, "/events", (run) => told.push(run), browser.around);
    feed.see(true);
    browser.asked[0]?.answer(again);
    await new Promise((resolve) => setImmediate(resolve));
    expect([told.map(({ view, contact }) => [view.ended, contact.state]), browser.streams.length]).toEqual([
      [[9, "closed"]],
      0,
    ]);
    feed.close();
  });

  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  test("stops where its server does not let it in any more, and says why, until somebody comes back", async () => {
    for (const status of [401, 404]) {
      const { browser, told, feed, document } = feedOf();
      browser.streams[0]?.failed(true);
      const problem = new ProblemError({ status, code: "x", detail: "No more. Ask for another address." });
      browser.asked[0]?.fail(problem);
      await settled();
      expect(told.at(-1)?.contact).toEqual({ state: "refused", problem });
      browser.pass(600_000);
      expect([browser.streams.length, browser.asked.length]).toEqual([1, 1]);
      feed.see(true);
      browser.asked[1]?.answer(document);
      await settled();
      expect(told.at(-1)?.contact.state).toBe("open");
      expect(browser.streams).toHaveLength(2);
      feed.close();
    }
  });

  test("goes on trying where its server only fails", async () => {
    const { browser, told } = feedOf();
    browser.streams[0]?.failed(true);
    browser.asked[0]?.fail(new ProblemError({ status: 503, code: "x", detail: "Too much is going on." }));
    await settled();
    expect(told.at(-1)?.contact.state).toBe("lost");
    browser.pass(1000);
    expect(browser.streams).toHaveLength(2);
  });

  test("of a page that is not seen has no stream after a moment, asks now and then, and is up to date when it is seen", async () => {
    const { browser, told, feed, document, snapshot } = feedOf();
    feed.see(false);
    browser.pass(9000);
    feed.see(true);
    snapshot();
    browser.pass(9000);
    expect(browser.streams[0]?.isClosed).toBe(false);
    snapshot();
    feed.see(false);
    browser.pass(10_000);
    expect(browser.streams[0]?.isClosed).toBe(true);
    browser.pass(30_000);
    browser.asked[0]?.answer({ ...document, name: "further" });
    await settled();
    expect(told.at(-1)).toMatchObject({ name: "further", contact: { state: "open" } });
    expect(browser.streams).toHaveLength(1);
    feed.see(true);
    expect(browser.streams).toHaveLength(2);
    snapshot();
    const { length } = browser.asked;
    browser.pass(12_000);
    expect([browser.streams.length, browser.asked.length]).toEqual([2, length]);
  });

  test("of a page that is not seen stops with the run, and asks once when somebody comes back", async () => {
    const { browser, told, feed, document } = feedOf();
    feed.see(false);
    browser.pass(41_000);
    browser.asked[0]?.answer({ ...document, link: { state: "over" } });
    await settled();
    expect(told.at(-1)?.contact.state).toBe("closed");
    browser.pass(600_000);
    expect(browser.asked).toHaveLength(1);
    feed.see(true);
    expect([browser.streams.length, browser.asked.length]).toEqual([1, 2]);
  });

  test("opens its stream anew after the clock was set back: what was heard of the run is as late as nobody knows", () => {
    const { browser } = feedOf();
    browser.pass(4000);
    browser.setBack(3_600_000);
    browser.pass(2000);
    expect(browser.streams).toHaveLength(2);
  });

  test("hears nothing of a stream that it has closed", () => {
    const { browser, told, feed, run } = feedOf();
    feed.close();
    browser.streams[0]?.event({ name: "snapshot", data: { view: viewOf(run), link: run.link } });
    browser.streams[0]?.failed(true);
    browser.pass(60_000);
    expect(told).toEqual([]);
    expect(browser.streams).toHaveLength(1);
  });
});

describe("a live run", () => {
  const run = runFrom(runDocument(fakeRun(), true), 5000);

  test("has a clock that goes on with that of the browser, and stands still while it is lost", () => {
    expect(runNow(run, 7000)).toBe(run.view.now + 2);
    expect(runNow(afterLoss(run, 6000), 9000)).toBe(run.view.now);
    expect(runNow({ ...run, view: { ...run.view, ended: 42 } }, 9000)).toBe(42);
  });

  test("is stale while its server or its driver is not heard of", () => {
    expect(isStale(run)).toBe(false);
    expect(isStale(afterLoss(run, 6000))).toBe(true);
    const problem = new ProblemError({ status: 401, code: "x", detail: "" });
    expect(isStale({ ...run, contact: { state: "refused", problem } })).toBe(true);
    expect(isStale({ ...run, link: { state: "lost", since: 0, why: "", hasDied: false } })).toBe(true);
  });

  test("keeps each warning once, the newest last, and not too many", () => {
    let warned = run;
    for (let i = 0; i < 50; i++) warned = afterEvent(warned, { name: "warning", data: { text: `w${i % 30}` } }, 0);
    expect(warned.warnings).toHaveLength(20);
    expect(warned.warnings.at(-1)).toBe("w19");
    expect(new Set(warned.warnings).size).toBe(20);
  });

  test("takes over what it does now, and how it is reached", () => {
    const link = { state: "lost", since: 3, why: "x", hasDied: true } as const;
    const next = afterEvent(run, { name: "phase", data: { phase: "draining", reason: "stopped", link } }, 9000);
    expect(next).toMatchObject({ link, view: { phase: "draining", reason: "stopped" } });
  });
});
