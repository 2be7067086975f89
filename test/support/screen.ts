/** What moves the cursor, erases or colours; or one character. */
const SEQUENCE_OR_CHARACTER = new RegExp(String.raw`\u001b\[[\d;?]*[A-Za-z]|[^]`, "gu");

/**
 * What a terminal shows after all that was written to it: its lines, without blanks at their ends. It knows as much as the
 * program uses: carriage returns, line feeds, erasing to the end of a line, colours; and it wraps.
 */
export function screenLines(written: string, columns: number): string[] {
  const rows: string[][] = [[]];
  let column = 0;
  const goDown = (): void => void rows.push([]);
  for (const [sequence] of written.matchAll(SEQUENCE_OR_CHARACTER)) {
    let row = rows.at(-1) ?? [];
    if (sequence === "\r") column = 0;
    else if (sequence === "\n") goDown();
    else if (sequence === "\u001b[K") row.splice(column);
    else if (!sequence.startsWith("\u001b")) {
      if (column === columns) {
        goDown();
        row = rows.at(-1) ?? [];
        column = 0;
      }
      while (row.length < column) row.push(" ");
      row[column++] = sequence;
    }
  }
  return rows.map((row) => row.join("").trimEnd());
}
