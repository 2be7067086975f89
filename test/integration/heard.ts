import { PATIENCE } from "../support/until.ts";

/** What the other side of a connection has said, and may be asked for one message after the other. */
export class Heard<M extends { readonly type: string }> {
  readonly messages: M[] = [];
  readonly #speaker: string;
  #taken = 0;
  #look: () => void = () => undefined;

  /** @param speaker who is being listened to, for messages. */
  constructor(speaker: string) {
    this.#speaker = speaker;
  }

  add(message: M): void {
    this.messages.push(message);
    this.#look();
  }

  /** The next message that has not been asked for; it has to be of this type. */
  async next<T extends M["type"]>(type: T): Promise<Extract<M, { type: T }>> {
    await this.#comes(this.#taken + 1);
    const message = this.messages[this.#taken++];
    if (!isOfType(message, type)) throw new Error(`not ${type} but ${JSON.stringify(message)}`);
    return message;
  }

  #comes(count: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(
        () => reject(new Error(`${this.#speaker} has said no more than ${JSON.stringify(this.messages)}`)),
        PATIENCE,
      );
      this.#look = (): void => {
        if (this.messages.length < count) return;
        clearTimeout(late);
        resolve();
      };
      this.#look();
    });
  }
}

function isOfType<M extends { readonly type: string }, T extends M["type"]>(
  message: M | undefined,
  type: T,
): message is Extract<M, { type: T }> {
  return message?.type === type;
}
