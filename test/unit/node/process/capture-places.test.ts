import { fstatSync } from "node:fs";
import { constants } from "node:os";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { CapturePlaces } from "../../../../src/node/process/capture-places.ts";
import { CapturePool } from "../../../../src/node/process/capture-pool.ts";
import { CaptureFolder } from "../../../../src/node/process/capture.ts";
import { scratchFolder } from "./scratch.ts";

/** Milliseconds: room is not looked for more often than this. */
const LOOK = 20;

beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => void vi.useRealTimers());

/** A folder of which the test says what room it has. */
class ToldFolder extends CaptureFolder {
  has: "enough" | "short" | "none" = "enough";
  /** What opening a file there fails of. */
  errno = 0;
  opened = 0;

  constructor() {
    super(scratchFolder());
  }

  override room(): "enough" | "short" | "none" {
    return this.has;
  }

  override open(): ReturnType<CaptureFolder["open"]> {
    if (this.errno !== 0) throw Object.assign(new Error("no"), { errno: -this.errno });
    this.opened++;
    return super.open();
  }
}

function makePlaces() {
  const [first, second] = [new ToldFolder(), new ToldFolder()];
  const said: string[] = [];
  const places = new CapturePlaces([first, second], (message) => void said.push(message));
  return { first, second, said, places };
}

/** Opens a file and drops it again. @returns whether output is kept in it. */
function open(places: CapturePlaces): boolean {
  const capture = places.open();
  const isFile = fstatSync(capture.fd).isFile();
  capture.discard();
  return isFile;
}

describe("output is kept", () => {
  test("in the first folder while that has room, without a word", () => {
    const { first, second, said, places } = makePlaces();
    places.look();
    expect([open(places), first.opened, second.opened, said]).toEqual([true, 1, 0, []]);
  });

  test.each(["short", "none"] as const)("in the next one when the first has %s left, and there again later", (has) => {
    const { first, second, said, places } = makePlaces();
    first.has = has;
    places.look();
    expect([open(places), first.opened, second.opened]).toEqual([true, 0, 1]);
    first.has = "enough";
    places.look();
    expect(places.current).toBe(1);
    vi.advanceTimersByTime(LOOK);
    places.look();
    expect([open(places), first.opened]).toEqual([true, 1]);
    first.has = has;
    vi.advanceTimersByTime(LOOK);
    places.look();
    expect([open(places), second.opened]).toEqual([true, 2]);
    expect(said).toEqual([
      `what tasks print cannot be kept in ${first.path}: it has hardly any space, or cannot be used; it is kept in ${second.path}`,
    ]);
  });

  test("nowhere when no folder has room", () => {
    const { first, second, said, places } = makePlaces();
    [first.has, second.has] = ["none", "short"];
    places.look();
    expect([open(places), first.opened, second.opened]).toEqual([false, 0, 0]);
    expect(said).toEqual([
      `what tasks print cannot be kept in ${first.path}: it has hardly any space, or cannot be used; it is thrown away, uncounted`,
    ]);
  });
});

describe("where a file cannot be made", () => {
  const { ENOSPC, EACCES, EROFS, ENOENT, EDQUOT, EMFILE, ENFILE, ENOMEM } = constants.errno;

  test.each([ENOSPC, EACCES, EROFS, ENOENT, EDQUOT])("the next folder does (errno %i)", (errno) => {
    const { first, second, said, places } = makePlaces();
    first.errno = errno;
    expect([open(places), second.opened]).toEqual([true, 1]);
    expect(said).toHaveLength(1);
  });

  test.each([EMFILE, ENFILE, ENOMEM])("for want of what may soon be had again, that is said (errno %i)", (errno) => {
    const { first, second, said, places } = makePlaces();
    first.errno = errno;
    expect(() => places.open()).toThrow("no");
    expect([places.current, second.opened, said]).toEqual([0, 0, []]);
  });
});

describe("a task that has failed", () => {
  test("may have failed of a folder that is full, which is left at once", () => {
    const { first, second, places } = makePlaces();
    places.look();
    first.has = "none";
    expect(places.blamed(0)).toBe(
      `no space was left in ${first.path}, where what it printed was kept; it may have failed of that`,
    );
    expect([open(places), second.opened]).toEqual([true, 1]);
  });

  test.each(["enough", "short"] as const)("has not failed of a folder that has %s left", (has) => {
    const { first, places } = makePlaces();
    first.has = has;
    expect(places.blamed(0)).toBeUndefined();
  });

  test("has not failed of output that was thrown away", () => {
    const { places } = makePlaces();
    expect(places.blamed(2)).toBeUndefined();
  });
});

test("spare files of a folder that has no more room are not handed out", () => {
  const [first, second] = [new ToldFolder(), new ToldFolder()];
  const pool = new CapturePool(first, [second]);
  const pair = pool.open();
  // Nobody was born: the pair can serve once more.
  pool.started(pair, Number.NaN);
  pool.take(pair, 0);
  first.has = "none";
  vi.advanceTimersByTime(LOOK);
  const next = pool.open();
  onTestFinished(() => pool.discard(next));
  expect([next.place, second.opened]).toEqual([1, 2]);
});

describe("a folder", () => {
  test("that is there has room", () => {
    expect(new CaptureFolder(scratchFolder()).room()).toBe("enough");
  });

  test("that was never there has none", () => {
    expect(new CaptureFolder("/no/such/folder").room()).toBe("none");
  });
});
