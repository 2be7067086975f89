import { onTestFinished } from "vitest";
import type { Contact } from "../../../../src/wire/contact.ts";
import { Connection } from "../../../../src/wire/connection.ts";
import {
  CONTROL_PROTOCOL,
  type ControllerMessage,
  type DriverAnswer,
  parseDriverAnswer,
} from "../../../../src/wire/control-messages.ts";
import { dial } from "../../../../src/wire/dial.ts";
import { Heard } from "../../heard.ts";

type AnswerOf<T extends DriverAnswer["type"]> = Extract<DriverAnswer, { type: T }>;

/** Somebody who calls to look at a run and to change its engines: it says what the test says, and ends its engines itself. */
export class PretendedController {
  /** Resolves when the driver has closed the connection. */
  readonly closed: Promise<void>;
  /** Ids of the engines that it was told to end, and has ended. */
  readonly killed: string[] = [];
  readonly #heard = new Heard<DriverAnswer>("the driver");
  readonly #connection: Connection<DriverAnswer, ControllerMessage>;

  private constructor(socket: Awaited<ReturnType<typeof dial>>) {
    let close: () => void = () => undefined;
    this.closed = new Promise((resolve) => (close = resolve));
    this.#connection = new Connection(socket, parseDriverAnswer, {
      message: (message) => {
        if (message.type === "end-engine") return this.#end(message.id);
        if (message.type === "engine-over") this.say({ type: "engine-ended", id: message.id, certain: true });
        this.#heard.add(message);
      },
      closed: () => close(),
    });
    onTestFinished(() => this.hangUp());
  }

  /** Calls, and says nothing yet. */
  static async call(contact: Contact): Promise<PretendedController> {
    return new PretendedController(await dial(contact.here));
  }

  /** Calls, and is welcomed. */
  static async greet(contact: Contact): Promise<PretendedController> {
    const controller = await PretendedController.call(contact);
    controller.hello();
    await controller.next("welcome");
    return controller;
  }

  hello(): void {
    this.say({ type: "hello", protocol: CONTROL_PROTOCOL });
  }

  /** Brings a context of these nodes; gives its label, how to call, and the ids of the engines that it is to start. */
  async bring(nodes: readonly string[], options: { readonly label?: string; readonly taskLimit?: number } = {}) {
    const { taskLimit = 0, ...named } = options;
    const slots = nodes.map((node) => ({ node, slots: 1, coresPerSlot: 1 }));
    this.say({ type: "add-context", ...named, nodes: slots, taskLimit, elsewhere: false });
    const { label, here: invitation } = await this.next("context-added");
    const ids: string[] = [];
    for (const place of nodes.keys()) {
      const { id, node } = await this.next("start-engine");
      if (node !== place) throw new Error(`an engine is wanted on node ${node}, not on ${place}`);
      ids.push(id);
    }
    return { label, invitation, ids };
  }

  /** Speaks for a context that it has brought before, over a connection that is gone. */
  async keep(label: string, engines: readonly string[]): Promise<void> {
    this.say({ type: "keep-context", label, engines, elsewhere: false });
    const added = await this.next("context-added");
    if (added.label !== label) throw new Error(`${added.label} is another context`);
  }

  say(message: ControllerMessage): void {
    this.#connection.send(message);
  }

  next<T extends DriverAnswer["type"]>(type: T): Promise<AnswerOf<T>> {
    return this.#heard.next(type);
  }

  get heard(): readonly DriverAnswer[] {
    return this.#heard.messages;
  }

  hangUp(): void {
    this.#connection.destroy();
  }

  #end(id: string): void {
    this.killed.push(id);
    this.say({ type: "engine-ended", id, certain: true, reason: "killed" });
    this.say({ type: "engine-killed", id, certain: true });
  }
}
