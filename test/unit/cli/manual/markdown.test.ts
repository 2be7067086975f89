import { expect, test } from "vitest";
import { commandLinePage } from "../../../../src/cli/manual/markdown.ts";
import { optionsOf } from "../../../../src/cli/manual/program-description.ts";
import { disbatch } from "./disbatch.ts";

const page = commandLinePage(disbatch);

test("the page of the reference has every command and every option, with its value and where to point to it", () => {
  const usages = disbatch.commands.map(({ name }) => `\n## disbatch ${name}\n`);
  const options = [disbatch.usual, disbatch.utility]
    .flatMap(optionsOf)
    .filter(({ names }) => names.length < 2 || names[0] !== "-h");
  const terms = options.map(({ names, placeholder, optionalPlaceholder }) => {
    const optional = optionalPlaceholder === undefined ? "" : ` [${optionalPlaceholder}]`;
    const value = placeholder === undefined ? optional : ` ${placeholder}`;
    return `</a>\`${names.join(", ")}${value}\`: `;
  });
  expect([...usages, ...terms].filter((text) => !page.includes(text))).toEqual([]);
});

test("no two options are pointed to by one name", () => {
  const anchors: readonly string[] = page.match(/(?<=<a id=")[^"]+/g) ?? [];
  expect(anchors.length).toBeGreaterThan(60);
  expect(anchors.filter((anchor, i) => anchors.indexOf(anchor) !== i)).toEqual([]);
});

test("its lines are no longer than 120 characters", () => {
  expect(page.split("\n").filter((line) => line.length > 120)).toEqual([]);
});
