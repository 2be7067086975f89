import type { Socket } from "node:net";

/**
 * Connections that are open. Whoever has not been let in makes room for others, the longest waiting first: strangers who crowd
 * the port push out each other, not the browsers and programs of its user.
 */
export class Connections {
  readonly #most: number;
  readonly #refuse: (socket: Socket) => void;
  /** Connections on which nobody has been let in yet, the oldest first. */
  readonly #strangers = new Set<Socket>();
  readonly #known = new Set<Socket>();
  #refused = 0;

  /** @param refuse tells one that there is no room, and ends it. */
  constructor(most: number, refuse: (socket: Socket) => void) {
    this.#most = most;
    this.#refuse = refuse;
  }

  /** Connections that got no answer, since there was no room. */
  get refused(): number {
    return this.#refused;
  }

  get size(): number {
    return this.#strangers.size + this.#known.size;
  }

  /** Takes a new one in, if there is room or can be made. */
  add(socket: Socket): void {
    if (this.size >= this.#most) {
      const [oldest] = this.#strangers;
      this.#refused++;
      this.#refuse(oldest ?? socket);
      if (oldest === undefined) return;
      this.#strangers.delete(oldest);
    }
    this.#strangers.add(socket);
    socket.once("close", () => {
      this.#strangers.delete(socket);
      this.#known.delete(socket);
    });
  }

  /** Whether it was taken in, and had not to make room since. */
  has(socket: Socket): boolean {
    return this.#strangers.has(socket) || this.#known.has(socket);
  }

  /** Somebody has been let in on it. */
  letIn(socket: Socket): void {
    if (this.#strangers.delete(socket)) this.#known.add(socket);
  }

  /** Breaks all of them. */
  closeAll(): void {
    for (const socket of [...this.#strangers, ...this.#known]) socket.destroy();
  }
}
