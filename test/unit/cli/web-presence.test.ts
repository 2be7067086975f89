import { expect, test, vi } from "vitest";
import { Presence } from "../../../src/cli/web-presence.ts";

test("work in the background goes on when answers have been made, or take long", async () => {
  vi.useFakeTimers();
  try {
    const presence = new Presence(() => performance.now());
    const asked = new Request("http://localhost/");
    const went: string[] = [];
    const work = async (name: string): Promise<void> => {
      await presence.giveWay();
      went.push(name);
    };
    await work("calm");
    let resolve: (response: Response) => void = () => undefined;
    const first = presence.answer(asked, () => new Promise((made) => (resolve = made)));
    const failing = presence.answer(asked, () => Promise.reject(new Error("no")));
    const later = work("after the answer");
    await expect(failing).rejects.toThrow("no");
    await vi.advanceTimersByTimeAsync(200);
    expect(went).toEqual(["calm"]);
    resolve(new Response("x"));
    await Promise.all([first, later]);
    expect(went).toEqual(["calm", "after the answer"]);

    void presence.answer(asked, () => new Promise(() => undefined));
    const beside = work("beside an answer that takes long");
    await vi.advanceTimersByTimeAsync(300);
    await beside;
    // Nobody waits for it once more.
    await work("at once");
    expect(went.slice(2)).toEqual(["beside an answer that takes long", "at once"]);
  } finally {
    vi.useRealTimers();
  }
});

test("readers of events are counted, and it is known when the last one went", () => {
  let now = 5;
  const presence = new Presence(() => now);
  presence.came();
  presence.came();
  expect([presence.readers, presence.lastReader]).toEqual([2, undefined]);
  now = 7;
  presence.went();
  now = 9;
  presence.went();
  expect([presence.readers, presence.lastReader]).toEqual([0, 9]);
});

test("it is known when a page has asked, as browsers tell and programs do not", async () => {
  let now = 5;
  const presence = new Presence(() => now);
  const answer = (): Response => new Response("x");
  await presence.answer(new Request("http://localhost/"), answer);
  expect([presence.lastPage, presence.lastAsked]).toEqual([undefined, 5]);
  now = 7;
  await presence.answer(new Request("http://localhost/", { headers: { "sec-fetch-site": "same-origin" } }), answer);
  expect([presence.lastPage, presence.lastAsked]).toEqual([7, 7]);
});
