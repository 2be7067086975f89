import type { TLSSocket } from "node:tls";
import { UserError } from "../domain/errors.ts";
import { EXIT } from "../domain/exit-codes.ts";
import { type Closing, Connection } from "../wire/connection.ts";
import {
  CONTROL_PROTOCOL,
  type ControllerMessage,
  type DriverAnswer,
  parseDriverAnswer,
} from "../wire/control-messages.ts";

/** What the driver says unasked. */
export type Notice = Extract<DriverAnswer, { type: "engine-joined" | "end-engine" | "run-ended" }>;

type AnswerType = Exclude<DriverAnswer["type"], Notice["type"] | "refused">;
type Answer<T extends AnswerType> = Extract<DriverAnswer, { type: T }>;

/** A question that has not been answered. */
interface Question {
  readonly expected: AnswerType;
  answered(answer: DriverAnswer): void;
  failed(error: Error): void;
}

/** A driver that does not hang up when it is hung up on is left alone after this time. */
const FAREWELL_MS = 2_000;

/** A controller's connection to the driver of a run. */
export class DriverLine {
  /** Resolves when it is closed, by whomever. */
  readonly closed: Promise<Closing>;
  /** What to do about what the driver says unasked. */
  onNotice: (notice: Notice) => void = () => undefined;
  readonly #connection: Connection<DriverAnswer, ControllerMessage>;
  readonly #questions: Question[] = [];
  #runHasEnded = false;
  /** Why nothing can be asked any more. */
  #lost: UserError | undefined;

  /** @param socket connected with the certificate of a controller. */
  constructor(socket: TLSSocket) {
    let hungUp: (closing: Closing) => void = () => undefined;
    this.closed = new Promise((resolve) => (hungUp = resolve));
    this.#connection = new Connection(socket, parseDriverAnswer, {
      message: (answer) => this.#receive(answer),
      closed: (closing) => {
        hungUp(closing);
        this.#lose(closing);
      },
    });
  }

  /** The first words. @throws UserError when the run wants none of them. */
  greet(): Promise<Answer<"welcome">> {
    return this.ask({ type: "hello", protocol: CONTROL_PROTOCOL }, "welcome");
  }

  /**
   * @param expected what kind of answer there is, unless it is refused.
   * @throws UserError with the code and the words of a refusal; `run-ended` or `connection-lost` when no answer comes.
   */
  async ask<T extends AnswerType>(message: ControllerMessage, expected: T): Promise<Answer<T>> {
    if (this.#lost !== undefined) throw this.#lost;
    const answer = await new Promise<DriverAnswer>((answered, failed) => {
      this.#questions.push({ expected, answered, failed });
      this.#connection.send(message);
    });
    if (answer.type === "refused") throw new UserError(answer.code, answer.message);
    if (!isOfType(answer, expected)) throw new Error(`the driver answers ${answer.type} instead of ${expected}`);
    return answer;
  }

  say(message: ControllerMessage): void {
    this.#connection.send(message);
  }

  /** Hangs up when everything has been said. */
  async close(): Promise<void> {
    this.#connection.close();
    const timer = setTimeout(() => this.#connection.destroy(), FAREWELL_MS);
    await this.closed;
    clearTimeout(timer);
  }

  #receive(answer: DriverAnswer): void {
    if (answer.type === "engine-joined" || answer.type === "end-engine" || answer.type === "run-ended") {
      if (answer.type === "run-ended") this.#runHasEnded = true;
      return this.onNotice(answer);
    }
    // Some answers take longer than others; a refusal is for the oldest question.
    const { type } = answer;
    const i = this.#questions.findIndex(({ expected }) => type === "refused" || type === expected);
    this.#questions.splice(i, i === -1 ? 0 : 1)[0]?.answered(answer);
  }

  #lose({ refusal, failure }: Closing): void {
    this.#lost = this.#runHasEnded
      ? new UserError("run-ended", "the run has ended", { exitCode: EXIT.unfinished })
      : new UserError("connection-lost", `contact with the run is lost: ${refusal ?? failure}`, {
          exitCode: EXIT.unfinished,
        });
    for (const question of this.#questions.splice(0)) question.failed(this.#lost);
  }
}

function isOfType<T extends AnswerType>(answer: DriverAnswer, type: T): answer is Answer<T> {
  return answer.type === type;
}
