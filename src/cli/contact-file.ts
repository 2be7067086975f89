import { renameSync, rmSync, writeFileSync } from "node:fs";
import { errnoText } from "../domain/system-error.ts";
import { type Contact, formatContact } from "../wire/contact.ts";

/** Tells those who can read it where the run can be called, and lets them in; there for as long as the run goes on. */
export class ContactFile {
  readonly #path: string;
  readonly #warn: (message: string) => void;
  #removed = false;

  /** @param warn told when nobody can be told. */
  constructor(path: string, warn: (message: string) => void) {
    this.#path = path;
    this.#warn = warn;
  }

  /** Whoever reads it meanwhile finds the old one or the new one, never half of one. */
  write(contact: Contact): void {
    if (this.#removed) return;
    const made = `${this.#path}.${process.pid}.tmp`;
    try {
      rmSync(made, { force: true });
      writeFileSync(made, formatContact(contact), { mode: 0o600, flag: "wx" });
      renameSync(made, this.#path);
    } catch (error) {
      rmSync(made, { force: true });
      this.#warn(`${this.#path} cannot be written (${errnoText(error)}): nobody can add engines to this run`);
    }
  }

  remove(): void {
    this.#removed = true;
    rmSync(this.#path, { force: true });
  }
}
