import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hostNames, parseHostPattern } from "../../../../src/places/hosts/host-pattern.ts";

function namesOf(text: string): string[] {
  const pattern = parseHostPattern(text);
  if ("mistake" in pattern) throw new Error(pattern.mistake);
  return [...hostNames(pattern)];
}

describe("a host is written", () => {
  test.each([
    ["node", undefined, ["node"]],
    ["a.b-c_d.org", undefined, ["a.b-c_d.org"]],
    ["jo@node", "jo", ["node"]],
    ["jo@realm.org@node", "jo@realm.org", ["node"]],
    ["büro", undefined, ["büro"]],
    ["[fe80::1%eth0]", undefined, ["fe80::1%eth0"]],
    ["jo@[2001:db8::7]", "jo", ["2001:db8::7"]],
    ["node[3]", undefined, ["node3"]],
    ["node[08-11]", undefined, ["node08", "node09", "node10", "node11"]],
    ["node[8-11]", undefined, ["node8", "node9", "node10", "node11"]],
    ["node[1,3-4,1]", undefined, ["node1", "node3", "node4", "node1"]],
    ["node[099-100].org", undefined, ["node099.org", "node100.org"]],
    ["[1-2]a", undefined, ["1a", "2a"]],
    ["r[1-2]n[01-02]", undefined, ["r1n01", "r1n02", "r2n01", "r2n02"]],
  ])("as %s", (text, user, names) => {
    expect(namesOf(text)).toEqual(names);
    const pattern = parseHostPattern(text);
    expect("user" in pattern ? pattern.user : undefined).toBe(user);
  });
});

describe("ranges", () => {
  /** What a shell of the old days would do: from left to right, one bracket at a time. */
  function expandNaively(text: string): string[] {
    const [whole, before = "", numbers = "", after = ""] = /^([^[]*)\[([^\]]*)\](.*)$/.exec(text) ?? [];
    if (whole === undefined) return [text];
    return numbers.split(",").flatMap((item) => {
      const [from = "", to = from] = item.split("-");
      const names: string[] = [];
      for (let n = Number(from); n <= Number(to); n++) {
        let digits = String(n);
        while (from.startsWith("0") && digits.length < from.length) digits = `0${digits}`;
        names.push(...expandNaively(`${before}${digits}${after}`));
      }
      return names;
    });
  }

  const item = fc.tuple(fc.nat(120), fc.nat(5), fc.nat(4)).map(([from, more, width]) => {
    const first = String(from).padStart(width, "0");
    return more === 0 ? first : `${first}-${from + more}`;
  });
  const bracket = fc.array(item, { minLength: 1, maxLength: 3 }).map((items) => `[${items.join(",")}]`);
  const text = fc.stringMatching(/^[a-z][a-z0-9.-]{0,4}$/);
  const pattern = fc
    .tuple(text, fc.array(fc.tuple(bracket, fc.oneof(fc.constant(""), text)), { maxLength: 3 }))
    .map(([first, others]) => first + others.flat().join(""));

  test("stand for the same hosts as bracket by bracket", () => {
    fc.assert(
      fc.property(pattern, (host) => {
        expect(namesOf(host)).toEqual(expandNaively(host));
      }),
    );
  });

  test("may be many, also where they are longer to write than a name can be", () => {
    const numbers = Array.from({ length: 200 }, (_, i) => 1000 + 2 * i);
    expect(namesOf(`n[${numbers.join(",")}]`)).toEqual(numbers.map((n) => `n${n}`));
  });

  test("of any size are understood without being written out", () => {
    const endless = parseHostPattern("n[0-999999999][0-999999999]");
    if ("mistake" in endless) throw new Error(endless.mistake);
    expect(hostNames(endless).next()).toEqual({ done: false, value: "n00" });
  });
});

describe("what is no host is refused with its place", () => {
  test.each([
    ["", 0, "missing"],
    ["jo@", 3, "missing"],
    ["@node", 0, "user is missing"],
    ["-oProxyCommand=x", 0, 'begins with "-"'],
    ["jo@-x", 3, 'begins with "-"'],
    ["-l@x", 0, 'begins with "-"'],
    [".org", 0, 'begins with "."'],
    ["no de", 2, "a blank"],
    ["no\u001bde", 2, "an invisible character"],
    ["no'de", 2, "the character '"],
    ["a$(x)", 1, "the character $"],
    ["jo;x@node", 2, "the character ;"],
    ["a/b", 1, "the character /"],
    ["node:22", 4, "ports in the ssh configuration"],
    ["fe80::1", 4, "in brackets"],
    ["[fe80::1", 0, "no IPv6 address"],
    ["[fe80::x]", 0, "no IPv6 address"],
    ["jo@[::1%e h]", 3, "no IPv6 address"],
    ["n[1", 1, "do not match"],
    ["n1]", 2, "do not match"],
    ["n[[1]]", 1, "do not match"],
    ["n[]", 1, "write numbers"],
    ["n[1,]", 1, "write numbers"],
    ["n[5-3]", 1, "write numbers"],
    ["n[a-c]", 1, "write numbers"],
    ["n[1-2-3]", 1, "write numbers"],
    ["n[1]$[2]", 4, "the character $"],
  ])("%j", (text, at, words) => {
    expect(parseHostPattern(text)).toEqual({ at, mistake: expect.stringContaining(words) });
  });

  test.each(["x".repeat(254), `${"x".repeat(251)}[9-100]`, `${"x".repeat(251)}[001]`])(
    "when it is longer than names can be: %s",
    (text) => {
      expect(parseHostPattern(text)).toEqual({ at: 0, mistake: expect.stringContaining("253") });
    },
  );

  test("whatever it is, and never with a host that is dangerous in a command", () => {
    const unit = fc.oneof(
      fc.constantFrom(...Array.from("ab1[]-,:@.%'\"$ \\\n")),
      fc.string({ unit: "binary", maxLength: 1 }),
    );
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 12 }), (text) => {
        const pattern = parseHostPattern(text);
        const isMistake = "mistake" in pattern;
        expect(isMistake ? pattern.at : 0).toBeLessThanOrEqual(text.length);
        const host = isMistake ? "user@host" : `${pattern.user ?? "user"}@${String(hostNames(pattern).next().value)}`;
        expect(host).toMatch(/^[^-][^\s'"$;&|<>`\\()]*@[^-][^\s'"$;&|<>`\\()]*$/);
      }),
    );
  });
});
