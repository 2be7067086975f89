import { CHANGED_PARTS, type Change, type ChangedPart } from "../../domain/run-reason.ts";
import type { FileDigest, Ingredients, MadeRecord } from "./made-record.ts";

/** In the place of a digest: there is no such file; or nobody can read it, or it changes while it is read. */
export const [MISSING, UNREADABLE] = ["?missing", "?unreadable"] as const;

/** What decides about what an instance makes, and is not what it was. Each difference is named once; empty when all is equal. */
export function differences(before: Pick<MadeRecord, "ingredients">, now: Ingredients): readonly Change[] {
  const was = before.ingredients;
  if (isSame(was, now)) return [];
  return [
    ...saidDifferences(was.said, now.said),
    ...fileDifferences({ part: "code", name: undefined }, was.code, now.code),
    ...inputDifferences(was, now),
  ];
}

/** What of its outputs is not what an instance has made. @param now as they are, by name of output. */
export function outputDifferences(
  before: Pick<MadeRecord, "outputs">,
  now: Readonly<Record<string, FileDigest>>,
): readonly Change[] {
  const gone = Object.keys(before.outputs).filter((name) => !Object.hasOwn(now, name));
  return [
    ...Object.entries(now).flatMap(([name, file]): Change[] => {
      const was = Object.hasOwn(before.outputs, name) ? before.outputs[name] : undefined;
      const { path, digest } = file;
      if (was === undefined) return [{ part: "output", name, path, how: "new" }];
      if (was.path === path && was.digest === digest) return [];
      return [{ part: "output", name, path, how: digest === MISSING ? "missing" : "changed" }];
    }),
    ...gone.map((name): Change => ({ part: "output", name, path: before.outputs[name]?.path, how: "gone" })),
  ];
}

/** The usual case, seen without making anything. */
function isSame(was: Ingredients, now: Ingredients): boolean {
  return isSameSaid(was.said, now.said) && areSameFiles(was.code, now.code) && isSameInputs(was.inputs, now.inputs);
}

function isSameSaid(was: Ingredients["said"], now: Ingredients["said"]): boolean {
  let count = 0;
  for (const key in now) {
    if (was[key] !== now[key]) return false;
    count++;
  }
  for (const _ in was) count--;
  return count === 0;
}

function isSameInputs(was: Ingredients["inputs"], now: Ingredients["inputs"]): boolean {
  const names = Object.keys(now);
  if (names.length !== Object.keys(was).length) return false;
  return names.every((name) => Object.hasOwn(was, name) && areSameFiles(was[name] ?? [], now[name] ?? []));
}

function areSameFiles(was: readonly FileDigest[], now: readonly FileDigest[]): boolean {
  if (was.length !== now.length) return false;
  for (let i = 0; i < now.length; i++) {
    const [a, b] = [was[i], now[i]];
    if (a?.digest !== b?.digest || a?.path !== b?.path || !isDigest(b?.digest)) return false;
  }
  return true;
}

function saidDifferences(was: Ingredients["said"], now: Ingredients["said"]): Change[] {
  return keysOf(was, now).flatMap((key): Change[] => {
    const { part, name } = partOf(key);
    if (was[key] === now[key] || part === "input") return [];
    return [{ part, name, how: was[key] === undefined ? "new" : now[key] === undefined ? "gone" : "changed" }];
  });
}

/** `env NAME` is a part with a name, `command` one without. */
function partOf(key: string): { readonly part: ChangedPart; readonly name?: string | undefined } {
  const blank = key.indexOf(" ");
  const word = blank < 0 ? key : key.slice(0, blank);
  const part = CHANGED_PARTS.find((known) => known === word) ?? "command";
  return { part, name: blank < 0 ? undefined : key.slice(blank + 1) };
}

function inputDifferences(was: Ingredients, now: Ingredients): Change[] {
  return keysOf(was.inputs, now.inputs).flatMap((name): Change[] => {
    const [before, after] = [ownOf(was.inputs, name), ownOf(now.inputs, name)];
    if (before === undefined) return [{ part: "input", name, path: onlyPathOf(after), how: "new" }];
    if (after === undefined) return [{ part: "input", name, path: onlyPathOf(before), how: "gone" }];
    const isList = `input ${name}`;
    if (was.said[isList] !== now.said[isList]) return [{ part: "input", name, path: undefined, how: "changed" }];
    return fileDifferences({ part: "input", name }, before, after);
  });
}

/** Files that are not what they were; the list itself, where only their order is another one. */
function fileDifferences(
  what: Pick<Change, "part" | "name">,
  was: readonly FileDigest[],
  now: readonly FileDigest[],
): Change[] {
  if (areSameFiles(was, now)) return [];
  const [before] = was;
  const [after] = now;
  if (what.part === "input" && was.length === 1 && now.length === 1 && before?.path !== after?.path) {
    return [{ ...what, path: after?.path, how: howNow(after) }];
  }
  const digests = new Map(was.map(({ path, digest }) => [path, digest]));
  const left = new Set(now.map(({ path }) => path));
  const changes = now.flatMap((file): Change[] => {
    const { path, digest } = file;
    const known = digests.get(path);
    if (known === digest && isDigest(digest)) return [];
    return [{ ...what, path, how: known === undefined && isDigest(digest) ? "new" : howNow(file) }];
  });
  for (const path of digests.keys()) if (!left.has(path)) changes.push({ ...what, path, how: "gone" });
  return changes.length > 0 ? changes : [{ ...what, path: undefined, how: "changed" }];
}

function howNow(file: FileDigest | undefined): Change["how"] {
  return file?.digest === MISSING ? "missing" : "changed";
}

/** Whether it is one, and no word that says why there is none. */
export function isDigest(digest: string | undefined): boolean {
  return digest !== undefined && !digest.startsWith("?");
}

function onlyPathOf(files: readonly FileDigest[] | undefined): string | undefined {
  return files?.length === 1 ? files[0]?.path : undefined;
}

function ownOf<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function keysOf(a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): string[] {
  return [...Object.keys(b), ...Object.keys(a).filter((key) => !Object.hasOwn(b, key))];
}
