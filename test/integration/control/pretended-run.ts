import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import path from "node:path";
import type { TLSSocket } from "node:tls";
import { onTestFinished } from "vitest";
import type { Invitation } from "../../../src/domain/launcher.ts";
import { Connection } from "../../../src/wire/connection.ts";
import { formatContact } from "../../../src/wire/contact.ts";
import {
  CONTROL_PROTOCOL,
  type ControllerMessage,
  type DriverAnswer,
  parseControllerMessage,
} from "../../../src/wire/control-messages.ts";
import { createRunCredentials } from "../../../src/wire/credentials.ts";
import { listen } from "../../../src/wire/tls.ts";
import { Heard } from "../heard.ts";
import type { EngineTerms } from "../../../src/domain/engine-terms.ts";
import { engineTerms } from "../../support/engine-terms.ts";

type MessageOf<T extends ControllerMessage["type"]> = Extract<ControllerMessage, { type: T }>;

const LOOPBACK = "127.0.0.1";
const credentials = createRunCredentials();

/** What is not as usual in the first words of a run. */
interface WelcomeChange extends Partial<Omit<Extract<DriverAnswer, { type: "welcome" }>, "type" | "terms">> {
  readonly terms?: Partial<EngineTerms>;
}

/** A driver in the hands of a test, for one controller at a time that calls it over TLS. */
export class PretendedRun {
  /** A folder that has the contact file and nothing else in the beginning. */
  readonly folder: string;
  readonly contact: string;
  /** For controllers. */
  readonly calls: Invitation;
  /** For engines on this machine. */
  readonly here: Invitation;
  /** For engines on others. */
  readonly elsewhere: Invitation;
  /** Resolves when the controller has hung up. */
  readonly hungUp: Promise<void>;
  readonly #heard = new Heard<ControllerMessage>("the controller");
  #started = 0;
  #socket: TLSSocket | undefined;
  #connection: Connection<ControllerMessage, DriverAnswer> | undefined;
  #noteHungUp: () => void = () => undefined;

  private constructor(folder: string, calls: Invitation, here: Invitation) {
    this.folder = folder;
    this.contact = path.join(folder, "run_contact.json");
    this.calls = calls;
    this.here = here;
    this.elsewhere = { ...here, addresses: [{ host: "elsewhere.invalid", port: 1 }] };
    this.hungUp = new Promise((resolve) => (this.#noteHungUp = resolve));
  }

  static async open(): Promise<PretendedRun> {
    const { driver, controller, engine } = await credentials;
    let run: PretendedRun | undefined;
    const listener = await listen({ host: LOOPBACK, port: 0 }, driver, (socket) => {
      if (run === undefined) throw new Error("nobody is expected yet");
      run.#accept(socket);
    });
    const folder = mkdtempSync(path.join(tmpdir(), "disbatch-pool-"));
    const addresses = [{ host: LOOPBACK, port: listener.port }];
    const opened = new PretendedRun(folder, { addresses, credentials: controller }, { addresses, credentials: engine });
    run = opened;
    opened.writeContact(hostname(), opened.calls);
    onTestFinished(() => {
      listener.close();
      rmSync(folder, { recursive: true, force: true });
    });
    return opened;
  }

  writeContact(host: string, here: Invitation, elsewhere?: Invitation): void {
    writeFileSync(this.contact, formatContact({ host, here, ...(elsewhere === undefined ? {} : { elsewhere }) }));
  }

  /** The controller's next message that has not been asked for; it has to be of this type. */
  next<T extends ControllerMessage["type"]>(type: T): Promise<MessageOf<T>> {
    return this.#heard.next(type);
  }

  get heard(): readonly ControllerMessage[] {
    return this.#heard.messages;
  }

  say(answer: DriverAnswer): void {
    if (this.#connection === undefined) throw new Error("nobody has called");
    this.#connection.send(answer);
  }

  /** Hears the first words of the controller, and answers. */
  async welcome({ terms, ...change }: WelcomeChange = {}): Promise<void> {
    const { protocol } = await this.next("hello");
    if (protocol !== CONTROL_PROTOCOL) throw new Error(`protocol ${protocol}`);
    const prefix = path.join(this.folder, "run");
    this.say({ type: "welcome", terms: engineTerms({ cwd: this.folder, prefix, ...terms }), ...change });
  }

  /** Hears of a context, takes it by this label, and wants an engine on each of its nodes; gives their ids. */
  async take(label: string): Promise<{ readonly ids: readonly string[]; readonly asked: MessageOf<"add-context"> }> {
    const asked = await this.next("add-context");
    this.say({ type: "context-added", label, here: this.here, ...(asked.elsewhere ? this.#outside : {}) });
    return { asked, ids: asked.nodes.map((_, node) => this.start(node)) };
  }

  /** Hears of a context that was there before, and takes it back; gives what it says. */
  async takeBack(): Promise<MessageOf<"keep-context">> {
    const asked = await this.next("keep-context");
    this.say({ type: "context-added", label: asked.label, here: this.here, ...(asked.elsewhere ? this.#outside : {}) });
    return asked;
  }

  /** Wants an engine on a node; gives its id. */
  start(node: number): string {
    const id = `engine ${++this.#started} on ${node}`;
    this.say({ type: "start-engine", id, node });
    return id;
  }

  get #outside(): { readonly elsewhere: Invitation } {
    return { elsewhere: this.elsewhere };
  }

  /** Says its last words and hangs up. */
  end(): void {
    this.say({ type: "run-ended" });
    this.#connection?.close();
  }

  /** Breaks the connection. */
  breakDown(): void {
    this.#socket?.destroy();
  }

  #accept(socket: TLSSocket): void {
    this.#socket = socket;
    this.#connection = new Connection(socket, parseControllerMessage, {
      message: (message) => {
        this.#heard.add(message);
      },
      closed: () => this.#noteHungUp(),
    });
  }
}
