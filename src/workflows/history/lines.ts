import * as v from "valibot";
import { parseJson } from "../../domain/json.ts";
import { partsOf, type TextPart, textOfParts } from "../../records/ledger/parts.ts";
import { FOREIGN_FORMATS, GROUPS_READINGS } from "../imports/formats.ts";
import type {
  DecisionRecord,
  DocumentArchive,
  DocumentRecord,
  HistoryRecord,
  MoreRecord,
  TasksRecord,
} from "./record.ts";

/** The first line of the file. A later version that changes its meaning raises the number. */
export const HISTORY_FORMAT = "disbatch-workflow";
export const HISTORY_VERSION = 1;
export const HISTORY_HEADER = JSON.stringify({ format: HISTORY_FORMAT, version: HISTORY_VERSION });

const Whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** A name that leads nowhere else. */
const STAGE = /^[0-9a-z]{1,64}$/;
const Texts = v.record(v.string(), v.string());
const Names = v.array(v.string());
/** Where a line stands among those of its record, from 0, and how many these are. */
const Part = { part: Whole, parts: Whole, data: v.string() };

const LineSchema = v.variant("type", [
  v.object({
    type: v.literal("run"),
    run: Whole,
    time: v.number(),
    document: v.string(),
    file: v.string(),
    form: v.optional(
      v.object({
        format: v.picklist(FOREIGN_FORMATS),
        groups: v.optional(v.picklist(GROUPS_READINGS)),
        jobIdTemplate: v.optional(v.string()),
      }),
    ),
    folder: v.string(),
    params: Texts,
    goals: Names,
    from: Names,
    only: v.boolean(),
    force: v.optional(Names),
    noCache: v.optional(v.boolean()),
    isPart: v.boolean(),
    maxInstances: Whole,
    firstId: Whole,
    idsEnd: Whole,
    statusFrom: Whole,
    stage: v.optional(v.pipe(v.string(), v.regex(STAGE))),
  }),
  v.object({ type: v.literal("document"), digest: v.string(), ...Part }),
  v.object({ type: v.literal("values"), by: v.string(), attempt: Whole, values: Names, offset: Whole }),
  v.object({ type: v.literal("tasks"), by: v.string(), attempt: Whole, ...Part }),
  v.object({ type: v.literal("mark"), time: v.number(), done: v.boolean(), instances: Names }),
]);
type Line = v.InferOutput<typeof LineSchema>;
type PartLine = Extract<Line, { readonly type: "document" | "tasks" }>;

const ArchiveSchema = v.object({ root: v.string(), texts: Texts });

/** The lines of a record, without their newlines. They count only when all are there, one behind the other. */
export function linesOf(record: HistoryRecord): string[] {
  if (record.type === "document") {
    const { type, digest, archive } = record;
    return inParts(JSON.stringify(archive), (part) => ({ type, digest, ...part }));
  }
  if (record.type === "tasks") {
    const { type, by, attempt, text } = record;
    return inParts(text, (part) => ({ type, by, attempt, ...part }));
  }
  return [JSON.stringify(record)];
}

function inParts(text: string, line: (part: TextPart) => PartLine): string[] {
  return partsOf(text).map((part) => JSON.stringify(line(part)));
}

/** Puts records together again from their lines. What was decided about instances is read by `decisionsOf`. */
export class LineAssembler {
  #parts: PartLine[] = [];

  /**
   * Takes the next line.
   *
   * @returns the record that it completes; `part` for a part of one; undefined for what is no line of such a file.
   */
  take(text: string): Exclude<HistoryRecord, DecisionRecord | MoreRecord> | "part" | undefined {
    const parsed = v.safeParse(LineSchema, parseJson(text));
    if (!parsed.success) return undefined;
    const line = parsed.output;
    if (line.type !== "document" && line.type !== "tasks") {
      this.#parts = [];
      return line;
    }
    if (line.part === 0) this.#parts = [];
    if (line.part !== this.#parts.length || !isSameRecord(this.#parts[0] ?? line, line)) return undefined;
    this.#parts.push(line);
    if (this.#parts.length < line.parts) return "part";
    const data = this.#parts.map((part) => part.data);
    this.#parts = [];
    return line.type === "document" ? documentOf(line.digest, data) : tasksOf(line, data);
  }
}

function isSameRecord(a: PartLine, b: PartLine): boolean {
  if (a.type !== b.type || a.parts !== b.parts) return false;
  if (a.type === "document" || b.type === "document") return "digest" in a && "digest" in b && a.digest === b.digest;
  return a.by === b.by && a.attempt === b.attempt;
}

function documentOf(digest: string, data: readonly string[]): DocumentRecord | undefined {
  const parsed = v.safeParse(ArchiveSchema, parseJson(textOfParts(data) ?? ""));
  return parsed.success ? { type: "document", digest, archive: parsed.output satisfies DocumentArchive } : undefined;
}

function tasksOf(
  { by, attempt }: Pick<TasksRecord, "by" | "attempt">,
  data: readonly string[],
): TasksRecord | undefined {
  const text = textOfParts(data);
  return text === undefined ? undefined : { type: "tasks", by, attempt, text };
}
