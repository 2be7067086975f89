import * as fc from "fast-check";
import { expect, test } from "vitest";
import { cookieFor, cookieName, cookiesNamed } from "../../../../src/web/server/cookies.ts";
import { newSecret } from "../../../../src/web/server/secrets.ts";

const words = fc.stringMatching(/^[A-Za-z0-9_-]{1,12}$/);

test("a cookie is found among all others that a browser sends", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(words, words), { maxLength: 6 }), fc.nat(6), words, (others, at, value) => {
      const name = cookieName(8080);
      const pairs = others.map(([key, other]) => `${key}=${other}`);
      pairs.splice(at, 0, `${name}=${value}`);
      expect(cookiesNamed(name, pairs.join("; "))).toContain(value);
    }),
  );
});

test("whatever a header holds, there are few values, none with a semicolon, and none of another name", () => {
  fc.assert(
    fc.property(fc.string(), (header) => {
      const values = cookiesNamed("disbatch_1", header);
      expect(values.length).toBeLessThanOrEqual(8);
      for (const value of values) expect(value).not.toContain(";");
      expect(header.includes("disbatch_1") || values.length === 0).toBe(true);
    }),
  );
});

test("servers have cookies of their own", () => {
  expect(cookieName(1)).not.toBe(cookieName(11));
  expect(cookieName("/tmp/a")).not.toBe(cookieName("/tmp/b"));
  expect(cookieFor("n", "s")).toBe("n=s; Path=/; HttpOnly; SameSite=Strict");
});

test("a secret has 256 bits, and no two are the same", () => {
  const secrets = Array.from({ length: 100 }, newSecret);
  for (const secret of secrets) expect(secret).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect(new Set(secrets).size).toBe(100);
});
