import { constants } from "node:os";
import { beforeEach, expect, test, vi } from "vitest";
import { waitAndRetry } from "../../../../src/node/process/backoff.ts";

/** How long each wait was to be, in milliseconds. */
const waits = vi.hoisted((): number[] => []);
vi.mock("node:timers/promises", () => ({
  setTimeout: (ms: number): Promise<void> => {
    waits.push(ms);
    return Promise.resolve();
  },
}));
beforeEach(() => void waits.splice(0));

const { EAGAIN, EMFILE, ENFILE, ENOMEM, ENOENT, E2BIG, EACCES, ENOSPC } = constants.errno;

test.each([EAGAIN, EMFILE, ENFILE, ENOMEM])(
  "what may pass (errno %i) is tried again for a minute, after waits that double up to five seconds",
  async (errno) => {
    let tries = 0;
    while (await waitAndRetry(errno, tries)) tries++;
    expect(waits.slice(0, 9)).toEqual([20, 40, 80, 160, 320, 640, 1280, 2560, 5000]);
    expect(new Set(waits.slice(8))).toEqual(new Set([5000]));
    expect(waits.reduce((sum, ms) => sum + ms)).toBe(60_100);
  },
);

test.each([ENOENT, E2BIG, EACCES, ENOSPC, 200, 0])(
  "what will not pass (errno %i) is not tried again",
  async (errno) => {
    expect(await waitAndRetry(errno, 0)).toBe(false);
    expect(waits).toEqual([]);
  },
);
