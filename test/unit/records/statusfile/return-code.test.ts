import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Ending,
  exited,
  GIVEN_UP,
  STOPPED,
  hadProcess,
  isSuccess,
  signalled,
  outOfMemory,
  TIMED_OUT,
} from "../../../../src/domain/ending.ts";
import { shareText } from "../../../../src/domain/limits.ts";
import { endingOf, endingToldBy, returnCodeOf } from "../../../../src/records/statusfile/return-code.ts";

describe("an ending as a number", () => {
  test.each<[ending: Ending, returnCode: number]>([
    [exited(0), 0],
    [exited(255), 255],
    [signalled(9), -9],
    [{ type: "not-started", errno: 2 }, 2],
    [GIVEN_UP, -100],
    [STOPPED, -102],
  ])("%j is %i, and is read again with its process id", (ending, returnCode) => {
    expect(returnCodeOf(ending)).toBe(returnCode);
    expect(endingOf(returnCode, hadProcess(ending) ? 4711 : -1)).toEqual(ending);
  });

  test("what the engine has written behind the error output tells at which limit a task was ended", () => {
    const note = "Terminated\ndisbatch: ended: over its";
    expect(endingToldBy(124, 4711, `${note} time limit of 1 s`)).toEqual(TIMED_OUT);
    const share = shareText(641 * 2 ** 20, 300 * 2 ** 20);
    expect(endingToldBy(137, 4711, `${note} memory limit: ${share}`)).toEqual(
      outOfMemory(641 * 2 ** 20, 300 * 2 ** 20),
    );
    expect(endingToldBy(137, 4711, `${note} memory limit: much`)).toEqual(exited(137));
    expect(endingToldBy(124, 4711, `${note} time limit of 1 s\nno`)).toEqual(exited(124));
    expect(endingToldBy(3, 4711, `${note} time limit of 1 s`)).toEqual(exited(3));
  });

  test("a task that was ended at its limits looks like one that has exited with the number that others use for that", () => {
    expect(endingOf(returnCodeOf(TIMED_OUT), 4711)).toEqual(exited(124));
    expect(endingOf(returnCodeOf(outOfMemory(2, 1)), 4711)).toEqual(exited(137));
  });

  test("any other ending is read again as it was", () => {
    const ending: fc.Arbitrary<Ending> = fc.oneof(
      fc.integer({ min: 0, max: 255 }).map(exited),
      fc.integer({ min: 1, max: 64 }).map(signalled),
      fc.integer({ min: 1, max: 4095 }).map((errno) => ({ type: "not-started", errno }) as const),
      fc.constantFrom(GIVEN_UP, STOPPED),
    );
    fc.assert(
      fc.property(ending, (one) => {
        expect(endingOf(returnCodeOf(one), hadProcess(one) ? 1 : -1)).toEqual(one);
      }),
    );
  });

  test("whatever a file says, the same number is written again, and only 0 is success", () => {
    const number = fc.oneof(fc.integer(), fc.integer({ min: -110, max: 260 }));
    fc.assert(
      fc.property(number, fc.integer({ min: -2 }), (returnCode, pid) => {
        expect(returnCodeOf(endingOf(returnCode, pid))).toBe(returnCode);
        expect(isSuccess(endingOf(returnCode, pid))).toBe(returnCode === 0);
      }),
    );
  });
});
