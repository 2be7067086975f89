import { widthOf } from "../terminal/text.ts";

/** What stands for the monitor's own signs where a terminal shows ASCII only. */
const SIGNS: Readonly<Record<string, string>> = {
  ...{ "▸": ">", "…": "~", "─": "-", "│": "|", "▏": "_", "·": ".", "▼": "v", "▲": "^" },
  ...{ "✔": "+", "✗": "x", "▶": ">", "◌": "o", "●": "*", "○": "o", "█": "#", "▒": ">", "░": ".", "▓": "#" },
  ...{ "▁": "_", "▂": "_", "▃": ".", "▄": "-", "▅": "-", "▆": "=", "▇": "=" },
};
// oxlint-disable-next-line no-control-regex
const OTHERS = /[^\u0000-\u007f]/gu;

/** Printable text in ASCII, as wide as it was. */
export function inAscii(text: string): string {
  return text.replace(OTHERS, (character) => SIGNS[character] ?? "?".repeat(widthOf(character)));
}
