import { type Stats, statSync } from "node:fs";
import { resolve } from "node:path";
import { UserError } from "../../domain/errors.ts";
import { FileStates } from "../../files/file-states.ts";
import type { FileDigest } from "../../workflows/cache/made-record.ts";
import { CacheRecords } from "../../workflows/cache/records.ts";
import type { EarlierWork } from "../../workflows/views/instance-why.ts";
import type { FileNow, LineageFacts } from "../../workflows/views/lineage.ts";

/** Seconds by which the clocks of hosts and file systems may differ. */
const CLOCKS = 2;
/** Bytes of a file that is read for this. Of a larger one, or of a folder, nobody waits for the digest. */
const MOST_READ = 64 << 20;

/** An output of an instance. */
export type AskedOutput = Parameters<LineageFacts["nowOf"]>[0];

interface LookOptions {
  /** Path of `PREFIX_cache.jsonl`. */
  readonly cache: string;
  /** Absolute path of the folder from which paths are. */
  readonly folder: string;
  /** The run that did an instance last. */
  readonly workOf: LineageFacts["workOf"];
}

/** Tells what outputs are by now: by their contents where records say what was made, and else by their times. */
export class OutputsNow {
  readonly #byPath: ReadonlyMap<string, FileNow | undefined>;

  private constructor(byPath: ReadonlyMap<string, FileNow | undefined>) {
    this.#byPath = byPath;
  }

  static async look(outputs: readonly AskedOutput[], { cache, folder, workOf }: LookOptions): Promise<OutputsNow> {
    const records = recordsIn(cache);
    const states = new FileStates(folder);
    const byPath = new Map<string, FileNow | undefined>();
    try {
      for (const output of outputs) {
        const { instance, path } = output;
        if (byPath.has(path)) continue;
        const work = workOf(instance);
        const made = madeBy(records, output, work);
        const known = made?.stamp === undefined ? records.contentsOf(path) : { ...made, stamp: made.stamp };
        const contents = made && (await contentsNow(states, resolve(folder, path), path, known));
        const now =
          contents === undefined
            ? timeTells(resolve(folder, path), (made ?? work) !== undefined, work?.time)
            : undefined;
        byPath.set(path, contents === undefined ? now : contents === made?.digest ? "same" : "changed");
      }
    } finally {
      records.close();
    }
    return new OutputsNow(byPath);
  }

  of({ path }: AskedOutput): FileNow | undefined {
    return this.#byPath.get(path);
  }
}

/** What cannot be read tells nothing. A run says so. */
function recordsIn(cache: string): CacheRecords {
  try {
    return CacheRecords.read(cache, () => undefined);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return CacheRecords.none(cache);
  }
}

/** What the record of the instance says of the output, if it is that of its last run. */
function madeBy(
  records: CacheRecords,
  { instance, name, path }: AskedOutput,
  work: EarlierWork | undefined,
): FileDigest | undefined {
  const record = records.find(instance);
  if (record === undefined || (work !== undefined && work.run !== record.run)) return undefined;
  const made = record.outputs[name];
  return made?.path === path ? made : undefined;
}

/** Digest of what a file holds. @returns undefined where there is nothing, or too much to read. */
async function contentsNow(
  states: FileStates,
  file: string,
  path: string,
  known: { readonly stamp: string; readonly digest: string } | undefined,
): Promise<string | undefined> {
  const stats = statsOf(file);
  const isLarge = stats === undefined || stats.isDirectory() || stats.size > MOST_READ;
  if (isLarge && (known === undefined || (await states.stampOf(path)) !== known.stamp)) return undefined;
  await states.prepare(path, () => known);
  const found = states.digestOf(path);
  return typeof found === "object" ? found.digest : undefined;
}

/** What a file is by now, as far as its time tells. @param made when the task ended that made it. */
function timeTells(file: string, isMade: boolean, made: number | undefined): FileNow | undefined {
  const stats = statsOf(file);
  if (stats === undefined) return isMade ? "missing" : undefined;
  return made !== undefined && stats.mtimeMs / 1000 > made + CLOCKS ? "later" : undefined;
}

/** @returns undefined where there is nothing, or nobody may look. */
function statsOf(file: string): Stats | undefined {
  try {
    return statSync(file);
  } catch {
    return undefined;
  }
}
