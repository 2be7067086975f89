import { partsOf, type TextPart } from "../../records/ledger/parts.ts";
import type { FileDigest, MadeRecord } from "./made-record.ts";

/** The first line of the file. A later version that changes its meaning raises the number. */
const CACHE_FORMAT = "disbatch-cache";
export const CACHE_VERSION = 1;
export const CACHE_HEADER = JSON.stringify({ format: CACHE_FORMAT, version: CACHE_VERSION });

/** Characters of a record in one line; a longer one is compressed, and takes several lines. */
const LONGEST = 64 << 10;

/** What is known of a file: a line of its own, where no instance's record says it. */
export interface FileRecord {
  readonly type: "file";
  readonly path: string;
  readonly stamp: string;
  readonly digest: string;
}

/** The lines of a record, without their newlines. They begin with the name of what they are about, which is looked for there. */
export function linesOf(record: MadeRecord): string[] {
  const { type, instance, run, node, start, finish, ingredients, outputs } = record;
  const text = JSON.stringify({ type, instance, run, node, start, finish, ingredients, outputs });
  if (text.length <= LONGEST) return [text];
  return partsOf(text).map((part) => JSON.stringify({ type, instance, ...part }));
}

/** The line of what is known of a file. */
export function fileLine(path: string, stamp: string, digest: string): string {
  return JSON.stringify({ type: "file", path, stamp, digest } satisfies FileRecord);
}

/** Whether JSON says what an instance has made. Looked at by hand: there are many. */
export function isMadeRecord(json: unknown): json is MadeRecord {
  if (!isObject(json) || json["type"] !== "made") return false;
  const { instance, ingredients, outputs } = json;
  return (
    typeof instance === "string" &&
    isMaker(json) &&
    areIngredients(ingredients) &&
    isObject(outputs) &&
    Object.values(outputs).every(isFileDigest)
  );
}

/** Which run made something, where and when. */
export type Maker = Pick<MadeRecord, "run" | "node" | "start" | "finish">;

/** Whether JSON says who made something. */
export function isMaker(json: unknown): json is Maker {
  if (!isObject(json)) return false;
  const { run, node, start, finish } = json;
  return typeof run === "number" && typeof node === "string" && typeof start === "number" && typeof finish === "number";
}

/** Whether JSON says what is known of a file. */
export function isFileRecord(json: unknown): json is FileRecord {
  if (!isObject(json) || json["type"] !== "file") return false;
  const { path, stamp, digest } = json;
  return typeof path === "string" && typeof stamp === "string" && typeof digest === "string";
}

/** A line with a part of what an instance has made. */
export interface PartLine extends TextPart {
  readonly instance: string;
}

/** Whether JSON says a part of what an instance has made. */
export function isPartLine(json: unknown): json is PartLine {
  if (!isObject(json) || json["type"] !== "made") return false;
  const { instance, part, parts, data } = json;
  return (
    typeof instance === "string" && typeof part === "number" && typeof parts === "number" && typeof data === "string"
  );
}

/** Version of the format, where JSON is the first line of such a file. */
export function versionIn(json: unknown): number | undefined {
  if (!isObject(json) || json["format"] !== CACHE_FORMAT) return undefined;
  return typeof json["version"] === "number" ? json["version"] : undefined;
}

function areIngredients(json: unknown): boolean {
  if (!isObject(json)) return false;
  const { said, code, inputs } = json;
  return (
    isObject(said) &&
    Object.values(said).every((value) => typeof value === "string") &&
    areFileDigests(code) &&
    isObject(inputs) &&
    Object.values(inputs).every(areFileDigests)
  );
}

function areFileDigests(json: unknown): boolean {
  return Array.isArray(json) && json.every(isFileDigest);
}

function isFileDigest(json: unknown): json is FileDigest {
  if (!isObject(json)) return false;
  const { path, digest, stamp } = json;
  return typeof path === "string" && typeof digest === "string" && (stamp === undefined || typeof stamp === "string");
}

function isObject(json: unknown): json is Record<string, unknown> {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}
