import { describe, expect, test } from "vitest";
import { formatDiagnostic } from "../../../../src/domain/errors.ts";
import { userErrorOf } from "../../../support/user-error.ts";
import { commandsOf, listOf } from "./list-of.ts";

/** What is wrong with it: the code, and the places with their messages. */
function mistakes(words: readonly string[], beside?: Parameters<typeof listOf>[1]): string[] {
  const { code, message, diagnostics } = userErrorOf(() => listOf(words, beside));
  return [code, ...(diagnostics.length === 0 ? [message] : diagnostics.map(formatDiagnostic))];
}

describe("values are combined", () => {
  test("all with all, the last changing fastest", () => {
    expect(commandsOf(["sim {a} {b}", "a=1..2", "b=x,y"])).toEqual(["sim 1 x", "sim 1 y", "sim 2 x", "sim 2 y"]);
  });

  test("in pairs with --zip", () => {
    expect(commandsOf(["sim {a} {b}", "a=1..2", "b=x,y"], { zip: true })).toEqual(["sim 1 x", "sim 2 y"]);
  });

  test("by rows of a CSV file, and those with other values", () => {
    const files = { "t.csv": "name,size\nx,1\ny,2\n" };
    expect(commandsOf(["sim {name}{size} {n}", "n=7,8"], { csv: ["t.csv"], files })).toEqual([
      "sim x1 7",
      "sim x1 8",
      "sim y2 7",
      "sim y2 8",
    ]);
  });

  test("with lines of files, by names and as GNU parallel does", () => {
    const files = { f: "p\nq\n", g: "r\n" };
    expect(commandsOf(["sim {x} {2} {1}", "x=@f", "::::", "f", "g"], { files })).toEqual([
      "sim p r p",
      "sim p r q",
      "sim q r p",
      "sim q r q",
    ]);
  });

  test("with values that look like options behind :::", () => {
    expect(commandsOf(["sim {}", ":::", "-1", "--help", "--"])).toEqual(["sim -1", "sim --help"]);
  });
});

describe("a template", () => {
  test("leaves ${...} and the process's number to the shell, and has braces for it", () => {
    expect(commandsOf(["${HOME}/{x} ${A:-{x}} {{x}} {{{x}}} $${x} ${#A[@]}", "x=1"])).toEqual([
      "${HOME}/1 ${A:-{x}} {x} {1} $$1 ${#A[@]}",
    ]);
  });

  test("has the number of the task, and its slot from 1", () => {
    expect(commandsOf(["cp {x} {#}.{%}", "x=a,b"])).toEqual([
      "cp a 1.$((DISBATCH_CYLINDER_RANK+1))",
      "cp b 2.$((DISBATCH_CYLINDER_RANK+1))",
    ]);
  });

  test("cuts parts out of values, by names and by numbers", () => {
    const words = ["{x} {x.} {x/} {x//} {x/.} {.} {1/} {2//}", "x=d/e.c", ":::", "a/b.c", ":::", "f/g"];
    expect(commandsOf(words)).toEqual(["d/e.c d/e e.c d e a/b f/g b.c f"]);
  });

  test("gets all values behind it where it has no place for any, as in GNU parallel", () => {
    expect(commandsOf(["gzip -k", ":::", "a b", "c"])).toEqual(["gzip -k 'a b'", "gzip -k c"]);
    expect(commandsOf(["wait {%}", ":::", "a"])).toEqual(["wait $((DISBATCH_CYLINDER_RANK+1))"]);
    expect(commandsOf(["wait", "x=1..2"])).toEqual(["wait", "wait"]);
  });

  test("prefers a name to a part of one", () => {
    const files = { "t.csv": "a,a.\nx.y,z\n" };
    expect(commandsOf(["{a} {a.} {a..}"], { csv: ["t.csv"], files })).toEqual(["x.y z z"]);
  });

  test("has its mistakes told with their places, all of them", () => {
    expect(mistakes(["sim {sed} é{ {1} {=} }{x", "seed=1"])).toEqual([
      "bad-template",
      "COMMAND:1:5: error: nothing gives values for {sed} (did you mean {seed}?)",
      "COMMAND:1:13: error: nothing gives values for { {1} (a brace for the shell is written twice: {{ and }})",
      "COMMAND:1:19: error: {} stands for values of :::, and there are none (write {NAME} for those of NAME=VALUES)",
      "COMMAND:1:23: error: there is no { before this } (a brace for the shell is written twice: {{ and }})",
      "COMMAND:1:24: error: this { is never closed (a brace for the shell is written twice: {{ and }})",
    ]);
  });

  test.each([
    [
      ["sim {n}", "seed=1"],
      "nothing gives values for {n} (give n=VALUES behind the command, or write {{ and }} for braces of the shell; there are values for {seed})",
    ],
    [
      ["awk '{print $1}' {}", ":::", "f"],
      "nothing gives values for {print $1} (a brace for the shell is written twice: {{ and }})",
    ],
    [["echo {2}", ":::", "f"], "{2}: there is 1 source of values behind ::: (they are counted from 1)"],
    [["echo {= s/a/b/ =}", ":::", "f"], "expressions between {= and =} are GNU parallel's"],
    [["echo ${x", "x=1"], "this ${ is never closed"],
    [["echo {x}\necho", "x=1"], "line break in the command"],
    [["echo\r{x}", "x=1"], "line break in the command"],
  ])("%j is refused", (words, message) => {
    expect(mistakes(words).join("\n")).toContain(message);
  });
});

describe("what cannot be combined is refused:", () => {
  test("nothing to combine with", () => {
    expect(mistakes(["true"])).toEqual([
      "bad-template",
      "the command has no values to be combined with: give NAME=VALUES, ::: VALUES or --csv FILE behind it",
    ]);
    expect(mistakes([]).join(" ")).toMatch("bad-template name a command with places for values");
    expect(mistakes([":::", "a"]).join(" ")).toMatch("name a command");
  });

  test("a word that gives no values", () => {
    expect(mistakes(["gzip", "-9", "x=1"]).join(" ")).toMatch("bad-template -9: values are given as NAME=VALUES");
    expect(mistakes(["echo {x}", "x=@"]).join(" ")).toMatch("bad-values x=@: name a file");
    expect(mistakes(["echo {}", ":::"]).join(" ")).toMatch("bad-values there is no value behind :::");
    expect(mistakes(["echo {}", "::::", ":::", "a"]).join(" ")).toMatch("bad-values there is no file behind ::::");
    expect(mistakes(["echo {}", ":::+", "a"]).join(" ")).toMatch(
      "bad-template :::+ goes with the values of a ::: before it",
    );
    expect(mistakes(["echo {}", "x=1", ":::+", "a"]).join(" ")).toMatch(":::+ goes with");
  });

  test("a name that is given twice", () => {
    const files = { "t.csv": "x\n1\n" };
    expect(mistakes(["echo {x}", "x=1", "x=2"])).toEqual([
      "bad-template",
      "{x} would have two meanings: x= and x= both give values for it",
    ]);
    expect(mistakes(["echo {x}", "x=1"], { csv: ["t.csv"], files }).join(" ")).toMatch("--csv t.csv and x= both");
  });

  test("lists of unequal lengths with --zip", () => {
    expect(mistakes(["echo {x} {y}", "x=1..3", "y=a,b"], { zip: true })).toEqual([
      "uneven-lists",
      "--zip pairs lists of the same length: x= has 3, y= has 2",
    ]);
  });

  test("more commands than can be counted", () => {
    expect(mistakes(["echo {x} {y}", "x=1..1000000000", "y=1..1000000000"]).join(" ")).toBe(
      "bad-values the values make more commands than can be counted: x= has 1000000000, y= has 1000000000",
    );
  });

  test("commands that would be too long for a line", () => {
    expect(mistakes(["echo {x}", `x=${"y".repeat(6_000_000)}`]).join(" ")).toMatch("more than 16 MiB");
  });
});

describe("each command is one task:", () => {
  test("values that are not quoted stand there as they are", () => {
    expect(commandsOf(["{=pre} run {=x} {=x.}", "pre=,nice -n 5", "x=a b.c"])).toEqual([
      " run a b.c a b",
      "nice -n 5 run a b.c a b",
    ]);
  });

  test.each([
    [
      ["echo {=x}", "x=a\nb"],
      "COMMAND:1:6: error: the value 'a\\nb' has a line break, and stands there unquoted (write it without the =)",
    ],
    [["{=x} echo", "x=a, #b"], "COMMAND:1:1: error: the value ' #b' would make a comment of the command"],
    [["{=x}{=y}", "x= ", "y=#b"], "COMMAND:1:5: error: the value '#b' would make a comment"],
    [["{=x} ", "x=a,"], "the command is empty, or is empty for some of the values"],
    [["  ", "x=a"], "the command is empty"],
    [["#DISBATCH BARRIER {x}", "x=a"], "a command that begins like this is a comment"],
    [["{=x} #c", "x=a,"], "a command that begins like this is a comment"],
    [["\uFEFFecho {x}", "x=a"], "a command that begins like this is a comment"],
  ])("%j is refused", (words, message) => {
    expect(mistakes(words).join("\n")).toContain(message);
  });

  test("a range is not looked through for such values", () => {
    expect(listOf(["{=x}", "x=1..9007199254740991"]).total).toBe(9_007_199_254_740_991);
  });
});

describe("the user is told", () => {
  test("of values that the command does not use, but for columns of a CSV file", () => {
    const files = { "t.csv": "a,b\n1,2\n" };
    expect(listOf(["true", "x=1..3"]).warnings).toEqual([
      "the command does not use the values of x=: it runs 3 times with the same words",
    ]);
    expect(listOf(["echo {a}"], { csv: ["t.csv"], files }).warnings).toEqual([]);
  });

  test("of values that are left out behind :::+", () => {
    expect(listOf(["echo {}", ":::", "a", "b", ":::+", "c"]).warnings).toEqual([
      "values without a counterpart are left out, as GNU parallel does: ::: has 2 and :::+ has 1",
    ]);
  });
});
