import { randomUUID } from "node:crypto";
import { connect, type Socket } from "node:net";
import { UserError } from "../domain/errors.ts";
import { EXIT } from "../domain/exit-codes.ts";
import { errnoText } from "../domain/system-error.ts";
import { formatAddress, type KvsAddress } from "./address.ts";
import { AnswerParser } from "./answers.ts";
import { type KvsValue, textValue } from "./key-values.ts";
import { abortedBy } from "./local-values.ts";
import { encodeRequest, type KvsRequest } from "./requests.ts";

/** The longest answer that a client takes, in bytes: a server's limit may be another. */
const MOST_OF_ANSWER = 1024 * 1024 * 1024;

/** Milliseconds that a server has to say whether it has given the value away that is not wanted any more. */
const RECALL_MS = 5_000;

/** Somebody who waits for an answer. */
interface Asker {
  readonly type: "value" | "dump";
  /** The value that comes in the place of an answer that is not wanted any more. */
  recall?: string;
  answer(value: KvsValue): void;
  fail(error: Error): void;
}

/** One connection to a server. Answers come in the order of the requests; only one of them may wait for a value. */
export class Link {
  /** Resolves with the reason when the connection is gone. */
  readonly gone: Promise<string>;
  readonly #socket: Socket;
  readonly #parser = new AnswerParser(MOST_OF_ANSWER);
  readonly #askers: Asker[] = [];
  #over: string | undefined;
  #hasFailed = false;
  #noteGone: (why: string) => void = () => undefined;

  private constructor(socket: Socket, where: string) {
    this.#socket = socket;
    this.gone = new Promise((resolve) => (this.#noteGone = resolve));
    const lost = `the key-value server at ${where} is gone`;
    socket.on("data", (piece: Buffer) => this.#receive(piece));
    socket.on("error", (error) => {
      this.#hasFailed = true;
      // A server that refuses something, or does not serve whoever calls, breaks the connection off.
      this.#end(`${lost}: ${errnoText(error)}; or it has refused this program, which its log would tell`);
    });
    socket.on("close", () => this.#end(`${lost}: it has closed the connection`));
  }

  /** @throws UserError `kvs-unreachable`; the signal's reason. */
  static open(address: KvsAddress, signal?: AbortSignal): Promise<Link> {
    const where = formatAddress(address);
    return new Promise((resolve, reject) => {
      const socket = connect({ host: address.host, port: address.port, noDelay: true });
      const abort = () => {
        socket.destroy();
        reject(signal?.reason instanceof Error ? signal.reason : new Error("the wait was called off"));
      };
      const fail = (error: Error) => {
        signal?.removeEventListener("abort", abort);
        const message = `no key-value server answers at ${where}: ${errnoText(error)}`;
        reject(new UserError("kvs-unreachable", message, { exitCode: EXIT.unfinished, cause: error }));
      };
      socket.once("error", fail);
      socket.once("connect", () => {
        signal?.removeEventListener("abort", abort);
        socket.off("error", fail);
        resolve(new Link(socket, where));
      });
      if (signal?.aborted === true) abort();
      else signal?.addEventListener("abort", abort);
    });
  }

  /** Whether it can be used no more. */
  get isOver(): boolean {
    return this.#over !== undefined;
  }

  /** Sends a request that has no answer. */
  send(request: KvsRequest): void {
    if (this.#over !== undefined) return;
    this.#socket.cork();
    for (const part of encodeRequest(request)) this.#socket.write(part);
    process.nextTick(() => this.#socket.uncork());
  }

  /**
   * Asks for a value, and waits for it. One that the server has taken away before it hears that it is not wanted any more
   * is given all the same: none is lost.
   *
   * Rejects when the signal aborts, or the server is gone.
   */
  async ask(type: "get" | "view", key: string, signal?: AbortSignal): Promise<KvsValue> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const abort = () => {
      timer = setTimeout(() => this.destroy(), RECALL_MS);
      this.#recall();
    };
    signal?.addEventListener("abort", abort);
    try {
      return await this.#await({ type, key }, "value");
    } catch (error) {
      throw abortedBy(signal) ?? error;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    }
  }

  /** Resolves when the server has taken all that was sent. Rejects when it is gone. Nothing may wait on this connection. */
  async flushed(): Promise<void> {
    const key = `disbatch flushed ${randomUUID()}`;
    this.send({ type: "put", key, value: textValue("") });
    await this.#await({ type: "get", key }, "value");
  }

  /** The pickle of what the server holds. */
  async dump(): Promise<Uint8Array> {
    return (await this.#await({ type: "dump" }, "dump")).bytes;
  }

  /**
   * Says goodbye. Resolves when the server has taken all that was sent, and has closed. Rejects where it has broken the
   * connection off, as it does with what it does not take.
   */
  async close(): Promise<void> {
    this.send({ type: "close" });
    // The server closes first: had this side gone, nobody could tell any more whose it was.
    await this.#untilClosed();
  }

  async #untilClosed(): Promise<void> {
    const why = await this.gone;
    if (this.#hasFailed) throw new Error(why);
  }

  /** Ends the server. Rejects where it has broken the connection off: then it may go on. */
  async shutdown(): Promise<void> {
    this.send({ type: "shutdown" });
    await this.#untilClosed();
  }

  /** Closes at once; what waits is rejected. */
  destroy(): void {
    this.#socket.destroy();
  }

  #await(request: KvsRequest, type: Asker["type"]): Promise<KvsValue> {
    return new Promise((resolve, reject) => {
      if (this.#over !== undefined) return reject(new Error(this.#over));
      this.#askers.push({ type, answer: resolve, fail: reject });
      this.send(request);
    });
  }

  /** Waits for another value in the place of the one that is waited for, and that is there at once. */
  #recall(): void {
    const asker = this.#askers.at(-1);
    if (asker === undefined) return;
    asker.recall = `disbatch recall ${randomUUID()}`;
    this.send({ type: "put", key: asker.recall, value: textValue(asker.recall) });
    this.send({ type: "get", key: asker.recall });
  }

  #receive(piece: Buffer): void {
    this.#parser.push(piece);
    try {
      for (let asker = this.#askers[0]; asker !== undefined; asker = this.#askers[0]) {
        const answer = this.#next(asker.type);
        if (answer === undefined) return;
        this.#askers.shift();
        this.#settle(asker, answer);
      }
    } catch (error) {
      this.#end(`what answers is no key-value server: ${errnoText(error)}`);
      this.#socket.destroy();
    }
  }

  #settle(asker: Asker, value: KvsValue): void {
    const { recall } = asker;
    if (recall === undefined) return asker.answer(value);
    if (Buffer.from(value.bytes).toString() === recall) return asker.fail(new Error("not wanted any more"));
    // The value was on its way already; what was to come in its place comes behind it.
    this.#askers.unshift({ type: "value", answer: () => undefined, fail: () => undefined });
    asker.answer(value);
  }

  #next(type: Asker["type"]): KvsValue | undefined {
    if (type === "value") return this.#parser.value();
    const bytes = this.#parser.dump();
    return bytes === undefined ? undefined : { encoding: "", bytes };
  }

  #end(why: string): void {
    if (this.#over !== undefined) return;
    this.#over = why;
    for (const asker of this.#askers.splice(0)) asker.fail(new Error(why));
    this.#noteGone(why);
  }
}
