import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { go } from "../../../../src/page/state/location.ts";

describe("a page that somebody goes to", () => {
  const did: string[] = [];
  beforeEach(() => {
    did.length = 0;
    const place = { pathname: "/runs/a/engines", search: "?q=x" };
    const move = (_state: unknown, _title: string, target: string): void => {
      const [pathname = "", search = ""] = target.split("?");
      Object.assign(place, { pathname, search: search === "" ? "" : `?${search}` });
    };
    vi.stubGlobal("location", place);
    vi.stubGlobal("history", { pushState: move, replaceState: move });
    vi.stubGlobal("dispatchEvent", () => true);
    vi.stubGlobal("scrollTo", (x: number, y: number) => did.push(`scroll to ${x} ${y}`));
    vi.stubGlobal("document", { querySelector: (what: string) => ({ focus: () => did.push(`focus ${what}`) }) });
  });
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  test("is seen from its top, and has the keys", () => {
    go("/runs/a/tasks", { engine: 3 });
    expect(did).toEqual(["scroll to 0 0", "focus #main"]);
  });

  test("stays where it is when only what it shows changes, or somebody is led on", () => {
    go("/runs/a/engines", { q: "xy" });
    go("/runs/a/tasks", {}, { replace: true });
    expect(did).toEqual([]);
  });
});
