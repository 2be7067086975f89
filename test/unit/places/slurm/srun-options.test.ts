import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseSrunOptions } from "../../../../src/places/slurm/srun-options.ts";
import { mistakeOf, refusalOf } from "./support.ts";

const parse = (text: string): Record<string, string> => parseSrunOptions(Buffer.from(text), "options");

describe("a file of options for srun", () => {
  test("has a variable on each line, with everything behind the = as its value", () => {
    const text = '# for our MPI\n\nSLURM_MPI_TYPE=pmix\r\nA= b=c \n  \n_x1="q"\nSLURM_MPI_TYPE=pmi2\nE=\nbü=1'.replace(
      "bü",
      "Z",
    );
    expect(parse(text)).toEqual({ SLURM_MPI_TYPE: "pmi2", A: " b=c ", _x1: '"q"', E: "", Z: "1" });
  });

  test("may be empty, and then there are no options", () => {
    expect(parse("")).toEqual({});
  });

  test("may name a variable as it likes", () => {
    expect(Object.entries(parse("__proto__=x\nconstructor=y"))).toEqual([
      ["__proto__", "x"],
      ["constructor", "y"],
    ]);
  });

  test("is refused with the place of everything that is wrong", () => {
    const lines = ["A=1", "--cpu-bind=none", "export B=2", " C=3", "1D=4", "=5", "E", "F=ü\0", "G=\xff", "H =1", "I=1"];
    const bytes = Buffer.concat(
      lines.map((line) => Buffer.from(`${line}\n`, line.startsWith("G") ? "latin1" : "utf8")),
    );
    const { code, exitCode, diagnostics, message } = refusalOf(() => parseSrunOptions(bytes, "options"));
    expect({ code, exitCode }).toEqual({ code: "bad-srun-options", exitCode: 2 });
    expect(message).toContain("options: ");
    expect(diagnostics.map(({ place }) => `${place.file}:${place.line}:${place.column}`)).toEqual([
      ...["options:2:1", "options:3:1", "options:4:1", "options:5:1", "options:6:1", "options:7:1"],
      ...["options:8:5", "options:9:3", "options:10:1"],
    ]);
    for (const { hint } of diagnostics) expect(hint).toContain("NAME=value");
  });

  test("that is none is refused, without a list as long as itself", () => {
    expect(refusalOf(() => parse("what\n".repeat(5000))).diagnostics).toHaveLength(100);
  });

  test("gives names that an environment can have, or is refused, whatever it holds", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        let options = {};
        const mistake = mistakeOf(() => (options = parseSrunOptions(bytes, "options")));
        expect(mistake?.code ?? "bad-srun-options").toBe("bad-srun-options");
        for (const [name, value] of Object.entries(options)) {
          expect(name).toMatch(/^[A-Za-z_][A-Za-z0-9_]*$/);
          expect(value).not.toMatch(/[\0\n]/);
        }
      }),
    );
  });
});
