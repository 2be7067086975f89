import * as fc from "fast-check";
import { expect, test } from "vitest";
import { parseTarget, placeOf, ticketIn } from "../../../../src/web/server/targets.ts";

const pieces = fc.constantFrom(
  "/",
  ".",
  "..",
  "%2e",
  "%2F",
  "%5c",
  "%00",
  "\\",
  "?",
  "#",
  "a",
  "runs",
  "%c3%a4",
  "%",
  " ",
  "ä",
  "\n",
  "//",
);
const targets = fc.oneof(
  fc.array(pieces, { maxLength: 12 }).map((some) => `/${some.join("")}`),
  fc.string(),
);

test("a path that is taken is the same for whoever else reads it", () => {
  let taken = 0;
  fc.assert(
    fc.property(targets, (text) => {
      const target = parseTarget(text);
      if (target === undefined) return;
      taken++;
      const url = new URL(`http://localhost${text}`);
      expect(url.host).toBe("localhost");
      expect(url.pathname).toBe(target.path);
      const segments = target.path.split("/").map((segment) => decodeURIComponent(segment));
      for (const segment of segments) expect(segment).not.toMatch(/^\.\.?$|[/\\\p{Cc}]/u);
    }),
    { numRuns: 2000 },
  );
  expect(taken).toBeGreaterThan(50);
});

test("plain paths are taken with their queries", () => {
  fc.assert(
    fc.property(
      fc.array(fc.stringMatching(/^[A-Za-z0-9_-]{1,9}$/), { maxLength: 5 }),
      fc.stringMatching(/^[a-z=&%+.]*$/),
      (words, query) => {
        const path = `/${words.join("/")}`;
        expect(parseTarget(path)).toEqual({ path, query: "" });
        expect(parseTarget(`${path}?${query}`)).toEqual({ path, query });
      },
    ),
  );
});

test("a very long path is looked at in no time", () => {
  const before = process.cpuUsage();
  for (const text of ["/a".repeat(50_000), `${"/".repeat(50_000)}%`, `/${"%2".repeat(50_000)}`]) parseTarget(text);
  // The time of the processor, which nobody else takes.
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1000).toBeLessThan(1000);
});

test("what a path leads to is a page, a file of the page, the API, or nothing", () => {
  const kind = (path: string): string => placeOf(path, (name) => ["page.js", "index.html"].includes(name)).kind;
  expect(["/", "/runs", "/runs/a.b"].map(kind)).toEqual(["page", "page", "page"]);
  expect(["/page.js", "/page.css", "/index.html", "/runsx", "/api"].map(kind)).toEqual([
    "file",
    ...Array<string>(4).fill("nowhere"),
  ]);
  expect(["/api/v1/runs", "/metrics", "/healthz", "/openapi.json"].map(kind)).toEqual(Array(4).fill("api"));
  expect(kind("/api/v1/tickets")).toBe("tickets");
});

test("a ticket is found in a query, and the rest of it stays as it is", () => {
  expect(ticketIn("a=1&ticket=x&b=%20")).toEqual({ ticket: "x", rest: "a=1&b=%20" });
  expect(ticketIn("ticket=x&ticket=y")).toEqual({ ticket: "x", rest: "" });
  expect(ticketIn("xticket=x")).toBeUndefined();
});
