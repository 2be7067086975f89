import { expect, test } from "vitest";
import { PictureCache } from "../../../../src/records/pictures/picture-cache.ts";

test("ten who ask the same at once cost one answer, until the run has changed", async () => {
  const cache = new PictureCache();
  let made = 0;
  const ask = (revision: number): Promise<number> =>
    cache.get({ revision }, ["series", { from: 1 }], async () => Promise.resolve(++made));
  expect(await Promise.all(Array.from({ length: 10 }, () => ask(1)))).toEqual(Array(10).fill(1));
  expect(await ask(2)).toBe(2);
});

test("answers are told apart, and the ones that were asked for last are kept", async () => {
  const cache = new PictureCache();
  const ask = (n: number): Promise<number> => cache.get({ revision: 1 }, ["series", n], async () => Promise.resolve(n));
  for (let n = 0; n < 1000; n++) expect(await ask(n % 80)).toBe(n % 80);
  expect(cache.size).toBe(16);
});

test("what has failed is made again", async () => {
  const cache = new PictureCache();
  await expect(cache.get({ revision: 1 }, [], () => Promise.reject(new Error("torn")))).rejects.toThrow("torn");
  expect(await cache.get({ revision: 1 }, [], () => Promise.resolve("whole"))).toBe("whole");
});

test("what shows the run up to now is made anew in the next second, in the place of the old one, and all else is kept", async () => {
  const cache = new PictureCache();
  let made = 0;
  const ask = (second?: number): Promise<number> =>
    cache.get({ revision: 1, second }, [second === undefined ? "histograms" : "series"], () => Promise.resolve(++made));
  expect([await ask(), await ask(10), await ask(10), await ask(11), await ask()]).toEqual([1, 2, 2, 3, 1]);
  expect(cache.size).toBe(2);
});
