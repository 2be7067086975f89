import { ForeignFileError, reasonOf, removeOwnFile, replaceOwnFile } from "../files/own-file.ts";

/** A file for the user's eyes only, there for as long as the run goes on. */
export class SecretFile {
  readonly #path: string;
  readonly #failed: (why: string) => void;
  #isWritten = false;
  #removed = false;

  /** @param failed told when it cannot be written. */
  constructor(path: string, failed: (why: string) => void) {
    this.#path = path;
    this.#failed = failed;
  }

  /** It has been written, and nobody is to rely on it before. */
  get isWritten(): boolean {
    return this.#isWritten;
  }

  /** Whoever reads it meanwhile finds the old one or the new one, never half of one. */
  write(text: string): void {
    if (this.#removed) return;
    try {
      replaceOwnFile(this.#path, text, 0o600);
      this.#isWritten = true;
    } catch (error) {
      this.#failed(`${this.#path} cannot be written (${reasonOf(error)})`);
    }
  }

  /** What somebody else has put in its place stays there. @returns why it could not be removed, when that is so. */
  remove(): string | undefined {
    this.#removed = true;
    try {
      removeOwnFile(this.#path);
    } catch (error) {
      if (!(error instanceof ForeignFileError)) return `${this.#path} cannot be removed (${reasonOf(error)})`;
    }
    return undefined;
  }
}
