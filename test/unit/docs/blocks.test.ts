import { expect, test } from "vitest";
import { readPage } from "../../docs/page/blocks.ts";

/** A page of these lines; `'''` stands for the fences of a block. */
function page(...lines: readonly string[]): ReturnType<typeof readPage> {
  return readPage("docs/a.md", lines.join("\n").replaceAll("'''", "```"));
}

test("a page is its set-ups, files and sessions, in their order", () => {
  const { place, blocks } = page(
    "<!-- run: touch a -->",
    "'''text file=Tasks",
    "echo 1",
    "'''",
    "'''console run",
    "$ ls",
    "Tasks",
    "'''",
  );
  expect(place).toBe("anywhere");
  expect(blocks).toEqual([
    { kind: "set-up", line: 1, command: "touch a" },
    { kind: "file", line: 2, name: "Tasks", content: "echo 1\n" },
    { kind: "session", line: 5, steps: [{ line: 6, command: "ls", outputLine: 7, expected: ["Tasks"] }] },
  ]);
});

test("blocks of lists are read, without what they are indented by", () => {
  const { blocks } = page("1. Do this:", "", "   '''console run", "   $ ls", "     two", "   '''");
  expect(blocks).toEqual([
    { kind: "session", line: 3, steps: [{ line: 4, command: "ls", outputLine: 5, expected: ["  two"] }] },
  ]);
});

test("blocks that are not meant to be run are left alone", () => {
  expect(page("'''console", "$ ls", "'''", "'''sh", "ls", "'''", "    $ ls", "<!-- a comment -->").blocks).toEqual([]);
});

test.each(["ssh", "slurm"])("one block that needs %s takes the whole page there", (place) => {
  expect(page("'''console run", "$ ls", "'''", `'''console run ${place}`, "$ ls", "'''").place).toBe(place);
});

test.each(["console runs", "console run shh", "text run", "console run ssh slurm", "text file=a b"])(
  "a block that begins with %j is refused with its line",
  (words) => {
    expect(() => page("# A", `'''${words}`, "$ ls", "'''")).toThrow(`docs/a.md:2: nobody knows "${words}"`);
  },
);

test("a set-up of two lines is refused, since it would not be run", () => {
  expect(() => page("<!-- run: a", "b -->")).toThrow("docs/a.md:1: write <!-- run: COMMAND --> on one line");
});
