import { encodeText } from "../../domain/bytes.ts";
import type { Diagnostic, Place } from "../../domain/errors.ts";
import type { Entry, RepeatEntry } from "../../tasks/taskfile/entry.ts";
import { TaskFileParser } from "../../tasks/taskfile/parser.ts";
import { Mistakes } from "../document/mistakes.ts";
import { nameOfImported } from "./document-name.ts";
import type { Imported, Note } from "./imported.ts";
import { wordsOfTerms } from "./term-words.ts";

/** The axis of a REPEAT. */
const INDEX = "index";

const NO_PER_ENGINE = "a document has no commands that each engine runs once";
const NO_KEY = "the key of a barrier: a document tells no key-value server how far it is";

/** Makes a document of a task file: each line is a task, and each barrier is something that later lines need. */
export function importTasks(file: string, text: string): Imported {
  const tasks = new TaskFile(file);
  const parser = new TaskFileParser({ file, lenient: false, isResource: () => true });
  for (const entry of [...parser.push(encodeText(text)), ...parser.end()]) tasks.add(entry);
  return tasks.imported();
}

type Task = Record<string, unknown>;

/** The lines of a task file as they become tasks. */
class TaskFile {
  readonly #file: string;
  readonly #tasks: Record<string, Task> = {};
  readonly #lineOf = new Map<string, number>();
  readonly #notes: Note[] = [];
  readonly #mistakes = new Mistakes();
  /** Tasks since the last barrier. */
  #since: string[] = [];
  /** What tasks need by now: the last barrier, and the last one with CHECK. */
  #gates: readonly string[] = [];
  #check: string | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  add(entry: Entry): void {
    switch (entry.kind) {
      case "command":
        return this.#addTask(`line_${entry.line}`, entry.line, { run: entry.command, ...wordsOfTerms(entry.terms) });
      case "repeat":
        return this.#repeat(entry);
      case "barrier":
        if (entry.key !== undefined) this.#refuse(entry.line, NO_KEY, "write the barrier without it");
        return this.#barrier(entry.line, entry.check);
      case "per-engine":
        return this.#refuse(entry.line, NO_PER_ENGINE, "have each task do what it needs, or keep the task file");
      case "problem":
        return this.#problem(entry.diagnostic);
      default:
        return entry satisfies never;
    }
  }

  imported(): Imported {
    if (Object.keys(this.#tasks).length === 0 && this.#mistakes.count === 0) this.#refuse(1, "no line is a task");
    this.#mistakes.refuse(this.#file);
    return {
      document: { name: nameOfImported(this.#file), tasks: this.#tasks },
      notes: this.#notes,
      placeOf: ([, name]) => this.#placeAt(this.#lineOf.get(String(name)) ?? 1),
    };
  }

  #addTask(name: string, line: number, task: Task): void {
    this.#tasks[name] = this.#gates.length === 0 ? task : { ...task, needs: this.#gates };
    this.#lineOf.set(name, line);
    this.#since.push(name);
  }

  #repeat({ line, count, start, step, command, terms }: RepeatEntry): void {
    // It makes no task, and no barrier waits for it.
    if (count === 0) return;
    const name = `line_${line}`;
    const to = start + step * (count - 1);
    const values = count === 1 || step === 0 ? [start] : { from: start, to, step };
    if (step === 0 && count > 1)
      this.#refuse(line, "REPEAT with step 0: its tasks would have one name", "leave step out");
    const run = `export DISBATCH_REPEAT_INDEX=$${INDEX}\n${command}`;
    this.#addTask(name, line, { matrix: { [INDEX]: values }, run, ...wordsOfTerms(terms) });
    this.#note(["tasks", name, "run"], line, "the index of REPEAT is the axis index; the variable has it, as before");
  }

  /** What follows needs a task that needs all before: as many edges as there are lines, and not as many as pairs of them. */
  #barrier(line: number, isCheck: boolean): void {
    if (this.#since.length === 0) return;
    const name = `barrier_${line}`;
    const needs = this.#since;
    this.#lineOf.set(name, line);
    this.#tasks[name] = { command: ["true"], needs, ...(isCheck ? {} : { if: "always" }) };
    const how = isCheck
      ? "what comes after it is blocked when something before has failed"
      : "it waits for all before, failed or not";
    this.#note(["tasks", name], line, `a barrier is a task that does nothing; ${how}`);
    if (isCheck) this.#check = name;
    this.#gates = this.#check === undefined || isCheck ? [name] : [name, this.#check];
    this.#since = [];
  }

  #problem({ severity, place, message, hint }: Diagnostic): void {
    if (severity === "error") this.#mistakes.add(place, { message, hint });
    else this.#notes.push({ path: ["tasks", `line_${place.line}`], text: message, place });
  }

  #note(path: Note["path"], line: number, text: string): void {
    this.#notes.push({ path, text, place: this.#placeAt(line) });
  }

  #refuse(line: number, message: string, hint?: string): void {
    this.#mistakes.add(this.#placeAt(line), { message, hint });
  }

  #placeAt(line: number): Place {
    return { file: this.#file, line, column: 1 };
  }
}
