import type { Socket } from "node:net";

/** One started task that waits for orders; see `ControlledTasks`. */
export class ControlledTask {
  readonly name: string;
  /** Process id of its shell. */
  readonly pid: number;
  /** The DISBATCH_ variables that it was given. */
  readonly variables: Readonly<Record<string, string>>;
  /** Resolves when the task has ended, however that came about. */
  readonly ended: Promise<void>;
  readonly #socket: Socket;
  readonly #unanswered: (() => void)[] = [];

  private constructor(socket: Socket, announcement: readonly string[]) {
    const [first = "", ...variables] = announcement;
    const [name = "", pid = ""] = first.split(" ");
    this.name = name;
    this.pid = Number(pid);
    this.variables = Object.fromEntries(
      variables.map((line) => [line.split("=", 1)[0] ?? "", line.slice(line.indexOf("=") + 1)]),
    );
    this.#socket = socket;
    this.ended = new Promise((resolve) => {
      socket.once("close", () => resolve());
    });
  }

  /** Reads from the connection; calls back when a task has said who it is. */
  static accept(socket: Socket, announced: (task: ControlledTask) => void): void {
    let task: ControlledTask | undefined;
    let text = "";
    // A task that is killed resets its connection: that is an end like any other.
    socket.on("error", () => {});
    socket.on("data", (chunk: Buffer) => {
      text += chunk.toString("utf8");
      const end = text.indexOf("\n\n");
      if (task === undefined && end >= 0) {
        task = new ControlledTask(socket, text.slice(0, end).split("\n"));
        text = text.slice(end + 2);
        announced(task);
      }
      if (task !== undefined) text = task.#takeAnswers(text);
    });
  }

  /** Each line that comes back says that one order has been carried out; returns what is left after the last newline. */
  #takeAnswers(text: string): string {
    const lines = text.split("\n");
    const rest = lines.pop() ?? "";
    for (let answered = 0; answered < lines.length; answered++) this.#unanswered.shift()?.();
    return rest;
  }

  /** Has the task's shell run a line of bash; resolves when it has. The line must not end the shell. */
  run(bash: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#unanswered.push(resolve);
      void this.ended.then(() => reject(new Error(`task ${this.name} ended instead of running: ${bash}`)));
      this.#socket.write(`${bash}\n`);
    });
  }

  /** Has it write to its standard output, byte for byte. */
  print(text: string | Uint8Array): Promise<void> {
    return this.run(`printf '${octal(text)}'`);
  }

  /** Has it write to its standard error, byte for byte. */
  printError(text: string | Uint8Array): Promise<void> {
    return this.run(`printf '${octal(text)}' >&2`);
  }

  /** Has it exit; resolves when its connection is gone. */
  exit(code: number): Promise<void> {
    this.#socket.write(`exit ${code}\n`);
    return this.ended;
  }

  /** Has it kill its own shell with a signal such as `KILL`; resolves when its connection is gone. */
  dieBySignal(signal: string): Promise<void> {
    this.#socket.write(`kill -${signal} $$\n`);
    return this.ended;
  }
}

function octal(text: string | Uint8Array): string {
  return [...Buffer.from(text)].map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
}
