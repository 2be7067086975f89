import { renameSync, rmSync, writeFileSync } from "node:fs";
import { errnoText } from "../domain/system-error.ts";
import { removeFile } from "../files/remove-file.ts";

/** A file for the user's eyes only, there for as long as the run goes on. */
export class SecretFile {
  readonly #path: string;
  readonly #failed: (why: string) => void;
  #removed = false;

  /** @param failed told when it cannot be written. */
  constructor(path: string, failed: (why: string) => void) {
    this.#path = path;
    this.#failed = failed;
  }

  /** Whoever reads it meanwhile finds the old one or the new one, never half of one. */
  write(text: string): void {
    if (this.#removed) return;
    const made = `${this.#path}.${process.pid}.tmp`;
    try {
      rmSync(made, { force: true });
      // On the disk before it counts: half of one is worth nothing after a power failure.
      writeFileSync(made, text, { mode: 0o600, flag: "wx", flush: true });
      renameSync(made, this.#path);
    } catch (error) {
      rmSync(made, { force: true });
      this.#failed(`${this.#path} cannot be written (${errnoText(error)})`);
    }
  }

  /** @returns why it stays, in words, where it cannot be removed. */
  remove(): string | undefined {
    this.#removed = true;
    return removeFile(this.#path);
  }
}
