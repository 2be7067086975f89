import { expect, test } from "vitest";
import { draw, drawnText } from "../../docs/picture/draw.ts";
import { screenOf, textOfRow } from "../../docs/picture/screen.ts";

const RED = "\u001b[31m";
const USUAL = "\u001b[0m";

test("a screen is what is left of all that was written, in pieces of one look", async () => {
  const screen = await screenOf(`old\r${RED}new${USUAL}  end \r\n\r\nwrapped words\r\n\r\n`, 10, 10);
  expect(screen[0]).toEqual([
    { text: "new", colour: 1, isBold: false },
    { text: "  end", colour: undefined, isBold: false },
  ]);
  expect(screen.map(textOfRow)).toEqual(["new  end", "", "wrapped wo", "rds"]);
});

test("a picture has the text of the screen, once as characters and once for those who hear it", async () => {
  const screen = await screenOf(`a <b> & ${RED}c${USUAL}\r\n\r\n  d`, 20, 5);
  const picture = draw(screen, 20, "<Title>");
  expect(drawnText(picture)).toEqual(["a <b> & c", "", "  d"]);
  expect(picture).toContain('<title id="title">&lt;Title&gt;</title>');
  expect(picture).toMatch(
    /<text x="16" y="30" textLength="64">a &lt;b&gt; &amp; <\/text>\n<text x="80" y="30" textLength="8" fill="#\w+">c<\/text>/,
  );
});
