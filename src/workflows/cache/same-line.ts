import { parseJson } from "../../domain/json.ts";
import { isDigest } from "./differences.ts";
import type { InstanceFiles } from "./instance-files.ts";
import { type Maker, isMaker } from "./lines.ts";

/** What an instance is now, and is compared with its record. */
export interface Expected {
  readonly instance: string;
  /** `Ingredients.said`, as JSON. */
  readonly said: string;
  readonly files: InstanceFiles;
  /** Whether a file has these contents, as far as nothing has to be read to tell. @param stamp that it had with them. */
  readonly has: (path: string, digest: string, stamp: string | undefined) => boolean;
}

/**
 * Who made an instance of which all still is what the line of its record says. It follows the line as long as that says what is
 * expected, and makes nothing of it: of very many instances hardly any has changed.
 *
 * @returns undefined also where only a closer look can tell.
 */
export function makerIfSame(line: string, { instance, said, files, has }: Expected): Maker | undefined {
  if (!isPlain(instance)) return undefined;
  const cursor = new Cursor(line);
  const areSame = (paths: readonly string[]): boolean => paths.every((path, i) => isNext(cursor, i, path, has));
  if (!cursor.passes(`{"type":"made","instance":"${instance}",`)) return undefined;
  const maker = cursor.until(',"ingredients":{"said":');
  if (maker === undefined || !cursor.passes(said)) return undefined;
  if (!cursor.passes(',"code":[') || !areSame(files.code) || !cursor.passes('],"inputs":{')) return undefined;
  for (const [i, [name, paths]] of files.inputs.entries()) {
    if (!cursor.passes(`${i === 0 ? "" : ","}"${name}":[`) || !areSame(paths) || !cursor.passes("]")) return undefined;
  }
  if (!cursor.passes('}},"outputs":{')) return undefined;
  for (const [i, [name, path]] of files.outputs.entries()) {
    if (!cursor.passes(`${i === 0 ? "" : ","}"${name}":`) || !isNext(cursor, 0, path, has)) return undefined;
  }
  if (!cursor.passes("}}") || !cursor.isAtEnd) return undefined;
  const json = parseJson(`{${maker}}`);
  return isMaker(json) ? json : undefined;
}

/** Whether a file comes next, and is what the line says. @param i its number in a list. */
function isNext(cursor: Cursor, i: number, path: string, has: Expected["has"]): boolean {
  if (!isPlain(path) || !cursor.passes(`${i === 0 ? "" : ","}{"path":"${path}","digest":"`)) return false;
  const digest = cursor.until('"');
  if (digest === undefined || !isDigest(digest)) return false;
  if (cursor.passes("}")) return has(path, digest, undefined);
  const stamp = cursor.passes(',"stamp":"') ? cursor.until('"}') : undefined;
  return stamp !== undefined && has(path, digest, stamp);
}

/** Whether a text stands in JSON as it is. No line of a file has control characters in it. */
function isPlain(text: string): boolean {
  return !text.includes('"') && !text.includes("\\");
}

/** A place in a text. */
class Cursor {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#text.length;
  }

  /** Passes a piece, if that stands here. */
  passes(piece: string): boolean {
    if (!this.#text.startsWith(piece, this.#at)) return false;
    this.#at += piece.length;
    return true;
  }

  /** What stands before the next such piece, which is passed. */
  until(piece: string): string | undefined {
    const end = this.#text.indexOf(piece, this.#at);
    if (end < 0) return undefined;
    const text = this.#text.slice(this.#at, end);
    this.#at = end + piece.length;
    return text;
  }
}
