import { type Diagnostic, MOST_LISTED } from "../../domain/errors.ts";
import type { Entry } from "./entry.ts";
import { refusal } from "./refusal.ts";

/** What a task file without errors holds. */
export interface CheckedTaskFile {
  /** Tasks in all, barriers and per-engine commands not counted. */
  readonly total: number;
  /** Tasks and barriers, which are numbered in one sequence. */
  readonly ids: number;
  readonly warnings: readonly Diagnostic[];
}

/** Looks through the entries of a whole task file without writing out its repeats. */
export class TaskFileCheck {
  readonly #file: string;
  readonly #errors = new DiagnosticList("error");
  readonly #warnings = new DiagnosticList("warning");
  #tasks = 0;
  #barriers = 0;

  constructor(file: string) {
    this.#file = file;
  }

  add(entries: readonly Entry[]): void {
    for (const entry of entries) {
      if (entry.kind === "command") this.#tasks++;
      else if (entry.kind === "repeat") this.#tasks += entry.count;
      else if (entry.kind === "barrier") this.#barriers++;
      else if (entry.kind === "problem") this.#list(entry.diagnostic.severity).add(entry.diagnostic);
    }
  }

  /** @throws UserError with all errors, when there are any. */
  result(): CheckedTaskFile {
    const { count } = this.#errors;
    if (count === 0) {
      return { total: this.#tasks, ids: this.#tasks + this.#barriers, warnings: this.#warnings.diagnostics() };
    }
    const message = `${this.#file}: ${count === 1 ? "1 error" : `${count} errors`} in the task file, nothing was run`;
    throw refusal(message, this.#errors.diagnostics());
  }

  #list(severity: Diagnostic["severity"]): DiagnosticList {
    return severity === "error" ? this.#errors : this.#warnings;
  }
}

/** The first `MOST_LISTED` errors, or warnings, and the number of the others. */
export class DiagnosticList {
  readonly #severity: Diagnostic["severity"];
  readonly #listed: Diagnostic[] = [];
  #firstUnlisted: Diagnostic | undefined;
  count = 0;

  constructor(severity: Diagnostic["severity"]) {
    this.#severity = severity;
  }

  add(diagnostic: Diagnostic): void {
    this.count++;
    // The error that ends the reading stands for all.
    if (this.#listed.length < MOST_LISTED || diagnostic.code === "binary-file") this.#listed.push(diagnostic);
    else this.#firstUnlisted ??= diagnostic;
  }

  diagnostics(): readonly Diagnostic[] {
    const first = this.#firstUnlisted;
    if (first === undefined) return this.#listed;
    const more = this.count - this.#listed.length;
    const message = `and ${more} more ${this.#severity}${more === 1 ? "" : "s"} from this line on`;
    return [...this.#listed, { code: "more-problems", severity: this.#severity, place: first.place, message }];
  }
}
