import { encodeText } from "../../domain/bytes.ts";
import { formatDiagnostic, UserError, type Diagnostic } from "../../domain/errors.ts";
import type { GrowingList, Submission, SubmitOptions, TaskSource } from "../../domain/source.ts";
import type { StreamItem } from "../../domain/task.ts";
import type { Entry } from "../taskfile/entry.ts";
import type { TaskTerms } from "../../domain/terms/task-terms.ts";
import { refuseHalfCharacter } from "../taskfile/half-character.ts";
import { ItemQueue } from "../taskfile/item-queue.ts";
import { FRESH, type ParserState, type Reading, TaskFileParser } from "../taskfile/parser.ts";
import { refusal } from "../taskfile/refusal.ts";
import { DiagnosticList } from "../taskfile/task-file-check.ts";
import { linesWithTerms } from "./lines-with-terms.ts";
import { END_OF_LIST, LIST_GOES_ON, saysListEnded, unmarked } from "./list-marks.ts";
import type { ListSize } from "./task-file.ts";

/** Where the lines of a list are kept; see `Ledger`. */
export interface LineKeeper {
  /** Takes a line, without its newline. */
  writeBytes(line: Uint8Array): void;
  /** @throws Error when what was taken cannot be kept. */
  commit(): void;
}

/** Stands for a file in the places of mistakes that are counted within what was submitted. */
const SUBMISSION = "submission";

/** A list that what is submitted is added to. */
interface ListBefore extends ListSize {
  readonly source: TaskSource;
}

export interface OpenListOptions extends Reading {
  /** Short name for people, and for the places in diagnostics. */
  readonly name: string;
  /** Told of each warning when the items before it have been handed out. */
  readonly onWarning: (warning: Diagnostic) => void;
  readonly before?: ListBefore | undefined;
}

/**
 * A list of tasks that grows while the run goes on, until somebody ends it. What is submitted is in the format of a task file,
 * is kept before it is acknowledged, and can be started at once.
 */
export class OpenList implements TaskSource, GrowingList {
  readonly name: string;
  readonly #options: OpenListOptions;
  readonly #queue: ItemQueue;
  #before: TaskSource | undefined;
  #keeper: LineKeeper | undefined;
  /** Lines that were submitted before there was a keeper. */
  #unkept: Buffer[] = [];
  /** What was kept before says that the list had been ended, and it goes on. */
  #isReopened = false;
  #state: ParserState;
  /** The next task or barrier that is submitted gets this id. */
  #nextId: number;
  /** Tasks that the list has. */
  #tasks: number;
  /** Tasks that have been handed out. */
  #given = 0;
  #isEnded = false;
  /** Everything has been handed out. */
  #atEnd = false;
  #failure: unknown;
  #isClosed = false;
  /** Ends the waiting of `next`. */
  #wake: () => void = () => undefined;

  constructor(options: OpenListOptions) {
    const { name, before } = options;
    this.name = name;
    this.#options = options;
    this.#before = before?.source;
    this.#nextId = before?.ids ?? 0;
    this.#tasks = before?.source.total ?? 0;
    this.#state = { ...FRESH, lines: before?.lines ?? 0, perEngineAllowed: before === undefined };
    this.#queue = new ItemQueue(options.onWarning, this.#nextId);
  }

  get total(): number | undefined {
    return this.#atEnd ? this.#given : undefined;
  }

  /** Whether nothing can be submitted any more. */
  get isEnded(): boolean {
    return this.#isEnded || this.#isClosed;
  }

  /** What the last directive says of the terms of later tasks. */
  get terms(): TaskTerms | undefined {
    return this.#state.terms;
  }

  /** Ids that have been given to tasks and barriers are below this. */
  get ids(): number {
    return this.#nextId;
  }

  /** Tasks that the list has so far, barriers not counted. */
  get tasks(): number {
    return this.#tasks;
  }

  /** Keeps every line that is submitted, now those that have been submitted before. @throws Error when these cannot be kept. */
  keepIn(keeper: LineKeeper): void {
    this.#keeper = keeper;
    const held = this.#unkept;
    this.#unkept = [];
    if (held.length > 0) this.#keep(Buffer.concat(held));
    if (!this.#isReopened) return;
    this.#isReopened = false;
    this.#state = { ...this.#state, lines: this.#state.lines + 1 };
    this.#keep(Buffer.from(`${LIST_GOES_ON}\n`));
  }

  /**
   * Adds lines: all of them, or none.
   *
   * @param text one or more lines of a task file, bytes as text; the last one needs no newline.
   * @throws UserError `list-ended`; `task-file-refused` for a mistake in them; `bad-terms`; `too-many-tasks`.
   * @throws Error when the lines cannot be kept.
   */
  submit(text: string, { from, terms }: SubmitOptions = {}): Submission {
    if (this.isEnded) throw new UserError("list-ended", "the list of tasks has been ended: nothing can be added to it");
    const { lines } = this.#state;
    const place = from === undefined ? { file: SUBMISSION, line: 1 } : { file: from, line: lines + 1 };
    refuseHalfCharacter(text, place);
    const given = unmarked(text.endsWith("\n") ? text : `${text}\n`);
    const { terms: standing } = this.#state;
    const bytes = encodeText(terms === undefined ? given : linesWithTerms(given, terms, standing, this.#options));
    const before = terms === undefined ? lines : lines + 1;
    const { entries, state } = this.#parse(bytes, from, (mistake) =>
      from === undefined ? inSubmission(mistake, before) : mistake,
    );
    this.#refuseTooMany(entries);
    this.#keep(bytes);
    this.#state = state;
    return this.#add(entries);
  }

  /**
   * Takes lines that were kept earlier, before anything is submitted.
   *
   * @param bytes whole lines.
   * @param isOver nothing more can be submitted.
   * @throws UserError as `submit` does.
   */
  replay(bytes: Uint8Array, isOver: boolean): void {
    if (bytes.length > 0) {
      const { entries, state } = this.#parse(bytes);
      this.#state = state;
      this.#add(entries);
    }
    if (isOver) this.#finish();
    else this.#isReopened = saysListEnded(bytes);
  }

  /**
   * Nothing more will be submitted; the run ends when everything is done. That is kept, too, so that a list which is taken up
   * again is not waited for.
   *
   * @throws Error when it cannot be kept; the list has ended all the same.
   */
  end(): void {
    if (this.isEnded) return;
    this.#finish();
    this.#keep(Buffer.from(`${END_OF_LIST}\n`));
  }

  /** Whoever submits has failed: `next` throws this when everything that came before has been handed out. */
  fail(error: unknown): void {
    this.#failure ??= error;
    this.#finish();
  }

  async next(limit: number): Promise<readonly StreamItem[]> {
    while (!this.#isClosed) {
      // What is submitted while it is looked for is not to be missed.
      const woken = new Promise<void>((resolve) => (this.#wake = resolve));
      const items = await this.#take(limit);
      for (const { kind } of items) if (kind === "task") this.#given++;
      if (items.length > 0) return items;
      if (this.#isEnded) {
        if (this.#failure !== undefined) throw this.#failure;
        this.#atEnd = true;
        return [];
      }
      await woken;
    }
    return [];
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#wake();
    await this.#before?.close();
  }

  #finish(): void {
    this.#isEnded = true;
    this.#wake();
  }

  async #take(limit: number): Promise<readonly StreamItem[]> {
    const items = (await this.#before?.next(limit)) ?? [];
    if (items.length > 0) return items;
    await this.#before?.close();
    this.#before = undefined;
    return this.#queue.take(limit);
  }

  #parse(
    bytes: Uint8Array,
    file = this.name,
    placed = (mistake: Diagnostic): Diagnostic => mistake,
  ): { readonly entries: readonly Entry[]; readonly state: ParserState } {
    const parser = new TaskFileParser({ ...this.#options, file, after: this.#state });
    const entries = parser.push(bytes);
    const errors = new DiagnosticList("error");
    for (const entry of entries) {
      if (entry.kind === "problem" && entry.diagnostic.severity === "error") errors.add(placed(entry.diagnostic));
    }
    if (errors.count === 0) return { entries, state: parser.state };
    const mistakes = errors.diagnostics();
    throw refusal(mistakes.map(formatDiagnostic).join("\n"), mistakes);
  }

  #keep(bytes: Buffer): void {
    if (this.#keeper === undefined) return void this.#unkept.push(bytes);
    for (let from = 0; from < bytes.length;) {
      const newline = bytes.indexOf(NEWLINE, from);
      this.#keeper.writeBytes(bytes.subarray(from, newline));
      from = newline + 1;
    }
    this.#keeper.commit();
  }

  #refuseTooMany(entries: readonly Entry[]): void {
    const ids = entries.reduce((sum, entry) => sum + idsOf(entry), this.#nextId);
    if (ids <= Number.MAX_SAFE_INTEGER) return;
    throw new UserError("too-many-tasks", "the list would have more tasks than can be numbered: nothing was added");
  }

  #add(entries: readonly Entry[]): Submission {
    const first = this.#nextId;
    const count = entries.reduce((sum, entry) => sum + idsOf(entry), 0);
    this.#nextId += count;
    this.#tasks += count - entries.filter(({ kind }) => kind === "barrier").length;
    this.#queue.add(entries);
    this.#wake();
    return { first, count };
  }
}

const NEWLINE = "\n".charCodeAt(0);

/** The mistake as whoever submitted the lines looks for it. @param before lines of the list before theirs. */
function inSubmission(mistake: Diagnostic, before: number): Diagnostic {
  const { line, column } = mistake.place;
  return { ...mistake, place: { file: SUBMISSION, line: line - before, column } };
}

/** How many ids the entry takes. */
function idsOf(entry: Entry): number {
  switch (entry.kind) {
    case "command":
    case "barrier":
      return 1;
    case "repeat":
      return entry.count;
    case "per-engine":
    case "problem":
      return 0;
    default:
      return entry satisfies never;
  }
}
