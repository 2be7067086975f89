import * as v from "valibot";
import type { MadeFile } from "../domain/task-files.ts";

/** Files and folders that one task makes; and characters of a path, of a stamp, and of a digest. */
const MOST_FILES = 1_000_000;
const LONGEST_PATH = 65_536;
const LONGEST_STAMP = 256;

/** What tasks have made. It is checked by hand, since one stands in every result of a workflow that makes files. */
export const MadeSchema = v.custom<readonly MadeFile[]>(isMade, "Invalid made files");

function isMade(value: unknown): boolean {
  return Array.isArray(value) && value.length <= MOST_FILES && value.every((one) => isMadeFile(one));
}

function isMadeFile(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (!("path" in value) || !isText(value.path, LONGEST_PATH)) return false;
  if (!("stamp" in value) || !isText(value.stamp, LONGEST_STAMP)) return false;
  return !("digest" in value) || isText(value.digest, LONGEST_STAMP);
}

/** Whether something says what a task is to make. What it means is checked by whoever makes room for it. */
export function isTaskOutputs(value: unknown): boolean {
  if (typeof value !== "object" || value === null || !("stage" in value) || !("files" in value)) return false;
  return typeof value.stage === "string" && Array.isArray(value.files) && value.files.every((one) => isTaskOutput(one));
}

function isTaskOutput(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (!("name" in value) || typeof value.name !== "string") return false;
  if (!("path" in value) || typeof value.path !== "string") return false;
  if (!("isFolder" in value) || typeof value.isFolder !== "boolean") return false;
  return !("isDigested" in value) || typeof value.isDigested === "boolean";
}

function isText(value: unknown, longest: number): boolean {
  return typeof value === "string" && value.length <= longest;
}
