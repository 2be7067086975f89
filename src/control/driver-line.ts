import type { TLSSocket } from "node:tls";
import { UserError } from "../domain/errors.ts";
import { within } from "../domain/time-limit.ts";
import { wordsOfRefusal } from "./words.ts";
import { type Closing, Connection } from "../wire/connection.ts";
import {
  CONTROL_PROTOCOL,
  type ControllerMessage,
  type DriverAnswer,
  parseDriverAnswer,
} from "../wire/control-messages.ts";

/** What the driver says unasked. */
const NOTICES = [
  "start-engine",
  "engine-joined",
  "end-engine",
  "engine-over",
  "run-ended",
  "view",
  "changed",
  "live-output",
] as const;
export type Notice = Extract<DriverAnswer, { type: (typeof NOTICES)[number] }>;

/** What comes of questions, each with the number of its question. */
type Finding = Extract<DriverAnswer, { number: number }>;
type FindingOf<T extends Finding["type"]> = Extract<Finding, { type: T }>;
/** A question that is given its number on its way. */
type Inquiry = WithoutNumber<Extract<ControllerMessage, { number: number }>>;
type WithoutNumber<M> = M extends { number: number } ? Omit<M, "number"> : never;

export type AnswerType = Exclude<DriverAnswer["type"], Notice["type"] | Finding["type"] | "refused">;
export type AnswerOf<T extends AnswerType> = Extract<DriverAnswer, { type: T }>;

/** A question that has not been answered. */
interface Question {
  readonly expected: AnswerType;
  answered(answer: DriverAnswer): void;
  failed(error: Error): void;
}

/** An inquiry that has not been answered, or not in full. */
interface OpenInquiry extends Pick<Question, "failed"> {
  found(finding: Finding): void;
  /** A part of the answer has come. */
  more(part: FindingOf<"finished">): void;
}

/** A driver that does not hang up when it is hung up on is left alone after this time. */
const FAREWELL_MS = 2_000;

/** A controller's connection to the driver of a run. */
export class DriverLine {
  /** Resolves when it is closed, by whomever. */
  readonly closed: Promise<Closing>;
  #handle: ((notice: Notice) => void) | undefined;
  /** What the driver has said unasked before anybody listened. */
  readonly #unheard: Notice[] = [];
  readonly #connection: Connection<DriverAnswer, ControllerMessage>;
  readonly #questions: Question[] = [];
  readonly #inquiries = new Map<number, OpenInquiry>();
  #inquired = 0;
  /** The driver has said so. */
  runHasEnded = false;
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

  /** Hands over what the driver says unasked, and what it has said already. */
  listen(handle: (notice: Notice) => void): void {
    this.#handle = handle;
    for (const notice of this.#unheard.splice(0)) handle(notice);
  }

  /** The first words. @throws UserError when the run wants none of them. */
  greet(): Promise<AnswerOf<"welcome">> {
    return this.ask({ type: "hello", protocol: CONTROL_PROTOCOL }, "welcome");
  }

  /**
   * @param expected what kind of answer there is, unless it is refused.
   * @throws UserError with the code and the words of a refusal; `run-ended` or `connection-lost` when no answer comes.
   */
  async ask<T extends AnswerType>(message: ControllerMessage, expected: T): Promise<AnswerOf<T>> {
    if (this.#lost !== undefined) throw this.#lost;
    const answer = await new Promise<DriverAnswer>((answered, failed) => {
      this.#questions.push({ expected, answered, failed });
      this.#connection.send(message);
    });
    if (answer.type === "refused") throw refusalOf(answer, message);
    if (!isOfType(answer, expected)) throw new Error(`the driver answers ${answer.type} instead of ${expected}`);
    return answer;
  }

  /**
   * Finds something out about the run. Several questions may be open at a time.
   *
   * @param expected what the answer is called.
   * @param more told of the parts of an answer that comes in parts, before the last.
   * @throws UserError with the code and the words of what went wrong; `run-ended` or `connection-lost` when no answer comes.
   */
  async inquire<T extends Finding["type"]>(
    inquiry: Inquiry,
    expected: T,
    more: OpenInquiry["more"] = () => undefined,
  ): Promise<FindingOf<T>> {
    if (this.#lost !== undefined) throw this.#lost;
    const number = this.#inquired++;
    const finding = await new Promise<Finding>((found, failed) => {
      this.#inquiries.set(number, { found, failed, more });
      this.#connection.send({ ...inquiry, number });
    });
    if (finding.type === "no-answer") {
      const { code, message, diagnostics = [] } = finding;
      throw new UserError(code, message, { diagnostics });
    }
    if (!isFindingOf(finding, expected)) throw new Error(`the driver answers ${finding.type} instead of ${expected}`);
    return finding;
  }

  say(message: ControllerMessage): void {
    this.#connection.send(message);
  }

  /** Hangs up when everything has been said. */
  async close(): Promise<void> {
    this.#connection.close();
    if (!(await within(FAREWELL_MS, this.closed))) this.#connection.destroy();
  }

  #receive(answer: DriverAnswer): void {
    if (isNotice(answer)) {
      if (answer.type === "run-ended") this.runHasEnded = true;
      if (this.#handle === undefined) this.#unheard.push(answer);
      else this.#handle(answer);
      return;
    }
    if (answer.type === "finished") return this.#inquiries.get(answer.number)?.more(answer);
    if ("number" in answer) {
      this.#inquiries.get(answer.number)?.found(answer);
      this.#inquiries.delete(answer.number);
      return;
    }
    // Some answers take longer than others; a refusal is for the oldest question.
    const { type } = answer;
    const i = this.#questions.findIndex(({ expected }) => type === "refused" || type === expected);
    this.#questions.splice(i, i === -1 ? 0 : 1)[0]?.answered(answer);
  }

  #lose({ refusal, failure }: Closing): void {
    this.#lost = this.runHasEnded
      ? new UserError("run-ended", "the run has ended")
      : new UserError("connection-lost", `contact with the run is lost: ${refusal ?? failure}`);
    for (const question of [...this.#questions.splice(0), ...this.#inquiries.values()]) question.failed(this.#lost);
    this.#inquiries.clear();
  }
}

function refusalOf(answer: Extract<DriverAnswer, { type: "refused" }>, asked: ControllerMessage): UserError {
  const words =
    answer.code === "wrong-protocol" ? answer.message : wordsOfRefusal(answer, asked.type === "keep-context");
  return new UserError(answer.code, words);
}

function isNotice(answer: DriverAnswer): answer is Notice {
  return NOTICES.some((type) => type === answer.type);
}

function isFindingOf<T extends Finding["type"]>(finding: Finding, type: T): finding is FindingOf<T> {
  return finding.type === type;
}

function isOfType<T extends AnswerType>(answer: DriverAnswer, type: T): answer is AnswerOf<T> {
  return answer.type === type;
}
