import { describe, expect, test } from "vitest";
import { APART, Digest, EverySoMany, GATHERED, tooManyMails } from "../../../../src/faces/notices/mail-plan.ts";

const seen = (changes: { kinds?: number; finished?: number; done?: number; total?: number } = {}) => ({
  kinds: 0,
  finished: 0,
  done: changes.finished ?? 0,
  total: undefined,
  ...changes,
});

describe("a digest", () => {
  test("says nothing while nothing fails", () => {
    const digest = new Digest();
    expect([0, 100, 10_000].map((now) => digest.due(seen({ finished: now }), now))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test("tells of a first failure once, a moment later, with what has failed until then", () => {
    const digest = new Digest();
    expect(digest.due(seen({ kinds: 1 }), 100)).toBeUndefined();
    expect(digest.due(seen({ kinds: 3 }), 100 + GATHERED - 0.1)).toBeUndefined();
    expect(digest.due(seen({ kinds: 3 }), 100 + GATHERED)).toBe("first-failure");
    expect(digest.due(seen({ kinds: 3 }), 100 + GATHERED + APART)).toBeUndefined();
  });

  test("tells of new kinds, never sooner than ten minutes after its last mail, and of all of them at once", () => {
    const digest = new Digest();
    digest.due(seen({ kinds: 1 }), 0);
    expect(digest.due(seen({ kinds: 1 }), GATHERED)).toBe("first-failure");
    const times: number[] = [];
    for (let now = GATHERED; now < GATHERED + 2.5 * APART; now++) {
      // A new kind every second.
      if (digest.due(seen({ kinds: 2 + now }), now) === "new-kinds") times.push(now - GATHERED);
    }
    expect(times).toEqual([APART, 2 * APART]);
  });

  test("does not tell again what an earlier driver of the run has known", () => {
    const digest = new Digest(2);
    expect(digest.due(seen({ kinds: 2 }), 100)).toBeUndefined();
    expect(digest.due(seen({ kinds: 3 }), 100)).toBeUndefined();
    expect(digest.due(seen({ kinds: 3 }), 100 + GATHERED)).toBe("new-kinds");
  });
});

describe("a mail for every so many tasks", () => {
  test("comes with each of them, and not with the last task, which ends the run", () => {
    const plan = new EverySoMany(3);
    const mails = Array.from({ length: 9 }, (_, i) => plan.due(seen({ finished: i + 1, total: 9 })));
    expect(mails.flatMap((occasion, i) => (occasion === undefined ? [] : [i + 1]))).toEqual([3, 6]);
  });

  test("is one when many tasks end at once", () => {
    const plan = new EverySoMany(2);
    expect([9, 9, 10].map((finished) => plan.due(seen({ finished })))).toEqual(["progress", undefined, "progress"]);
  });

  test("counts on from where a run is taken up", () => {
    const plan = new EverySoMany(10, 25);
    expect([26, 29, 30].map((finished) => plan.due(seen({ finished })))).toEqual([undefined, undefined, "progress"]);
  });
});

test.each([
  [1, 5000, "--mailFreq 1 sends 5000 mails for 5000 tasks; "],
  [10, 5000, "--mailFreq 10 sends 500 mails"],
])("%i is doubtful for %i tasks", (tasks, total, words) => {
  expect(tooManyMails(tasks, total)).toContain(words);
});

test.each([
  [1, 100],
  [50, 5000],
  [1, undefined],
])("%i is all right for %j tasks", (tasks, total) => {
  expect(tooManyMails(tasks, total)).toBeUndefined();
});
