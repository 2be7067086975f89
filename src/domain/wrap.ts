/**
 * Breaks a text at its blanks. A word that is wider than the lines has one for itself.
 *
 * @param width columns of a line, at the most.
 * @param indent stands before the first line, `hanging` before all others.
 * @param columnsOf how wide a text is; its characters are counted unless something else is given.
 */
export function wrap(
  text: string,
  width: number,
  indent = "",
  hanging = indent,
  columnsOf: (text: string) => number = ({ length }) => length,
): string[] {
  const lines: string[] = [];
  let line = indent;
  let empty = true;
  for (const word of text.split(" ")) {
    if (!empty && columnsOf(line) + 1 + columnsOf(word) > width) {
      lines.push(line);
      line = hanging;
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  lines.push(line);
  return lines;
}
