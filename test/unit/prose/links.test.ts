import { expect, test } from "vitest";
import { brokenLinks, type LinkedPage, readLinks, unreachable } from "../../prose/links.ts";

/** Pages by their names. */
function pages(texts: Readonly<Record<string, string>>): Map<string, LinkedPage> {
  return new Map(Object.entries(texts).map(([name, text]) => [name, readLinks(text)]));
}

test("links to pages, headings, files and folders are followed, those to elsewhere are not", () => {
  const all = pages({
    "README.md": "[a](docs/a.md), [b](docs/a.md#two-words-code), [c](#here), [d](https://x.y/z#q)\n\n# Here",
    "docs/a.md":
      '# Two words: `code`\n\n[up](../README.md#here) ![](picture.svg) <a href="../src">x</a>\n\n[r]: ../README.md',
  });
  const there = ["README.md", "docs/a.md", "docs/picture.svg", "src"];
  expect(brokenLinks(all, (name) => there.includes(name))).toEqual([]);
});

test("links that lead nowhere are shown with page and line", () => {
  const all = pages({
    "README.md": "# A\n\n[a](b.md)\n[b](#b)\n[c](docs/a.md#a)\n[d](../x)\n",
    "docs/a.md": '# B\n# B\n<img src="no.svg"> [x](#b-1) [y](#b-2)',
  });
  expect(brokenLinks(all, (name) => all.has(name) || name.startsWith(".."))).toEqual([
    "README.md:3: there is no b.md",
    "README.md:4: README.md has no #b",
    "README.md:5: docs/a.md has no #a",
    "README.md:6: there is no ../x",
    "docs/a.md:3: there is no docs/no.svg",
    "docs/a.md:3: docs/a.md has no #b-2",
  ]);
});

test("pages without a way to them are named", () => {
  const all = pages({ "README.md": "[a](a.md)", "a.md": "[b](b.md) [a](a.md)", "b.md": "", "c.md": "[a](a.md)" });
  expect(unreachable(all, "README.md")).toEqual(["c.md"]);
});
