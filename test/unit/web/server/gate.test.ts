import * as fc from "fast-check";
import { expect, test } from "vitest";
import { judge, type Keys } from "../../../../src/web/server/gate.ts";

const keys: Keys = {
  isToken: (text) => text === "token",
  isSession: (text) => text === "session",
  takeTicket: (text) => text === "ticket",
  cookie: "disbatch_1",
};

const headers = fc.record(
  {
    authorization: fc.constantFrom("Bearer token", "Bearer no", "Basic token", ""),
    cookie: fc.constantFrom("disbatch_1=session", "disbatch_1=no", "a=b"),
    origin: fc.constantFrom("http://localhost:1", "http://evil.example", "null"),
    "content-type": fc.constantFrom("application/json", "text/plain", "application/x-www-form-urlencoded"),
    "sec-fetch-site": fc.constantFrom("same-origin", "same-site", "cross-site", "none"),
    "sec-fetch-mode": fc.constantFrom("navigate", "cors"),
  },
  { requiredKeys: [] },
);

const requests = fc.record({
  method: fc.constantFrom("GET", "HEAD", "POST", "PUT", "OPTIONS", "GET "),
  target: fc.constantFrom(
    "/",
    "/?ticket=ticket",
    "/?ticket=no",
    "/page.js",
    "/api/v1/runs",
    "/api/v1/tickets",
    "/nowhere",
    "/..",
    "*",
  ),
  hosts: fc.constantFrom(["localhost:1"], ["evil.example"], [], ["localhost:1", "localhost:1"]),
  told: headers,
  control: fc.boolean(),
});

type Told = Readonly<Record<string, string | undefined>>;

/** What the rules say of a request that is served, in their own words. */
function mayBeServed(method: string, place: string, hosts: readonly string[], told: Told, control: boolean): boolean {
  const byToken = told["authorization"] === "Bearer token";
  const byCookie = told["authorization"] === undefined && told["cookie"] === "disbatch_1=session";
  const isFromElsewhere = ["cross-site", "same-site"].includes(told["sec-fetch-site"] ?? "");
  const isOurs = told["origin"] === "http://localhost:1" || (told["origin"] === undefined && byToken);
  const mayPost =
    isOurs &&
    told["content-type"] === "application/json" &&
    ["same-origin", undefined].includes(told["sec-fetch-site"]) &&
    (place === "tickets" ? byToken : place === "api" && control);
  return (
    hosts.join() === "localhost:1" &&
    (byToken || byCookie) &&
    (place === "page" || !isFromElsewhere) &&
    (method === "POST" ? mayPost : ["GET", "HEAD"].includes(method) && place !== "tickets")
  );
}

test("whatever is asked, nobody is served who is not let in, by another name, or from another site", () => {
  const counts = { serve: 0, enter: 0, refused: 0 };
  fc.assert(
    fc.property(requests, ({ method, target, hosts, told, control }) => {
      const header = (name: string): string | undefined => new Map(Object.entries(told)).get(name);
      const verdict = judge({ method, target, hosts, header }, keys, {
        control,
        hasFile: (name) => name === "page.js",
      });
      counts[verdict.kind]++;
      const place = verdict.kind === "serve" ? verdict.place.kind : "";
      expect(verdict.kind !== "serve" || mayBeServed(method, place, hosts, told, control)).toBe(true);
      expect(verdict.kind !== "enter" || (hosts.join() === "localhost:1" && target.includes("?ticket="))).toBe(true);
    }),
    { numRuns: 20_000 },
  );
  for (const count of Object.values(counts)) expect(count).toBeGreaterThan(50);
});
