import { randomBytes } from "node:crypto";
import { UserError } from "../../domain/errors.ts";
import { within } from "../../domain/time-limit.ts";
import type { SshChannel, SshEnd } from "../ssh/session.ts";
import { MarkedLines } from "./marked-lines.ts";
import type { WrapLog } from "./wrap-log.ts";

/** A login whose start-up files are slow may take so long; so may a hash on a slow disk. */
const ANSWER_MS = 60_000;

/** An answer: its first word, and what follows that. */
export interface ScriptAnswer {
  readonly word: string;
  readonly rest: string;
}

/** Talks with a script on another host over its standard input and output. Everything that is no answer goes to the log. */
export class Dialogue {
  /** What the script's answers have to begin with: random, so that nothing else can be taken for one. */
  readonly mark = randomBytes(16).toString("hex");
  readonly #channel: SshChannel;
  readonly #log: WrapLog;
  readonly #answers: string[] = [];
  #waiting: ((answer: string) => void) | undefined;

  constructor(channel: SshChannel, log: WrapLog) {
    this.#channel = channel;
    this.#log = log;
    const lines = new MarkedLines(this.mark);
    channel.stdin.on("error", () => undefined);
    channel.stderr.on("data", (chunk: Buffer) => log.write(chunk));
    channel.stdout.setEncoding("utf8");
    channel.stdout.on("data", (text: string) => {
      const { answers, chatter } = lines.push(text);
      log.write(chatter);
      for (const answer of answers) this.#hear(answer);
    });
    void channel.ended.then(() => log.write(lines.rest()));
  }

  tell(...lines: readonly string[]): void {
    this.#channel.stdin.write(lines.map((line) => `${line}\n`).join(""));
  }

  /** The next answer. @throws UserError (code `no-answer`) when the host goes silent, or ends instead. */
  async answer(): Promise<ScriptAnswer> {
    const [, word = "", rest = ""] = /^(\S*) ?(.*)$/s.exec(this.#answers.shift() ?? (await this.#next())) ?? [];
    return { word, rest };
  }

  #hear(answer: string): void {
    if (this.#waiting === undefined) this.#answers.push(answer);
    else this.#waiting(answer);
    this.#waiting = undefined;
  }

  async #next(): Promise<string> {
    const heard = new Promise<string>((resolve) => (this.#waiting = resolve));
    const first = Promise.race([heard, this.#channel.ended]);
    if (!(await within(ANSWER_MS, first))) throw new UserError("no-answer", SILENCE);
    const answer = await first;
    if (typeof answer === "string") return answer;
    throw new UserError("no-answer", this.#describe(answer));
  }

  #describe(end: SshEnd): string {
    if (end.type === "lost") return end.reason;
    const words = this.#log.lastWords();
    const last = words === undefined ? "" : `: ${words} (see ${this.#log.path})`;
    return `the login there ended before disbatch could start${last}`;
  }
}

const SILENCE = `the login there has said nothing for ${ANSWER_MS / 1000} s; its start-up files may wait for something`;
