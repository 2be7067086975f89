import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { UserError } from "../../../../src/domain/errors.ts";
import { hostNames } from "../../../../src/places/hosts/host-pattern.ts";
import { parseHostfile } from "../../../../src/places/hosts/hostfile.ts";
import { type ListedHosts, parseNodeList } from "../../../../src/places/hosts/node-list.ts";

/** `[user@]host` and count of each. */
const written = (listed: readonly ListedHosts[]): string[] =>
  listed.flatMap(({ hosts, count }) =>
    [...hostNames(hosts)].map((name) => `${hosts.user === undefined ? "" : `${hosts.user}@`}${name} ${count}`),
  );

/** The error of the user that this throws; undefined when it throws none. */
function mistakeOf(work: () => unknown): UserError | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

function refusalOf(work: () => unknown): UserError {
  const mistake = mistakeOf(work);
  if (mistake === undefined) throw new Error("it was taken");
  return mistake;
}

describe("a list", () => {
  test.each([
    ["a:1,b:2", ["a 1", "b 2"]],
    [" a:1 ,, b:2, ", ["a 1", "b 2"]],
    ["n[1,3-4]:2,jo@b:1", ["n1 2", "n3 2", "n4 2", "jo@b 1"]],
    ["[fe80::1%eth0]:4,jo@[::1]:2", ["fe80::1%eth0 4", "jo@::1 2"]],
    ["a:007", ["a 7"]],
    ["a:1,a:2", ["a 1", "a 2"]],
    ["", []],
  ])("%j is taken apart at the commas that stand in no brackets", (list, hosts) => {
    expect(written(parseNodeList(list, "-s"))).toEqual(hosts);
  });

  test.each(["a", "a:", "a:0", "a:-1", "a:x", "a: 1", "a:1e2", "n[1,2]", "[::1]", "a:9999999999", "a:5:6", ":5"])(
    "is refused for %j, which is named with what to write",
    (entry) => {
      const { code, exitCode, message } = refusalOf(() => parseNodeList(`b:1,${entry}`, "-s"));
      expect({ code, exitCode }).toEqual({ code: "bad-node-list", exitCode: 2 });
      expect(message).toContain(`-s ${entry}: `);
      expect(message).toContain("HOST:COUNT");
    },
  );

  test("is refused in one short line, whatever it holds", () => {
    const unit = fc.oneof(
      fc.constantFrom(...Array.from("a1[],:@\n\u001b")),
      fc.string({ unit: "binary", maxLength: 1 }),
    );
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 300 }), (list) => {
        const mistake = mistakeOf(() => parseNodeList(list, "-s"));
        expect(mistake?.message ?? "").toMatch(/^[^\p{Cc}]{0,400}$/u);
      }),
    );
  });
});

describe("a host file", () => {
  const parse = (text: string): string[] => written(parseHostfile(Buffer.from(text), "hosts"));

  test("holds a host on each line, with its cores in any of the usual ways", () => {
    expect(parse("# cluster\n\na\n  b:4  # fast\r\nc slots=8\nd slots=2 max_slots=4\njo@e[1-2]:3\n[::1]:2")).toEqual([
      ...["a 1", "b 4", "c 8", "d 2", "jo@e1 3", "jo@e2 3", "::1 2"],
    ]);
  });

  test("may repeat a host for each core", () => {
    expect(parse("a\na\nb\n")).toEqual(["a 1", "a 1", "b 1"]);
  });

  test("is refused with the place of everything that is wrong", () => {
    const text = "ok\n  a'b\nc:x\nd slots=0\ne:1 slots=2\nf cpu=3\nbü\u00adro:1\nok:2\n";
    const { code, exitCode, diagnostics } = refusalOf(() => parse(text));
    expect({ code, exitCode }).toEqual({ code: "bad-hostfile", exitCode: 2 });
    expect(diagnostics.map(({ place }) => `${place.file}:${place.line}:${place.column}`)).toEqual([
      ...["hosts:2:4", "hosts:3:3", "hosts:4:9", "hosts:5:11", "hosts:6:3", "hosts:7:4"],
    ]);
  });

  test.each(["", "\n\n", "# nothing\n"])("that names no host is refused: %j", (text) => {
    expect(refusalOf(() => parse(text))).toMatchObject({ code: "bad-hostfile", exitCode: 2 });
  });

  test("that is none is refused, without a list as long as itself", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const mistake = mistakeOf(() => parseHostfile(bytes, "hosts"));
        expect(mistake?.code ?? "bad-hostfile").toBe("bad-hostfile");
      }),
    );
    expect(refusalOf(() => parse("a b\n".repeat(5000))).diagnostics).toHaveLength(100);
  });
});
