import { expect, test } from "vitest";
import { align } from "../../docs/page/align.ts";
import { readPage } from "../../docs/page/blocks.ts";
import { complaint, mendPage, type Outcome } from "../../docs/page/mend.ts";

const PAGE = [
  "1. First:",
  "",
  "   ```console run",
  "   $ a",
  "   in 1.0 s",
  "   ...",
  "   old",
  "   $ b",
  "   > c",
  "   ```",
  "",
  "Text.",
].join("\n");

/** Commands of the page with what they have printed. */
function outcomes(...printed: readonly (readonly string[])[]): Outcome[] {
  const steps = readPage("docs/a.md", PAGE).blocks.flatMap((block) => (block.kind === "session" ? block.steps : []));
  return steps.map((step, i) => ({ step, pairs: align(step.expected, printed[i] ?? []) }));
}

test("a page is mended where it is wrong, and stays as it is where it is right", () => {
  const mended = mendPage(PAGE, outcomes(["in 2.0 s", "x", "y"], ["new", "", "line"]));
  expect(mended).toBe(PAGE.replace("   old\n", "").replace("   > c\n", "   > c\n   new\n\n   line\n"));
  expect(mendPage(PAGE, outcomes(["in 2.0 s", "x", "y", "old"], []))).toBe(PAGE);
});

test("a complaint shows the page, the line, the command and the difference", () => {
  const [, second] = outcomes([], ["new"]);
  expect(second === undefined ? "" : complaint("docs/a.md", second)).toBe("docs/a.md:8: $ b\n> c\n+ new");
  const [first] = outcomes(["in 2.0 s", "x"], []);
  expect(first === undefined ? "" : complaint("docs/a.md", first)).toBe("docs/a.md:4: $ a\n  in 1.0 s\n  ...\n- old");
});
