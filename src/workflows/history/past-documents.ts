import { dirname, resolve } from "node:path";
import { UserError } from "../../domain/errors.ts";
import {
  type DocumentFiles,
  type DocumentSettings,
  type ReadDocument,
  readDocument,
} from "../document/read-document.ts";
import { withForeignTasks } from "../imports/foreign-tasks.ts";
import { textsIn } from "./archive.ts";
import type { History } from "./history.ts";
import type { DocumentArchive, RunRecord } from "./record.ts";

/** What a run was about: its document, and the parameters that were given. */
type About = Pick<RunRecord, "document" | "params" | "file">;

/**
 * Reads a document from its archive.
 *
 * @param file path of the document.
 * @throws UserError as `readDocument` does; `document-unreadable` for a text that the archive lacks.
 */
export async function readArchived(
  file: string,
  params: Readonly<Record<string, string>>,
  archive: DocumentArchive,
  settings: DocumentSettings = {},
): Promise<ReadDocument> {
  return withForeignTasks(await readDocument(file, params, filesOf(archive, dirname(resolve(file))), settings));
}

function filesOf(archive: DocumentArchive, folder: string): DocumentFiles {
  const texts = textsIn(archive, folder);
  return {
    read: (path) => {
      const text = texts.get(resolve(path));
      if (text === undefined) throw new UserError("document-unreadable", `${path}: the archive of the run lacks it`);
      return text;
    },
  };
}

/** The documents of earlier runs, read from their archives. */
export class PastDocuments {
  readonly #documents: History["documents"];
  readonly #read = new Map<string, ReadDocument | undefined>();

  constructor({ documents }: Pick<History, "documents">) {
    this.#documents = documents;
  }

  /** Takes note of a document that was read already. */
  know(about: About, document: ReadDocument): void {
    this.#read.set(keyOf(about), document);
  }

  /** Reads the documents of these runs, each once. */
  async load(runs: readonly About[]): Promise<void> {
    for (const about of runs) {
      const key = keyOf(about);
      if (!this.#read.has(key)) this.#read.set(key, await this.#readOnce(about));
    }
  }

  /** The document of a run that was loaded; undefined where its archive is lost, or this version takes it for no document. */
  of(about: About): ReadDocument | undefined {
    return this.#read.get(keyOf(about));
  }

  async #readOnce({ document, params, file }: About): Promise<ReadDocument | undefined> {
    const archive = this.#documents.get(document);
    if (archive === undefined) return undefined;
    try {
      return await readArchived(file, params, archive);
    } catch (error) {
      if (error instanceof UserError) return undefined;
      throw error;
    }
  }
}

function keyOf({ document, params }: About): string {
  return JSON.stringify([document, sortedEntries(params)]);
}

/** Whether two runs were about the same document with the same parameters. */
export function isSameAbout(a: About, b: About): boolean {
  return keyOf(a) === keyOf(b);
}

function sortedEntries(record: Readonly<Record<string, string>>): (readonly [string, string])[] {
  return Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1));
}
