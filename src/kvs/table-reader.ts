import { Worker } from "node:worker_threads";

/**
 * What the thread does: it reads the file that it is asked for, whole, and says what is in it; nothing of what it cannot
 * read. It is text, since a thread begins with a file or a text, and the program is one file.
 */
const READER = `
const { parentPort } = require("node:worker_threads");
const { closeSync, openSync, readSync } = require("node:fs");
const buffer = Buffer.allocUnsafe(64 * 1024);
parentPort.on("message", (path) => {
  let text = "";
  try {
    const fd = openSync(path, "r");
    for (let count; (count = readSync(fd, buffer, 0, buffer.length, null)) > 0; )
      text += buffer.latin1Slice(0, count);
    closeSync(fd);
  } catch {}
  parentPort.postMessage(text);
});
`;

/**
 * Reads the kernel's tables of sockets in a thread of its own. The kernel gives them page by page, and for each of them this
 * thread would have to get its turn on a busy machine.
 */
export class TableReader {
  readonly #worker = new Worker(READER, { eval: true });
  /** Readers that wait, in the order of their questions. */
  readonly #waiting: ((text: string) => void)[] = [];
  #isGone = false;

  constructor() {
    this.#worker.on("message", (text: string) => this.#hear(text));
    const gone = (): void => {
      this.#isGone = true;
      for (const answer of this.#waiting.splice(0)) answer("");
    };
    this.#worker.on("error", gone);
    this.#worker.on("exit", gone);
    this.#worker.unref();
  }

  /** What is in this file, bytes as characters; nothing where it cannot be read. */
  read(path: string): Promise<string> {
    if (this.#isGone) return Promise.resolve("");
    // Nothing else may keep the process from ending while somebody waits.
    this.#worker.ref();
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#worker.postMessage(path);
    });
  }

  #hear(text: string): void {
    this.#waiting.shift()?.(text);
    if (this.#waiting.length === 0) this.#worker.unref();
  }

  /** Ends the thread. */
  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}
