import { encodeText, joinText } from "../../domain/bytes.ts";
import type { Diagnostic } from "../../domain/errors.ts";
import type { TaskTerms } from "../../domain/terms/task-terms.ts";
import { IGNORED, WORD_COLUMN, type Directive, type Misuse } from "./directive.ts";
import type { Entry } from "./entry.ts";
import { LineReader, LONGEST_LINE } from "./line-reader.ts";
import { LineTerms, strayTerms, type TermsFinding } from "./line-terms.ts";
import { parseDirective } from "./parse-directive.ts";
import { mayHaveTail } from "./terms-tail.ts";

/** Blanks are what a bytes regex calls white space: not those of Unicode. */
const BLANK_OR_COMMENT = /^[ \t\f\v]*(?:#|$)/;
const HASH = "#".charCodeAt(0);
const BLANK = " ".charCodeAt(0);

const UNUSABLE = {
  "nul-byte": { message: "NUL byte in the line", hint: "no command can hold one" },
  "line-too-long": { message: `line longer than ${LONGEST_LINE / 1024 / 1024} MiB`, hint: "put it in a script" },
  "binary-file": { message: "looks like a binary file (NUL byte)", hint: "a task file is text, one command a line" },
} as const;

/** What editors of other systems put before the first line. */
const BYTE_ORDER_MARK = 0xfeff;
const MARKED: Misuse = {
  kind: "misuse",
  code: "byte-order-mark",
  column: 1,
  message: "a byte order mark stands before the first line",
  hint: "save the file as UTF-8 without one",
  lenient: { reading: "task", says: "it is taken as part of a command" },
};

/** What the lines so far mean for the next one. */
export interface ParserState {
  readonly prefix: string;
  readonly suffix: string;
  /** Of the last directive that said so. */
  readonly terms: TaskTerms | undefined;
  readonly perEngineAllowed: boolean;
  /** Whether nothing that follows counts. */
  readonly finished: boolean;
  readonly lines: number;
}

/** Before the first line. */
export const FRESH: ParserState = {
  prefix: "",
  suffix: "",
  terms: undefined,
  perEngineAllowed: true,
  finished: false,
  lines: 0,
};

/** How lines are read, wherever they come from. */
export interface Reading {
  /** Whether what disBatch 3 lets pass is taken as it does, with a warning, instead of being an error. */
  readonly lenient: boolean;
  /** What counts where the list says nothing: terms of the whole run. */
  readonly terms?: TaskTerms | undefined;
  /** Whether somebody offers a resource of that name; without it, nobody offers any. */
  readonly isResource?: ((name: string) => boolean) | undefined;
}

/** How to read a task file. */
export interface ParserOptions extends Reading {
  /** Name of the file, for the places in diagnostics. */
  readonly file: string;
  /** What other parsers have left that have read the lines before. */
  readonly after?: ParserState;
}

/**
 * Reads a task file that arrives in chunks of any size. What a line says is returned by the very `push` that brings its
 * newline. Mistakes are entries too, so that what comes before one can be told from what comes after.
 */
export class TaskFileParser {
  readonly #options: ParserOptions;
  readonly #lines: LineReader;
  #entries: Entry[] = [];
  #prefix: string;
  #suffix: string;
  readonly #terms: LineTerms;
  #perEngineAllowed: boolean;
  #finished: boolean;

  constructor(options: ParserOptions) {
    const { prefix, suffix, terms, perEngineAllowed, finished, lines } = options.after ?? FRESH;
    this.#options = options;
    this.#prefix = prefix;
    this.#suffix = suffix;
    const { terms: run, isResource = () => false } = options;
    this.#terms = new LineTerms({ run, directive: terms, isResource });
    this.#perEngineAllowed = perEngineAllowed;
    this.#finished = finished;
    const sink = {
      line: (line: number, text: string, offset: number) => this.#readLine(line, text, offset),
      unusable: (problem: keyof typeof UNUSABLE, line: number, column: number) => {
        this.#report("error", problem, line, column, UNUSABLE[problem].message, UNUSABLE[problem].hint);
        if (problem === "binary-file") this.#finish();
      },
    };
    this.#lines = new LineReader(sink, lines);
    if (finished) this.#lines.stop();
  }

  /** For another parser, which is to read the lines that follow. */
  get state(): ParserState {
    return {
      prefix: this.#prefix,
      suffix: this.#suffix,
      terms: this.#terms.directive,
      perEngineAllowed: this.#perEngineAllowed,
      finished: this.#finished,
      lines: this.#lines.lines,
    };
  }

  /** Whether nothing more will come out, whatever is pushed, so that the rest need not be read. */
  get finished(): boolean {
    return this.#finished;
  }

  /** Entries of the lines that this chunk completes. The chunk may be overwritten afterwards. */
  push(chunk: Uint8Array): readonly Entry[] {
    this.#lines.push(chunk);
    return this.#take();
  }

  /** Entries of a last line without newline. */
  end(): readonly Entry[] {
    this.#lines.end();
    this.#finished = true;
    return this.#take();
  }

  #take(): readonly Entry[] {
    const entries = this.#entries;
    this.#entries = [];
    return entries;
  }

  #readLine(line: number, text: string, offset: number): void {
    const first = text.charCodeAt(0);
    if (first === BYTE_ORDER_MARK && line === 1) return this.#misuse(MARKED, line, text, offset);
    if (first === HASH) {
      if (text.startsWith("#DISBATCH")) this.#readDirective(line, text, offset);
    } else if (first > BLANK || !BLANK_OR_COMMENT.test(text)) {
      this.#addCommand(line, text, offset);
    }
  }

  #readDirective(line: number, text: string, offset: number): void {
    const directive = parseDirective(text);
    if (directive.kind === "misuse") this.#misuse(directive, line, text, offset);
    else this.#apply(directive, line, text, offset);
  }

  #apply(directive: Directive, line: number, text: string, offset: number): void {
    switch (directive.kind) {
      case "prefix":
      case "suffix":
        this.#refuseTerms(directive.kind.toUpperCase(), text, line, offset);
        if (directive.kind === "prefix") this.#prefix = directive.text;
        else this.#suffix = directive.text;
        break;
      case "terms": {
        const wrong = this.#terms.direct(directive.text);
        if (wrong === undefined) break;
        this.#tell(wrong, directive.text, line, offset + text.length - directive.text.length, IGNORED.says);
        // disBatch 3 ends the per-engine commands at any line that it does not recognise.
        this.#perEngineAllowed = false;
        break;
      }
      case "repeat": {
        this.#perEngineAllowed = false;
        const { command } = directive;
        const terms = this.#termsOf(command, line, offset + text.length - command.length);
        this.#entries.push({ ...directive, line, command: this.#paste(command), terms });
        break;
      }
      case "barrier":
        this.#perEngineAllowed = false;
        this.#refuseTerms("BARRIER", text, line, offset);
        this.#entries.push({ ...directive, line, text });
        break;
      case "per-engine":
        this.#refuseTerms("PERENGINE", text, line, offset);
        if (this.#perEngineAllowed) {
          this.#entries.push({ ...directive, line, command: this.#paste(directive.command) });
        } else {
          this.#latePerEngine(line, offset);
        }
        break;
    }
  }

  #addCommand(line: number, text: string, offset: number): void {
    this.#perEngineAllowed = false;
    const terms = this.#termsOf(text, line, offset);
    this.#entries.push({ kind: "command", line, command: this.#paste(text), terms });
  }

  /** @param offset where the command begins in its line, in bytes. */
  #termsOf(command: string, line: number, offset: number): TaskTerms | undefined {
    if (!mayHaveTail(command)) return this.#terms.plain;
    const terms = this.#terms.ofLine(command, this.#prefix, this.#suffix);
    if (terms === undefined || !("severity" in terms)) return terms;
    this.#tell(terms, command, line, offset, "it is part of the command");
    return this.#terms.plain;
  }

  /** Terms at the end of a directive that has none. */
  #refuseTerms(word: string, text: string, line: number, offset: number): void {
    if (!mayHaveTail(text.slice(1))) return;
    const stray = strayTerms(text, word);
    if (stray !== undefined) this.#tell(stray, text, line, offset, "it is part of the text");
  }

  /** @param lenient what disBatch 3 makes of what is an error here. */
  #tell(finding: TermsFinding, text: string, line: number, offset: number, lenient: string): void {
    const { code, severity, message, hint } = finding;
    const column = offset + encodeText(text.slice(0, finding.at)).length + 1;
    if (severity === "warning" || !this.#options.lenient) this.#report(severity, code, line, column, message, hint);
    else this.#report("warning", code, line, column, `${message}: ${lenient}`, hint);
  }

  #paste(command: string): string {
    if (this.#prefix === "" && this.#suffix === "") return command;
    return joinText(this.#prefix, command, this.#suffix);
  }

  #misuse(misuse: Misuse, line: number, text: string, offset: number): void {
    const { code, hint, lenient } = misuse;
    const column = offset + misuse.column;
    if (!this.#options.lenient || lenient === undefined) {
      this.#report("error", code, line, column, misuse.message, hint);
      return;
    }
    this.#report("warning", code, line, column, `${misuse.message}: ${lenient.says}`, hint);
    if (lenient.reading === "task") this.#addCommand(line, text, offset);
    // disBatch 3 ends the per-engine commands at any line that it does not recognise.
    else if (lenient.reading === "nothing") this.#perEngineAllowed = false;
    else this.#apply(lenient.reading, line, text, offset);
  }

  #latePerEngine(line: number, offset: number): void {
    const message = "PERENGINE must come before the first task, REPEAT or BARRIER";
    const hint = "move the line to the top of the file";
    const column = offset + WORD_COLUMN;
    if (!this.#options.lenient) {
      this.#report("error", "late-per-engine", line, column, message, hint);
      return;
    }
    const says = "this line and everything after it are dropped";
    this.#report("warning", "late-per-engine", line, column, `${message}: ${says}`, hint);
    this.#finish();
  }

  #finish(): void {
    this.#finished = true;
    this.#lines.stop();
  }

  #report(
    severity: Diagnostic["severity"],
    code: string,
    line: number,
    column: number,
    message: string,
    hint: string,
  ): void {
    const place = { file: this.#options.file, line, column };
    this.#entries.push({ kind: "problem", diagnostic: { code, severity, place, message, hint } });
  }
}
