import { connect, type Socket } from "node:net";
import ssh2, { type BaseAgent, type ParsedKey } from "ssh2";

/** How long an agent may take to list its keys, in milliseconds. */
const LISTING_LIMIT = 5000;

/** How the ssh2 library is answered. */
type Callback<T> = (error?: Error | null, value?: T) => void;

/** The user's agent. Every question is a connection of its own; `close` ends those that are still open. */
export class Agent extends ssh2.OpenSSHAgent {
  readonly #path: string;
  readonly #sockets = new Set<Socket>();

  /** @param path of the agent's socket. */
  constructor(path: string) {
    super(path);
    this.#path = path;
  }

  /** Keys of the agent whose types can be used here; none when there is no agent or it does not answer. */
  keys(): Promise<readonly ParsedKey[]> {
    const timer = setTimeout(() => this.close(), LISTING_LIMIT);
    return new Promise((resolve) => {
      this.getIdentities((_error, keys = []) => {
        clearTimeout(timer);
        resolve(keys.filter((key) => "getPublicSSH" in key));
      });
    });
  }

  /** The agent as if it held but this one key. */
  only(key: ParsedKey): BaseAgent {
    return new OneKey(this, key);
  }

  override getStream(answer: Callback<Socket>): void {
    const socket = connect(this.#path);
    this.#sockets.add(socket);
    socket.once("connect", () => answer(null, socket));
    // Without a connection the answer is an error; later ones reach those who read from the socket.
    socket.on("error", answer);
    socket.once("close", () => {
      this.#sockets.delete(socket);
      answer(new Error("the agent does not answer"));
    });
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}

class OneKey extends ssh2.BaseAgent<ParsedKey> {
  readonly #key: ParsedKey;
  override readonly sign: BaseAgent["sign"];

  constructor(agent: Agent, key: ParsedKey) {
    super();
    this.#key = key;
    this.sign = agent.sign.bind(agent);
  }

  override getIdentities(answer: Callback<ParsedKey[]>): void {
    answer(null, [this.#key]);
  }
}
