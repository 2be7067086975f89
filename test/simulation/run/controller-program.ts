import type { NodeSlots } from "../../../src/domain/engine.ts";
import type { EngineProcess, Invitation } from "../../../src/domain/launcher.ts";
import { Connection } from "../../../src/wire/connection.ts";
import {
  CONTROL_PROTOCOL,
  type ControllerMessage,
  type DriverAnswer,
  parseDriverAnswer,
} from "../../../src/wire/control-messages.ts";
import type { SimulatedHost } from "../world/host.ts";
import type { SimulatedProcess } from "../world/process.ts";
import { type DriverSurroundings, PORT } from "./driver-program.ts";
import { SimulatedLauncher } from "./simulated-launcher.ts";

/** How long it waits before it calls a run again that it has lost, in milliseconds. */
const CALL_AGAIN_MS = 1_000;

/** What somebody wants of a run that goes on. */
export type Errand =
  | Extract<ControllerMessage, { type: "stop-engine" | "stop-context" | "stop-run" | "stop-task" }>
  | { readonly type: "add"; readonly nodes: readonly NodeSlots[] };

/** The script that changes a run: it says what it wants; when it has brought hosts, it stays for as long as the run. */
export class ControllerProgram {
  readonly process: SimulatedProcess;
  readonly #surroundings: DriverSurroundings;
  readonly #errand: Errand;
  readonly #engines = new Map<string, EngineProcess>();
  readonly #ends: Extract<ControllerMessage, { type: "engine-ended" }>[] = [];
  /** Told what the run has done. */
  onDone: (done: Extract<DriverAnswer, { type: "done" }>) => void = () => undefined;
  #connection: Connection<DriverAnswer, ControllerMessage> | undefined;
  #launcher: SimulatedLauncher | undefined;
  #invite: () => Promise<Invitation> = () => Promise.reject(new Error("nobody has invited anybody"));
  #over = false;
  #interrupted = false;

  /** @param isOver nobody is going to answer any more. */
  constructor(surroundings: DriverSurroundings, host: SimulatedHost, errand: Errand, isOver: () => boolean) {
    const { world } = surroundings;
    this.#surroundings = surroundings;
    this.#errand = errand;
    this.process = world.addProcess(`controller on ${host.name}`, host);
    world.note(() => `${this.process.name}: ${JSON.stringify(errand)}`);
    world.post(this.process, 0, () => void this.#call(isOver).catch((error: unknown) => world.noteThrown(error)));
  }

  /** Somebody wants what it has brought to be ended. @returns ids of the engines. */
  interrupt(): readonly string[] {
    const { world } = this.#surroundings;
    world.post(this.process, 0, () => void this.#leave().catch((error: unknown) => world.noteThrown(error)));
    return [...this.#engines.keys()];
  }

  async #leave(): Promise<void> {
    this.#interrupted = true;
    if (this.#launcher !== undefined) {
      this.#connection?.send({ type: "stop-context", label: this.#launcher.context.label });
    }
    await Promise.all([...this.#engines.keys()].map((id) => this.#end(id)));
    this.#over = true;
    this.#connection?.close();
    if (this.#connection === undefined) this.process.end("exited");
  }

  async #call(isOver: () => boolean): Promise<void> {
    const { world, network } = this.#surroundings;
    const [host] = world.hosts;
    if (host === undefined) return;
    try {
      const socket = await network.dial({ host, port: PORT, role: "controller" });
      this.#connection = new Connection(socket, parseDriverAnswer, {
        message: (answer) => this.#obey(answer),
        closed: () => this.#callAgain(isOver),
      });
      this.#connection.send({ type: "hello", protocol: CONTROL_PROTOCOL });
    } catch {
      this.#callAgain(isOver);
    }
  }

  #callAgain(isOver: () => boolean): void {
    this.#connection = undefined;
    // One that has brought nothing has no reason to stay.
    if (this.#over || isOver() || this.#launcher === undefined) return this.process.end("exited");
    setTimeout(() => void this.#call(isOver), CALL_AGAIN_MS);
  }

  #obey(answer: DriverAnswer): void {
    switch (answer.type) {
      case "welcome":
        return this.#speak();
      case "context-added":
        return this.#bring(answer);
      case "start-engine":
        return this.#start(answer.id, answer.node);
      case "end-engine":
        return void this.#end(answer.id);
      case "run-ended":
        this.#over = true;
        return this.#connection?.close();
      case "done":
        this.onDone(answer);
        return this.#hangUpUnlessNeeded();
      case "refused":
        return this.#hangUpUnlessNeeded();
      default:
    }
  }

  #hangUpUnlessNeeded(): void {
    if (this.#launcher === undefined) this.#connection?.close();
  }

  #speak(): void {
    if (this.#errand.type !== "add") return this.#connection?.send(this.#errand);
    const elsewhere = this.#errand.nodes.some(({ destination }) => destination !== undefined);
    if (this.#launcher !== undefined) {
      const { label } = this.#launcher.context;
      this.#connection?.send({ type: "keep-context", label, engines: [...this.#engines.keys()], elsewhere });
      return;
    }
    const nodes = this.#errand.nodes.map(({ node, slots, coresPerSlot }) => ({ node, slots, coresPerSlot }));
    this.#connection?.send({ type: "add-context", nodes, taskLimit: 0, elsewhere });
  }

  #bring({ label, here, elsewhere }: Extract<DriverAnswer, { type: "context-added" }>): void {
    if (this.#errand.type !== "add") return;
    for (const end of this.#ends) this.#connection?.send(end);
    this.#invite = () => Promise.resolve(elsewhere ?? here);
    const { park, scenario } = this.#surroundings;
    const context = { label, nodes: this.#errand.nodes, taskLimit: 0 };
    this.#launcher ??= new SimulatedLauncher(context, park, scenario);
  }

  #start(id: string, place: number): void {
    const node = this.#launcher?.context.nodes[place];
    if (this.#launcher === undefined || node === undefined || this.#interrupted) return;
    const engine = this.#launcher.start(node, () => this.#invite(), id);
    this.#engines.set(id, engine);
    void this.#follow(engine);
  }

  async #follow({ id, ended }: EngineProcess): Promise<void> {
    const { certain, reason } = await ended;
    const why = reason === undefined ? {} : { reason };
    const wanted: { wanted?: true } = this.#interrupted ? { wanted: true } : {};
    const end = { type: "engine-ended", id, certain, ...why, ...wanted } as const;
    // Said again to a run that was lost meanwhile.
    this.#ends.push(end);
    this.#connection?.send(end);
  }

  async #end(id: string): Promise<void> {
    const certain = (await this.#engines.get(id)?.kill()) ?? false;
    this.#connection?.send({ type: "engine-killed", id, certain });
  }
}
