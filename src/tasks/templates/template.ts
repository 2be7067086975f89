import { type Diagnostic, UserError } from "../../domain/errors.ts";
import { encodeText } from "../../domain/bytes.ts";
import { similarWord } from "../../domain/spelling/similar-word.ts";
import { PATH_PARTS, type PathPart } from "./path-parts.ts";

/** A piece of a command. */
export type Piece =
  /** Text that stands in every command. */
  | { readonly kind: "text"; readonly text: string }
  /** The number of the command, from 1. */
  | { readonly kind: "number" }
  /** A value, or several with blanks between them, each of a column. */
  | {
      readonly kind: "value";
      readonly columns: readonly number[];
      readonly part: PathPart;
      /** The value stands there as it is, and is not quoted. */
      readonly isRaw: boolean;
      /** Where the placeholder begins in the command, in bytes, from 1. */
      readonly place: number;
    };

/** What placeholders may name. */
export interface Names {
  /** Columns by their names. */
  readonly named: ReadonlyMap<string, number>;
  /** Columns of `:::` and the like, in their order. */
  readonly positional: readonly number[];
}

/** The number of the slot, from 1, as GNU parallel counts; the variable counts from 0. */
const SLOT = "$((DISBATCH_CYLINDER_RANK+1))";
/** What the places of mistakes name in place of a file. */
export const COMMAND = "COMMAND";
/** Characters of a placeholder that a message shows. */
const SHOWN = 40;
const DOUBLED = "a brace for the shell is written twice: {{ and }}";

/**
 * Takes a template apart. `{NAME}` is a value, `{=NAME}` one that is not quoted; `.`, `/`, `//` and `/.` behind the name choose
 * a part of it. Without a name it is all values of `:::`, with a number one of them. `{#}` is the command's number, `{%}` its slot's.
 * `{{` and `}}` are braces, and `${...}` is left to the shell.
 *
 * @param command bytes as text.
 * @throws UserError `bad-template` with every mistake and its place.
 */
export function parseTemplate(command: string, names: Names): readonly Piece[] {
  const reader = new TemplateReader(command, names);
  const pieces = reader.read();
  if (reader.mistakes.length > 0) {
    throw new UserError("bad-template", `${COMMAND}: mistakes in the template, nothing was run`, {
      diagnostics: reader.mistakes,
    });
  }
  // As GNU parallel does.
  const isBare = pieces.every(({ kind }) => kind === "text") && !reader.hasSlot && names.positional.length > 0;
  if (!isBare) return pieces;
  const place = command.length + 1;
  return [
    ...pieces,
    { kind: "text", text: " " },
    { kind: "value", columns: names.positional, part: "", isRaw: false, place },
  ];
}

class TemplateReader {
  readonly #command: string;
  readonly #names: Names;
  readonly #pieces: Piece[] = [];
  #text = "";
  readonly mistakes: Diagnostic[] = [];
  hasSlot = false;

  constructor(command: string, names: Names) {
    this.#command = command;
    this.#names = names;
  }

  read(): readonly Piece[] {
    const command = this.#command;
    for (let at = 0; at < command.length;) {
      const two = command.slice(at, at + 2);
      if (two === "{{" || two === "}}") this.#text += two.charAt(0);
      else if (two === "$$") this.#text += two;
      if (two === "{{" || two === "}}" || two === "$$") at += 2;
      else if (two === "${") at = this.#leaveToShell(at);
      else if (two.startsWith("{")) at = this.#placeholder(at);
      else at = this.#character(at);
    }
    this.#endText();
    return this.#pieces;
  }

  #character(at: number): number {
    const character = this.#command.charAt(at);
    if (character === "}") this.#mistake(at, "there is no { before this }", DOUBLED);
    if (/[\n\r]/.test(character)) {
      this.#mistake(
        at,
        "line break in the command",
        "a task is one line: join its lines with ; or put them into a script",
      );
    }
    this.#text += character;
    return at + 1;
  }

  /** Up to the brace that closes this one, whatever stands between them. */
  #leaveToShell(from: number): number {
    let depth = 0;
    for (let at = from + 1; at < this.#command.length; at++) {
      const character = this.#command.charAt(at);
      if (character === "{") depth++;
      if (character === "}" && --depth === 0) {
        this.#text += this.#command.slice(from, at + 1);
        return at + 1;
      }
    }
    this.#mistake(from, "this ${ is never closed", "the shell wants a } behind the name of its variable");
    return this.#command.length;
  }

  #placeholder(from: number): number {
    const end = this.#command.indexOf("}", from);
    if (end === -1) {
      this.#mistake(from, "this { is never closed", DOUBLED);
      return this.#command.length;
    }
    const content = this.#command.slice(from + 1, end);
    const isRaw = content.startsWith("=");
    if (content === "#") this.#add({ kind: "number" });
    else if (content === "%") {
      this.#text += SLOT;
      this.hasSlot = true;
    } else if (isRaw && content.length > 1 && content.endsWith("=")) {
      const hint = "compute it in the command, or give the values in a file";
      this.#mistake(from, "expressions between {= and =} are GNU parallel's, and are not understood", hint);
    } else this.#value(from, isRaw ? content.slice(1) : content, isRaw);
    return end + 1;
  }

  #value(from: number, content: string, isRaw: boolean): void {
    const place = this.#byteOf(from);
    for (const part of ["" as const, ...PATH_PARTS]) {
      if (!content.endsWith(part)) continue;
      const columns = this.#columns(content.slice(0, content.length - part.length));
      if (columns === undefined) continue;
      this.#add({ kind: "value", columns, part, isRaw, place });
      return;
    }
    this.#unknown(from, content);
  }

  /** The columns of a name, a number, or nothing; undefined when there are none of the kind. */
  #columns(name: string): readonly number[] | undefined {
    const { named, positional } = this.#names;
    const column = named.get(name);
    if (column !== undefined) return [column];
    if (name === "") return positional.length === 0 ? undefined : positional;
    const numbered = /^[1-9][0-9]*$/.test(name) ? positional[Number(name) - 1] : undefined;
    return numbered === undefined ? undefined : [numbered];
  }

  #unknown(from: number, content: string): void {
    const { named, positional } = this.#names;
    const name = PATH_PARTS.reduce<string>(
      (rest, part) => (rest.endsWith(part) ? rest.slice(0, -part.length) : rest),
      content,
    );
    if (name === "") {
      return this.#mistake(
        from,
        `{${content}} stands for values of :::, and there are none`,
        "write {NAME} for those of NAME=VALUES",
      );
    }
    if (/^[0-9]+$/.test(name)) {
      const count = positional.length === 1 ? "is 1 source" : `are ${positional.length} sources`;
      return this.#mistake(from, `{${content}}: there ${count} of values behind :::`, "they are counted from 1");
    }
    const shown = content.length > SHOWN ? `${content.slice(0, SHOWN)}...` : content;
    this.#mistake(
      from,
      `nothing gives values for {${shown}}`,
      this.#hint(
        name,
        [...named.keys()].filter((known) => known !== ""),
      ),
    );
  }

  #hint(name: string, known: readonly string[]): string {
    const bySpelling = new Map(known.map((one) => [one.toUpperCase(), one]));
    const similar = bySpelling.get(similarWord(name, [...bySpelling.keys()]) ?? "");
    if (similar !== undefined) return `did you mean {${similar}}?`;
    if (!/^[\p{L}\p{N}_-]+$/u.test(name)) return DOUBLED;
    const names = known.length === 0 ? "" : `; there are values for ${known.map((one) => `{${one}}`).join(", ")}`;
    return `give ${name}=VALUES behind the command, or write {{ and }} for braces of the shell${names}`;
  }

  #add(piece: Piece): void {
    this.#endText();
    this.#pieces.push(piece);
  }

  #endText(): void {
    if (this.#text !== "") this.#pieces.push({ kind: "text", text: this.#text });
    this.#text = "";
  }

  #byteOf(at: number): number {
    return encodeText(this.#command.slice(0, at)).length + 1;
  }

  #mistake(at: number, message: string, hint: string): void {
    const place = { file: COMMAND, line: 1, column: this.#byteOf(at) };
    this.mistakes.push({ code: "bad-template", severity: "error", place, message, hint });
  }
}
