import { type Row, textOfRow } from "./screen.ts";

/** Width and height of a character, and the edge around all of them, in pixels. */
const CELL = { width: 8, height: 19, size: 13.3 };
const EDGE = 16;
/** Light on dark, with a frame: it stands out from light and dark pages. */
const PAPER = "#1f2430";
const INK = "#e6e8ec";
const FRAME = "#6b7280";
/** The first eight colours of a terminal, light enough for the paper. */
const PALETTE = ["#8b93a1", "#ff8f88", "#8fd694", "#f2cc60", "#8ab8ff", "#d7a6ff", "#7fdbe0", "#e6e8ec"];
const FONT = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace";

/**
 * A picture of a terminal, as SVG without scripts or fonts of its own. All characters stand in columns, whatever the font.
 *
 * @param title what is to be seen; screen readers say it, and then the text.
 */
export function draw(rows: readonly Row[], columns: number, title: string): string {
  const width = columns * CELL.width + 2 * EDGE;
  const height = rows.length * CELL.height + 2 * EDGE;
  const described = rows.map((row) => escaped(textOfRow(row))).join("\n");
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="title text" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<title id="title">${escaped(title)}</title>`,
    `<desc id="text">${described}</desc>`,
    `<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8" fill="${PAPER}" stroke="${FRAME}"/>`,
    `<g font-family="${FONT}" font-size="${CELL.size}" fill="${INK}" xml:space="preserve" style="white-space:pre">`,
    ...rows.flatMap(drawRow),
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}

function drawRow(row: Row, index: number): string[] {
  const y = EDGE + index * CELL.height + 14;
  let column = 0;
  return row.flatMap(({ text, colour, isBold }) => {
    const x = EDGE + column * CELL.width;
    column += text.length;
    if (text.trim() === "") return [];
    const fill = colour === undefined ? "" : ` fill="${PALETTE[colour % PALETTE.length]}"`;
    const weight = isBold ? ' font-weight="bold"' : "";
    const length = text.length * CELL.width;
    return [`<text x="${x}" y="${y}" textLength="${length}"${fill}${weight}>${escaped(text)}</text>`];
  });
}

/** The rows of text that a picture shows. @param picture as `draw` made it. */
export function drawnText(picture: string): string[] {
  const [, text = ""] = /<desc id="text">([^<]*)<\/desc>/.exec(picture) ?? [];
  return text.split("\n").map((line) => line.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&"));
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
