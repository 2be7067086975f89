import { dirname } from "node:path";
import { readDocument } from "../document/read-document.ts";
import type { Workflow } from "../document/workflow.ts";
import { textsIn } from "./archive.ts";
import type { History } from "./history.ts";
import type { RunRecord } from "./record.ts";

/** What a run was about: its document, and the parameters that were given. */
type About = Pick<RunRecord, "document" | "params" | "file">;

/** The documents of earlier runs, read from their archives as they are asked for. */
export class PastDocuments {
  readonly #documents: History["documents"];
  readonly #read = new Map<string, Workflow | undefined>();

  constructor({ documents }: Pick<History, "documents">) {
    this.#documents = documents;
  }

  /** Takes note of a document that was read already. */
  know(about: About, workflow: Workflow): void {
    this.#read.set(keyOf(about), workflow);
  }

  /** The document of a run; undefined where its archive is lost, or this version takes it for no document. */
  of(about: About): Workflow | undefined {
    const key = keyOf(about);
    if (!this.#read.has(key)) this.#read.set(key, this.#readOnce(about));
    return this.#read.get(key);
  }

  #readOnce({ document, params, file }: About): Workflow | undefined {
    const archive = this.#documents.get(document);
    if (archive === undefined) return undefined;
    try {
      return readDocument(file, params, textsIn(archive, dirname(file)));
    } catch {
      return undefined;
    }
  }
}

function keyOf({ document, params }: About): string {
  return JSON.stringify([document, Object.entries(params).toSorted(([a], [b]) => (a < b ? -1 : 1))]);
}
