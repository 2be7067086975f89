import { isOwnFile, reasonOf, replaceOwnFile } from "./own-file.ts";
import { removeFile } from "./remove-file.ts";

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

  /** Whether the file has been written. Nobody is to rely on it before. */
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

  /** What was never written, and is no file of this user's, stays. @returns why it stays, in words, where it cannot be removed. */
  remove(): string | undefined {
    this.#removed = true;
    return this.#isWritten || isOwnFile(this.#path) ? removeFile(this.#path) : undefined;
  }
}
