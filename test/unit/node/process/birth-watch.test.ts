import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { BirthWatch } from "../../../../src/node/process/birth-watch.ts";

/** Others on this machine start processes too: the quiet moment that is needed comes after some tries. */
function eventually(attempt: () => boolean): boolean {
  for (let i = 0; i < 2000; i++) if (attempt()) return true;
  return false;
}

describe("a watch over births", () => {
  test("sees a process that was started elsewhere, though it has ended", () => {
    const watch = new BirthWatch();
    const before = watch.look();
    spawnSync("/bin/true");
    expect(watch.look()).toBeGreaterThan(before);
  });

  test("sees it, too, when a process started here comes after it", () => {
    const watch = new BirthWatch();
    const before = watch.look();
    spawnSync("/bin/true");
    const { pid } = spawnSync("/bin/true");
    expect(watch.started(pid)).toBeGreaterThan(before);
  });

  test("sees nobody when nobody is born", () => {
    const watch = new BirthWatch();
    expect(eventually(() => watch.look() === watch.look())).toBe(true);
  });

  test("takes no notice of what is started here", () => {
    const watch = new BirthWatch();
    const quiet = (): boolean => {
      const before = watch.look();
      const { pid } = spawnSync("/bin/true");
      return watch.started(pid) === before && watch.look() === before;
    };
    expect(eventually(quiet)).toBe(true);
  });
});
