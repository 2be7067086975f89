import { onTestFinished } from "vitest";
import type { Contact } from "../../../src/wire/contact.ts";
import { Connection } from "../../../src/wire/connection.ts";
import { type ControllerMessage, type DriverAnswer, parseDriverAnswer } from "../../../src/wire/control-messages.ts";
import { dial } from "../../../src/wire/dial.ts";
import { Heard } from "../heard.ts";

type AnswerOf<T extends DriverAnswer["type"]> = Extract<DriverAnswer, { type: T }>;

/** Somebody who calls to look at a run and to change its engines; it says what the test says. */
export class PretendedController {
  /** Resolves when the driver has closed the connection. */
  readonly closed: Promise<void>;
  readonly #heard = new Heard<DriverAnswer>("the driver");
  readonly #connection: Connection<DriverAnswer, ControllerMessage>;

  private constructor(socket: Awaited<ReturnType<typeof dial>>) {
    let close: () => void = () => undefined;
    this.closed = new Promise((resolve) => (close = resolve));
    this.#connection = new Connection(socket, parseDriverAnswer, {
      message: (message) => {
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
    controller.say({ type: "hello", protocol: 1 });
    await controller.next("welcome");
    return controller;
  }

  /** Brings a context with one engine on each of these nodes, ids as the nodes' names; gives its label. */
  async bring(nodes: readonly string[], { label, taskLimit = 0 }: { label?: string; taskLimit?: number } = {}) {
    const named = label === undefined ? {} : { label };
    const slots = nodes.map((node) => ({ node, slots: 1, coresPerSlot: 1 }));
    this.say({ type: "add-context", ...named, nodes: slots, taskLimit });
    const added = await this.next("context-added");
    this.say({
      type: "engines-started",
      engines: nodes.map((node) => ({ id: node, node, slots: 1 })),
      elsewhere: false,
    });
    return { label: added.label, invitation: (await this.next("invitations")).here };
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
}
