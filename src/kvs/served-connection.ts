import type { Socket } from "node:net";
import { errnoText } from "../domain/system-error.ts";
import { pickleContents } from "./dump.ts";
import type { KvsValue } from "./key-values.ts";
import type { KvsLimits } from "./limits.ts";
import { readMonitored } from "./monitors.ts";
import { formatLength } from "./protocol.ts";
import { encodeHead, type KvsRequest, RequestParser } from "./requests.ts";
import type { KvsStore, Waiter } from "./store.ts";
import type { UnreadAnswers } from "./unread-answers.ts";

/** Bytes of answers that may be waiting for a client; until it reads them, nothing more is read of it. */
const MOST_UNREAD = 1024 * 1024;

/** Values up to this length are copied behind one another, to leave in one write. */
const SHORT = 16 * 1024;

/** What a connection needs of its server. */
export interface ConnectionHost {
  readonly store: KvsStore;
  readonly limits: KvsLimits;
  /** Bytes that the server holds beside its store: half requests, and answers that nobody has read yet. */
  readonly memory: { used: number };
  /** Longer values among these answers. */
  readonly unread: UnreadAnswers;
  /** What the server has to say about a client, in a line. */
  warning(line: string): void;
  /** The client wants the server to end. */
  shutdown(): void;
}

/** One client that is served: its requests in order, its answers as far as it reads them. */
export class ServedConnection {
  readonly #socket: Socket;
  readonly #host: ConnectionHost;
  readonly #name: string;
  readonly #parser: RequestParser;
  #waiter: Waiter | undefined;
  /** Answers of this turn. */
  #answers: Uint8Array[] = [];
  /** Bytes of answers that the system has not taken. */
  #unsent = 0;
  /** Longer values among these, which other connections may have been sent, too. */
  readonly #long: Uint8Array[] = [];
  /** Bytes of half a request that are counted in the server's memory. */
  #held = 0;
  #isOver = false;

  /** @param name what the log calls the client. */
  constructor(socket: Socket, host: ConnectionHost, name: string) {
    this.#socket = socket;
    this.#host = host;
    this.#name = name;
    this.#parser = new RequestParser(host.limits);
    socket.on("data", (piece: Buffer) => this.#receive(piece));
    socket.on("end", () => this.#noteEnd());
    socket.on("error", (error) => this.#finish(errnoText(error)));
    socket.on("close", () => this.#forgetAnswers());
  }

  /** Begins to read what the client wants. */
  begin(): void {
    this.#socket.resume();
  }

  #receive(piece: Buffer): void {
    if (this.#isOver) return;
    this.#parser.push(piece);
    this.#work();
  }

  /** Goes on with what has arrived, once the client has read what was waiting for it. */
  #goOn(): void {
    if (this.#isOver || !this.#socket.isPaused()) return;
    this.#work();
    if (!this.#isOver && this.#isReading) this.#socket.resume();
  }

  #work(): void {
    try {
      while (!this.#isOver && this.#isReading) {
        const request = this.#parser.next();
        if (request === undefined) break;
        this.#serve(request);
      }
    } catch (error) {
      return this.#refuse(errnoText(error));
    }
    if (this.#isOver) return;
    this.#count();
    const { limits, memory, store } = this.#host;
    if (memory.used + store.bytes > limits.totalBytes && this.#parser.isInside && this.#isReading) {
      return this.#refuse(`more than ${limits.totalBytes} bytes would have to be kept`);
    }
    if (!this.#isReading) this.#socket.pause();
  }

  /** Whether the client reads what it is sent. */
  get #isReading(): boolean {
    return this.#unsent <= MOST_UNREAD;
  }

  #serve(request: KvsRequest): void {
    switch (request.type) {
      case "put":
        return this.#put(request.key, request.value);
      case "get":
      case "view":
        return this.#ask(request.type, request.key);
      case "monitor":
        return this.#monitor(request.monitorKey, request.what);
      case "dump": {
        const pickle = pickleContents(this.#host.store.contents());
        this.#send(Buffer.from(formatLength(pickle.length)), pickle);
        return;
      }
      case "close":
        this.#finish();
        this.#socket.end();
        return;
      case "shutdown":
        return this.#host.shutdown();
      default:
        return request satisfies never;
    }
  }

  #put(key: string, value: KvsValue): void {
    const { limits, memory, store } = this.#host;
    const isTooMuch = memory.used - this.#held + store.bytes + value.bytes.length > limits.totalBytes;
    const why = isTooMuch ? `more than ${limits.totalBytes} bytes would have to be kept` : store.putRefusal(key);
    if (why === undefined) store.put(key, value);
    else this.#refuse(why);
  }

  /** What the client waits for already is never answered: it could not tell the answers apart. */
  #ask(type: "get" | "view", key: string): void {
    const { store } = this.#host;
    if (this.#waiter !== undefined) store.forget(this.#waiter);
    const waiter: Waiter = {
      type,
      key,
      answer: (value) => {
        this.#waiter = undefined;
        this.#send(encodeHead(value), value.bytes);
      },
    };
    this.#waiter = waiter;
    store.ask(waiter);
  }

  #monitor(monitorKey: string, what: string): void {
    const { store } = this.#host;
    const monitored = readMonitored(what);
    if (monitored === undefined) {
      // disBatch's server takes it without a word, and goes on.
      this.#host.warning(`${this.#name} wants to monitor ${JSON.stringify(what)}, which is not KEY:EVENTS`);
      return;
    }
    const isItself = monitored.key === monitorKey;
    const why = isItself
      ? `the monitor key ${JSON.stringify(monitorKey)} is to monitor itself`
      : store.monitorRefusal();
    if (why === undefined) store.monitor(monitorKey, monitored.key, monitored.events);
    else this.#refuse(why);
  }

  #send(head: Buffer, bytes: Uint8Array): void {
    if (this.#isOver) return;
    if (this.#answers.length === 0) queueMicrotask(() => this.#flush());
    this.#answers.push(head, bytes);
    this.#unsent += head.length + bytes.length;
    const { memory, unread } = this.#host;
    const isLong = bytes.length > SHORT;
    if (isLong) this.#long.push(bytes);
    memory.used += head.length + (isLong ? unread.add(bytes) : bytes.length);
  }

  /** Sends the answers of this turn, short ones in one piece. */
  #flush(): void {
    const answers = this.#answers;
    this.#answers = [];
    if (answers.length === 0 || !this.#socket.writable) return;
    const pieces = answers.every(({ length }) => length <= SHORT) ? [Buffer.concat(answers)] : answers;
    this.#socket.cork();
    for (const piece of pieces) this.#socket.write(piece, () => this.#noteSent(piece));
    this.#socket.uncork();
  }

  #noteSent(piece: Uint8Array): void {
    if (this.#unsent === 0) return;
    this.#unsent -= piece.length;
    // Answers are sent in their order.
    if (piece === this.#long[0]) this.#forgetLong();
    else this.#host.memory.used -= piece.length;
    if (this.#isReading) this.#goOn();
  }

  #forgetLong(): number {
    const [bytes] = this.#long.splice(0, 1);
    if (bytes === undefined) return 0;
    const { memory, unread } = this.#host;
    memory.used -= unread.remove(bytes);
    return bytes.length;
  }

  #forgetAnswers(): void {
    this.#finish();
    while (this.#long.length > 0) this.#unsent -= this.#forgetLong();
    this.#host.memory.used -= this.#unsent;
    this.#unsent = 0;
  }

  #noteEnd(): void {
    if (!this.#isOver && this.#parser.isInside) {
      this.#host.warning(`${this.#name} closed its connection in the middle of a request, which is dropped`);
    }
    this.#finish();
  }

  /** One line in the log, and no more of this client: it is to notice that not all was taken. */
  #refuse(why: string): void {
    this.#host.warning(`${this.#name}: ${why}; its connection is closed`);
    this.#finish();
    this.#socket.resetAndDestroy();
  }

  /** The client is served no more. @param failure what happened to its connection. */
  #finish(failure?: string): void {
    if (this.#isOver) return;
    this.#flush();
    this.#isOver = true;
    if (failure !== undefined && this.#parser.isInside) {
      this.#host.warning(`${this.#name}: its connection broke in the middle of a request (${failure})`);
    }
    if (this.#waiter !== undefined) this.#host.store.forget(this.#waiter);
    this.#waiter = undefined;
    this.#host.memory.used -= this.#held;
    this.#held = 0;
    // What still comes is not kept.
    this.#socket.resume();
  }

  #count(): void {
    const held = this.#parser.held;
    this.#host.memory.used += held - this.#held;
    this.#held = held;
  }
}
