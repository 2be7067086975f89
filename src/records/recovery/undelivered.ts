import { parseJson } from "../../domain/json.ts";
import { randomBytes, sign, verify } from "node:crypto";
import { basename, dirname, join } from "node:path";
import * as v from "valibot";
import type { Diagnostic } from "../../domain/errors.ts";
import type { OutputBlock } from "../../domain/output.ts";
import type { TaskResult } from "../../domain/result.ts";
import { namesIn } from "../../files/look.ts";
import { ForeignFileError, readOwnFile, reasonOf, replaceOwnFile } from "../../files/own-file.ts";
import { removeFile } from "../../files/remove-file.ts";
import { formatEvent } from "../journal/format.ts";
import { entryOf } from "../journal/schema.ts";
import { encodeOutputFrame, FRAME_START, readFrameHead, readFrameStart } from "../output/format.ts";

/** How the name of a file ends in which an engine leaves results that no driver has taken. */
const SUFFIX = "_undelivered.jsonl";
/** What stands before that: the engine's id, and something that nobody can know beforehand (which earlier versions left out). */
const NAME = /_([^_]+)(?:_[0-9a-f]{12})?_undelivered\.jsonl$/;

const FORMAT = "disbatch-undelivered";
const Header = v.object({ format: v.literal(FORMAT), engine: v.string() });
/** A frame of an output file, in base64. */
const OutputLine = v.object({ output: v.string() });
const Signature = v.object({ signature: v.string() });
const DIGEST = "sha256";

/** Bytes. An engine holds the results of a second or two; those of 30,000 tasks are no more than this. */
const MOST_BYTES = 64 << 20;

/** What an engine leaves of its own. */
type Left = Pick<Undelivered, "results" | "output">;

/** Results that an engine has left. */
export interface Undelivered {
  readonly path: string;
  /** Id of the engine, which is unlike any other's in this or another run. */
  readonly engineId: string;
  readonly results: readonly TaskResult[];
  /** What tasks have printed there, of these results or earlier ones. */
  readonly output: readonly OutputBlock[];
}

/**
 * Leaves results for whoever looks for them: who writes them, a journal's line for each, and a signature. Whoever looks
 * finds all of it or nothing.
 *
 * @param prefix beginning of the paths of the engine's files.
 * @param key the engine's private key, as PEM.
 * @throws the system's error.
 */
export function leaveUndelivered(prefix: string, engineId: string, left: Left, key: string): void {
  const path = `${prefix}${engineId}_${randomBytes(6).toString("hex")}${SUFFIX}`;
  replaceOwnFile(path, formatUndelivered(engineId, left, key), 0o600);
}

/** The content of such a file. */
export function formatUndelivered(engineId: string, { results, output }: Left, key: string): string {
  const lines = results.map((result) => {
    // The line holds nothing of the task but its id: the journal has the rest.
    const task = { kind: "task", id: result.taskId, line: 0, repeatIndex: -1, command: "" } as const;
    return formatEvent({ type: "task-finished", time: result.finish, task, result });
  });
  const frames = output.map(({ pieces, data }) =>
    JSON.stringify({ output: Buffer.concat(encodeOutputFrame({ pieces }, data)).toString("base64") }),
  );
  const signed = [JSON.stringify({ format: FORMAT, engine: engineId }), ...lines, ...frames]
    .map((line) => `${line}\n`)
    .join("");
  const signature = sign(DIGEST, Buffer.from(signed), key).toString("base64");
  return `${signed}${JSON.stringify({ signature })}\n`;
}

/** Whose results are looked for. */
export interface Search {
  /** Beginning of the paths of the run's files. */
  readonly prefix: string;
  /** The certificate of the run's engines, as PEM: what they have not signed is not theirs. */
  readonly certificate: string;
  readonly isWanted: (engineId: string) => boolean;
  /** Told once, when there are files of such names that cannot be used. */
  readonly warning: (warning: Diagnostic) => void;
}

/**
 * What engines of a run have left. Anybody who may write the folder can put a file of such a name there, so it counts only
 * when it is this user's, and signed by an engine of the run.
 */
export function findUndelivered({ prefix, certificate, isWanted, warning }: Search): Undelivered[] {
  const found: Undelivered[] = [];
  const useless: { readonly path: string; readonly why: string }[] = [];
  for (const { path, engineId } of filesAt(prefix)) {
    if (!isWanted(engineId)) continue;
    try {
      found.push({ path, engineId, ...readUndelivered(path, engineId, certificate) });
    } catch (error) {
      useless.push({ path, why: reasonOf(error) });
    }
  }
  const [first, ...others] = useless;
  if (first !== undefined) warning(uselessFile(first.path, first.why, others.length));
  return found;
}

/**
 * Removes what engines of a run have left that has come to its end: every task has another outcome.
 *
 * @returns of each file that cannot be removed why, in words.
 */
export function dropUndelivered(prefix: string, engineIds: ReadonlySet<string>): string[] {
  const left = filesAt(prefix).filter(({ engineId }) => engineIds.has(engineId));
  return left.flatMap(({ path }) => removeFile(path) ?? []);
}

/** Files whose names say that engines have left them; a run that goes on, or has ended, is not held up by a folder that is gone. */
function filesAt(prefix: string): { path: string; engineId: string }[] {
  const [folder, start] = [dirname(prefix), `${basename(prefix)}_`];
  return namesIn(folder)
    .toSorted()
    .flatMap((name) => {
      const engineId = name.startsWith(start) ? NAME.exec(name)?.[1] : undefined;
      return engineId === undefined ? [] : [{ path: join(folder, name), engineId }];
    });
}

/** @throws ForeignFileError, the system's error. */
function readUndelivered(path: string, engineId: string, certificate: string): Left {
  const text = readOwnFile(path, MOST_BYTES);
  const end = text.lastIndexOf("\n", text.length - 2) + 1;
  if (!isSigned(text.slice(0, end), text.slice(end), certificate)) throw notOurs(path);
  const [header, ...lines] = text.slice(0, end).split("\n").map(parseJson);
  if (!v.is(Header, header) || header.engine !== engineId) throw notOurs(path);
  const entries = lines.map((line) => entryOf(line));
  return {
    results: entries.flatMap((entry) => (entry?.type === "task-finished" ? [entry.result] : [])),
    output: lines.flatMap((line) => (v.is(OutputLine, line) ? blockOf(Buffer.from(line.output, "base64")) : [])),
  };
}

function blockOf(frame: Buffer): OutputBlock[] {
  const lengths = frame.length < FRAME_START ? undefined : readFrameStart(frame);
  if (lengths === undefined) return [];
  const end = FRAME_START + lengths.head;
  const head = readFrameHead(frame.subarray(FRAME_START, end), lengths.sum);
  return head === undefined ? [] : [{ pieces: head.pieces, data: frame.subarray(end) }];
}

function isSigned(text: string, lastLine: string, certificate: string): boolean {
  const last = parseJson(lastLine);
  if (!v.is(Signature, last)) return false;
  try {
    return verify(DIGEST, Buffer.from(text), certificate, Buffer.from(last.signature, "base64"));
  } catch {
    return false;
  }
}

function notOurs(path: string): ForeignFileError {
  return new ForeignFileError(path, "is not signed by that engine of the run");
}

function uselessFile(file: string, why: string, others: number): Diagnostic {
  const more = others === 0 ? "" : `, nor are ${others} more of such names`;
  const message = `${file} is not counted among the results that engines have left: ${why}${more}`;
  return { code: "undelivered-useless", severity: "warning", place: { file, line: 1, column: 1 }, message };
}
