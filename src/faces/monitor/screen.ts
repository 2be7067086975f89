import { widthOf } from "../terminal/text.ts";
import { inAscii } from "./ascii.ts";
import { keyInputOf } from "./key-input.ts";
import type { Line, Style } from "./line.ts";
import { cellsOf } from "./width.ts";

/** A terminal that shows lines and hears keys. */
export interface Screen {
  readonly columns: number;
  readonly rows: number;
  /** Shows these lines, from the top, and nothing else. Only cells that are others than before are written. */
  draw(lines: readonly Line[]): void;
  /** Gives the terminal back as it was found, until `enter`; at once, as for a process that is about to end. */
  leave(): void;
  /** Takes the terminal again, and shows nothing on it. */
  enter(): void;
  /** Leaves the full screen, and still hears keys. */
  toLines(): void;
  /** Gives the terminal back for good. */
  close(): void;
}

export interface ScreenOptions {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
  readonly colours: boolean;
  /** Whether the terminal shows more than ASCII. */
  readonly utf8: boolean;
  /** Whether clicks and the wheel are heard, so that the terminal itself does not select text. */
  readonly mouse: boolean;
  /** @param key as `press` takes it. */
  readonly onKey: (key: string) => void;
  readonly onResize: () => void;
}

/** Cells that are used, at most. */
const MOST_COLUMNS = 1000;
const MOST_ROWS = 500;
const BOLD = 1;
const INVERSE = 8;
/** The terminal's own colour. */
const USUAL = 0x1ff;
const LOOKS: Readonly<Record<Style, { readonly flags: number; readonly colour: number }>> = {
  plain: { flags: 0, colour: USUAL },
  // Grey cannot be read on some terminals.
  dim: { flags: 0, colour: USUAL },
  bold: { flags: BOLD, colour: USUAL },
  head: { flags: BOLD, colour: USUAL },
  good: { flags: 0, colour: 2 },
  bad: { flags: BOLD, colour: 1 },
  warn: { flags: 0, colour: 3 },
  busy: { flags: 0, colour: 6 },
  chosen: { flags: INVERSE, colour: USUAL },
};

/** What blessed calls keys that are no characters, and what `press` does. */
const KEYS: Readonly<Record<string, string>> = {
  ...{ up: "up", down: "down", left: "left", right: "right", pageup: "pageup", pagedown: "pagedown" },
  ...{ home: "home", end: "end", enter: "enter", linefeed: "enter", escape: "escape", tab: "tab", "S-tab": "S-tab" },
  ...{ backspace: "backspace", delete: "delete", "C-c": "C-c", "C-l": "C-l", "C-z": "C-z" },
  ...{ "C-a": "C-a", "C-b": "C-b", "C-d": "C-d", "C-e": "C-e", "C-f": "C-f", "C-k": "C-k", "C-u": "C-u", "C-w": "C-w" },
};

// oxlint-disable-next-line no-control-regex
const CHARACTER = /^[^\u0000-\u001f\u007f-\u009f]$/u;

/** Takes the terminal. blessed has its cells and its keys; what it would do about signals and a crash is the caller's. */
export async function openScreen(options: ScreenOptions): Promise<Screen> {
  const { input, colours, utf8, mouse, onKey, onResize } = options;
  const output = ofSaneSize(options.output);
  const [{ default: BlessedScreen }, { default: unicode }] = await Promise.all([
    import("blessed/lib/widgets/screen.js"),
    import("blessed/lib/unicode.js"),
  ]);
  unicode.charWidth = (text) => (typeof text === "string" && text !== "" ? widthOf(firstOf(text)) : 1);
  const keys = keyInputOf(input);
  // Every terminal that is left today understands what xterm does, as far as it is used here.
  const screen = new BlessedScreen({
    ...{ input: keys, output, terminal: "xterm", fullUnicode: utf8, forceUnicode: utf8, warnings: false },
  });
  if (!colours) screen.tput.colors = 0;
  // Lines are written as the characters that they are: some terminals have no other way.
  screen.tput.brokenACS = true;
  screen.render = () => undefined;
  let isFull = true;
  /** What stands in each row, as it was given: most lines are the same as a second ago. */
  let drawn: string[] = [];
  screen.program.on("resize", () => {
    if (!isFull) return;
    screen.alloc();
    drawn = [];
    onResize();
  });
  screen.program.on("keypress", (character, key) => {
    const name =
      character !== undefined && CHARACTER.test(character) && key.meta !== true ? character : KEYS[key.full ?? ""];
    if (name !== undefined) onKey(name);
  });
  if (mouse) screen.on("mouse", ({ action }) => onKey(action));
  const toLines = (): void => {
    if (isFull) screen.leave();
    isFull = false;
    screen.program.flush();
  };
  return {
    get columns() {
      return Math.max(1, output.columns);
    },
    get rows() {
      return Math.max(1, output.rows);
    },
    draw: (lines) => {
      if (!isFull) return;
      let isSame = true;
      for (const [y, row] of screen.lines.entries()) {
        const line = lines[y] ?? [];
        const name = line.map(({ text, style }) => `${style} ${text}`).join("\n");
        if (drawn[y] === name) continue;
        isSame = false;
        drawn[y] = name;
        writeRow(row, line, colours, utf8);
      }
      if (isSame) return;
      screen.draw(0, screen.lines.length - 1);
      screen.program.flush();
    },
    toLines,
    leave: () => {
      toLines();
      keys.setRawMode(false);
    },
    enter: () => {
      keys.setRawMode(true);
      if (!isFull) screen.enter();
      isFull = true;
      drawn = [];
    },
    close: () => {
      toLines();
      screen.program.destroy();
      screen.destroy();
      keys.setRawMode(false);
      keys.release();
    },
  };
}

/** A terminal that says it is larger than any is taken for one that is as large as a wall: blessed keeps every cell. */
function ofSaneSize(output: NodeJS.WriteStream): NodeJS.WriteStream {
  return new Proxy(output, {
    get: (target, name) => {
      if (name === "columns") return Math.min(target.columns, MOST_COLUMNS);
      if (name === "rows") return Math.min(target.rows, MOST_ROWS);
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
}

type Row = [attribute: number, character: string][] & { dirty: boolean };

/** Puts a line into the cells of a row, and notes whether any of them has changed. */
function writeRow(row: Row, line: Line, colours: boolean, utf8: boolean): void {
  let x = 0;
  const put = (attribute: number, character: string): void => {
    const cell = row[x++];
    if (cell === undefined || (cell[0] === attribute && cell[1] === character)) return;
    cell[0] = attribute;
    cell[1] = character;
    row.dirty = true;
  };
  for (const { text, style } of line) {
    const { flags, colour } = LOOKS[style];
    const attribute = (flags << 18) | ((colours ? colour : USUAL) << 9) | USUAL;
    for (const cell of cellsOf(utf8 ? text : inAscii(text))) {
      if (cell.columns === 2 && x + 2 > row.length) break;
      put(attribute, cell.text);
      // The terminal's cursor moves over it.
      if (cell.columns === 2) put(attribute, " ");
    }
  }
  while (x < row.length) put((USUAL << 9) | USUAL, " ");
}

function firstOf(text: string): string {
  return String.fromCodePoint(text.codePointAt(0) ?? 0);
}
