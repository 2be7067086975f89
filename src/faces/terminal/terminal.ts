import { printableLines } from "../../domain/printable.ts";

/** Where messages for the user go: the standard error stream, or a stand-in. */
export interface TerminalOutput {
  write(text: string): unknown;
  /** Width, when it is a terminal; read anew for every line. */
  readonly columns?: number | undefined;
}

const DEFAULT_COLUMNS = 80;
const SPARE_COLUMNS = 1 + "^C".length;
const ERASE_TO_END_OF_LINE = "\u001b[K";

/**
 * One status line at the bottom of a terminal, and messages above it.
 *
 * Libraries for progress bars own the line and its width: they wrap when the window is narrow, and a message printed past
 * them tears the line. One line that is redrawn in place, and never wraps, is this much code.
 */
export class Terminal {
  readonly #output: TerminalOutput;
  #line = "";

  constructor(output: TerminalOutput) {
    this.#output = output;
  }

  /**
   * Columns that a line may take without wrapping. The last one stays free, since filling it wraps on some terminals; and two
   * more, since a terminal shows `^C` behind the line when that is typed, which must not wrap either.
   */
  get width(): number {
    const columns = this.#output.columns;
    return Math.max(1, (columns === undefined || columns <= 0 ? DEFAULT_COLUMNS : columns) - SPARE_COLUMNS);
  }

  /** Shows this status line in place of the last one. It must fit the width. */
  showLine(line: string): void {
    if (line === this.#line) return;
    this.#line = line;
    this.#output.write(`\r${line}${ERASE_TO_END_OF_LINE}`);
  }

  /** Takes the status line away. */
  clearLine(): void {
    if (this.#line === "") return;
    this.#line = "";
    this.#output.write(`\r${ERASE_TO_END_OF_LINE}`);
  }

  /** Prints whole lines, with nothing in them that a terminal would act on; a status line that is shown moves below them. */
  message(text: string): void {
    const line = this.#line;
    const lines = printableLines(text);
    if (line === "") this.#output.write(`${lines}\n`);
    else this.#output.write(`\r${ERASE_TO_END_OF_LINE}${lines}\n${line}`);
  }
}
