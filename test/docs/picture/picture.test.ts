import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../../support/pages.ts";
import { UPDATES } from "../try-page.ts";
import { shapeOf } from "../page/shape.ts";
import { draw, drawnText } from "./draw.ts";
import { textOfRow } from "./screen.ts";
import { COLUMNS, takeScreen } from "./take.ts";

/** The picture in README. */
const PICTURE = path.join(ROOT, "docs", "picture.svg");
const TITLE = "A terminal: disbatch has run a list of commands and says which failed, and a longer list is under way";
/** Bytes; it is loaded by everybody who reads README. */
const SIZE_LIMIT = 30_000;

/** A line of the picture with signs in place of what differs from time to time: how far a run is, too. */
function shape(line: string): string {
  return /^\[=* *\] /.test(line) ? progressShape(line) : shapeOf(line);
}

/** How many kinds of failures there are is said when several tasks have failed, and two times of the end when these are far apart. */
function progressShape(line: string): string {
  const numbers = line.replace(/=+ */, "=").replaceAll(/\d+(?:[.:/%]\d+)*/g, "<n>");
  return numbers.replace(/ in <n> kinds?/, "").replace("ETA <n> to <n>", "ETA <n>");
}

test("the picture shows what a terminal shows", async () => {
  const screen = await takeScreen();
  const picture = draw(screen, COLUMNS, TITLE);
  if (UPDATES) writeFileSync(PICTURE, picture);
  const kept = readFileSync(PICTURE, "utf8");
  expect(drawnText(kept).map(shape)).toEqual(screen.map((row) => shape(textOfRow(row))));
  expect(kept.length).toBeLessThan(SIZE_LIMIT);
  expect(kept).toContain(`<title id="title">${TITLE}</title>`);
});
