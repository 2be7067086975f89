import { constants } from "node:fs";
import { mkdir, open, rm } from "node:fs/promises";
import { dirname } from "node:path";
import type { OutputBlock, OutputPiece } from "../../domain/output.ts";
import { refuseForeign } from "../../files/own-file.ts";
import { expand } from "./compression.ts";
import { outputPath } from "./template.ts";

const MODE = 0o600;
const NEW = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL;
const THERE = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW;
/** Folders that are remembered as made. */
const MOST_FOLDERS = 10_000;

/** Writes what tasks print into files that go by a template. */
export class NamedFiles {
  readonly template: string;
  readonly #folders = new Set<string>();

  /** @param template as `outputTemplate` makes it. */
  constructor(template: string) {
    this.template = template;
  }

  /** @throws ForeignFileError, the system's error. */
  async write({ pieces, data }: OutputBlock): Promise<void> {
    const bytes = await expand(data, pieces);
    let at = 0;
    for (const piece of pieces) {
      await this.#writePiece(piece, bytes.subarray(at, at + piece.length));
      at += piece.length;
    }
  }

  /** A first piece begins the file anew: another attempt may have written it. What comes twice is written to the same place. */
  async #writePiece(piece: OutputPiece, bytes: Buffer): Promise<void> {
    const { from, start = from } = piece;
    const path = outputPath(this.template, piece);
    const isFirst = from === start;
    await this.#makeFolder(dirname(path));
    refuseForeign(path);
    if (isFirst) await rm(path, { force: true });
    const file = await open(path, isFirst ? NEW : THERE, MODE);
    try {
      for (let written = 0; written < bytes.length;) {
        const left = bytes.length - written;
        written += (await file.write(bytes, written, left, from - start + written)).bytesWritten;
      }
    } finally {
      await file.close();
    }
  }

  async #makeFolder(folder: string): Promise<void> {
    if (this.#folders.has(folder)) return;
    await mkdir(folder, { recursive: true });
    if (this.#folders.size >= MOST_FOLDERS) this.#folders.clear();
    this.#folders.add(folder);
  }
}
