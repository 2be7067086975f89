import { spawnSync } from "node:child_process";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PATH_PARTS } from "../../../src/tasks/templates/path-parts.ts";
import { argumentsIn } from "../../unit/tasks/templates/arguments-in.ts";
import { commandsOf } from "../../unit/tasks/templates/list-of.ts";

describe("GNU parallel", () => {
  const places = ["", "1", "2"].flatMap((name) => ["", ...PATH_PARTS].map((part) => `{${name}${part}}`));
  const word = fc
    .array(fc.constantFrom("a", "b", ".", "/", " ", "'", '"', "$", "\\", "#", "é", "-", "~", "\t"), { maxLength: 7 })
    .map((parts) => parts.join(""));
  const words = fc.array(word, { minLength: 1, maxLength: 4 });
  const template = fc.array(fc.constantFrom(...places, "{#}"), { maxLength: 4 });
  const cases = fc.sample(fc.record({ first: words, second: words, isLinked: fc.boolean(), pieces: template }), {
    numRuns: 30,
    seed: 3,
  });

  test.each(cases)("makes the same of $pieces of $first and $second", ({ first, second, isLinked, pieces }) => {
    const command = [String.raw`printf '%s\0'`, ...pieces].join(" ");
    const sources = [":::", ...first, isLinked ? ":::+" : ":::", ...second];
    const { stdout, error } = spawnSync("parallel", ["--dry-run", "--keep-order", command, ...sources], {
      encoding: "utf8",
    });
    expect(error).toBeUndefined();
    expect(argumentsIn(commandsOf([command, ...sources]))).toEqual(argumentsIn(stdout.split("\n").slice(0, -1)));
  });
});
