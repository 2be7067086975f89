import type { Context, Engine, NodeSlots } from "../../../src/domain/engine.ts";
import type { EngineProcess, Invite, Launcher, ProcessEnd } from "../../../src/domain/launcher.ts";
import type { LeaseTerms } from "../../../src/domain/lease.ts";
import { engineTerms } from "../../support/engine-terms.ts";
import { isPassable } from "../world/flow.ts";
import type { SimulatedHost } from "../world/host.ts";
import type { SimulatedProcess } from "../world/process.ts";
import { type EngineSurroundings, type RunningEngine, startEngine } from "./engine-program.ts";

/** How long SSH waits for a host that does not answer, and how often it asks one that it is connected to; milliseconds. */
const SSH_PATIENCE_MS = 15_000;
const SSH_KEEPALIVE_MS = 5_000;
/** A connection over which nothing has come for so long is lost. */
const SSH_LOST_MS = 45_000;
/** How often an adopted engine of the same machine is looked for. */
const LOOK_MS = 500;

/** Engines of all drivers of a run, by their id. */
export class EnginePark {
  readonly surroundings: EngineSurroundings;
  readonly engines = new Map<string, RunningEngine>();
  #next = 0;

  constructor(surroundings: EngineSurroundings) {
    this.surroundings = surroundings;
  }

  newId(): string {
    return `engine-${this.#next++}`;
  }
}

const KEEP_ALL = { keep: "all", limit: 65_536 } as const;

/** What its engines are told, of a scenario. */
type Told = LeaseTerms & Pick<Parameters<typeof startEngine>[1], "sharedSignals">;

/** Starts engines on simulated hosts, for the driver whose code runs: here at once, elsewhere as SSH would. */
export class SimulatedLauncher implements Launcher {
  readonly context: Context;
  readonly #park: EnginePark;
  readonly #told: Pick<Order, "terms" | "sharedSignals">;

  constructor(context: Context, park: EnginePark, { lease, onDriverLost, drainTimeout, sharedSignals }: Told) {
    this.context = context;
    this.#park = park;
    this.#told = {
      terms: engineTerms({ lease, onDriverLost, drainTimeout, threadEnv: false, output: KEEP_ALL }),
      sharedSignals,
    };
  }

  start(node: NodeSlots, invite: Invite, id: string = this.#park.newId()): EngineProcess {
    const hold = new EngineHold(this.#park, this.#hostOf(node), id);
    void this.#start(hold, node, invite);
    return { id: hold.id, node: node.node, slots: node.slots, ended: hold.ended, kill: () => hold.kill() };
  }

  adopt(node: NodeSlots, { id }: Pick<Engine, "id" | "pid">): EngineProcess {
    const hold = new EngineHold(this.#park, this.#hostOf(node), id);
    hold.takeUp();
    return { id, node: node.node, slots: node.slots, ended: hold.ended, kill: () => hold.kill() };
  }

  async #start(hold: EngineHold, { slots }: NodeSlots, invite: Invite): Promise<void> {
    try {
      const invitation = await invite(hold.isHere ? "here" : "elsewhere");
      const { context } = this;
      hold.start({ ...this.#told, context: context.label, slots, invitation });
    } catch (error) {
      hold.note({ certain: true, reason: String(error) });
    }
  }

  #hostOf({ node }: NodeSlots): SimulatedHost {
    const host = this.#park.surroundings.world.hosts.find(({ name }) => name === node);
    if (host === undefined) throw new Error(`there is no host ${node}`);
    return host;
  }
}

type Order = Omit<Parameters<typeof startEngine>[1], "id" | "host">;

/** What a launcher has in its hand of one engine: its parent, or an SSH connection to it. */
class EngineHold {
  readonly id: string;
  readonly isHere: boolean;
  readonly ended: Promise<ProcessEnd>;
  readonly #park: EnginePark;
  readonly #owner: SimulatedProcess;
  readonly #host: SimulatedHost;
  #resolveEnded: (end: ProcessEnd) => void = () => undefined;
  /** Nothing more is heard over it. */
  #isLost = false;
  /** Its end is on its way. */
  #told = false;
  #unheardSince: number | undefined;

  constructor(park: EnginePark, host: SimulatedHost, id: string) {
    this.#park = park;
    this.#owner = park.surroundings.world.self;
    this.#host = host;
    this.id = id;
    this.isHere = host === this.#owner.host;
    this.ended = new Promise((resolve) => (this.#resolveEnded = resolve));
  }

  /** Says how it ended, to the driver that has started it. */
  note(end: ProcessEnd, delay = 0): void {
    this.#world.post(this.#owner, delay, () => this.#resolveEnded(end));
  }

  start(order: Order): void {
    const delay = this.isHere ? this.#random.between(1, 20) : this.#random.between(100, 700);
    this.#world.later(delay, () => {
      // Whether the last words of an SSH client that is killed still arrive is chance.
      if (!this.#owner.isAlive && this.#random.chance(0.5)) return;
      if (!this.#canReach) return this.note({ certain: true, reason: "cannot connect" }, SSH_PATIENCE_MS);
      const engine = startEngine(this.#park.surroundings, { ...order, id: this.id, host: this.#host });
      this.#park.engines.set(this.id, engine);
      this.#follow(engine);
    });
  }

  /** Of an engine that an earlier driver has started, its end is known only on this machine. */
  takeUp(): void {
    if (!this.isHere) return;
    const look = (): void => {
      if (this.#engine?.process.isAlive !== true) return this.#resolveEnded({ certain: true });
      this.#world.post(this.#owner, LOOK_MS, look, { timer: true });
    };
    this.#world.post(this.#owner, LOOK_MS, look, { timer: true });
  }

  /** Ends it and its tasks, if that can be done. */
  kill(): Promise<boolean> {
    const world = this.#world;
    const there = this.isHere ? 1 : this.#random.between(100, 500);
    return new Promise((resolve) => {
      const answer = (known: boolean, delay: number): void =>
        void world.post(this.#owner, delay, () => resolve(known), { timer: delay >= SSH_PATIENCE_MS });
      world.later(there, () => {
        if (!this.#canReach || this.#host.isFrozen) return answer(false, SSH_PATIENCE_MS);
        world.note(() => `${this.id} is ended by its launcher`);
        this.#engine?.process.end("killed");
        for (const execution of this.#park.surroundings.executions.aliveOf(this.id)) {
          this.#park.surroundings.executions.signal(execution, "KILL");
        }
        world.later(50, () => {
          const isOver = this.#park.surroundings.executions.aliveOf(this.id).length === 0;
          answer(isOver && this.#canReach, isOver && this.#canReach ? there : SSH_PATIENCE_MS);
        });
      });
    });
  }

  get #world() {
    return this.#park.surroundings.world;
  }

  get #random() {
    return this.#world.random;
  }

  get #engine(): RunningEngine | undefined {
    return this.#park.engines.get(this.id);
  }

  get #canReach(): boolean {
    return isPassable({ from: this.#owner.host, to: this.#host });
  }

  #follow({ process }: RunningEngine): void {
    process.onEnd((how) => {
      // Nobody says that a host has crashed: that is for the keepalive to find out.
      if (how === "vanished") return;
      this.#told = true;
      const end: ProcessEnd = how === "killed" ? { certain: true, reason: "it was killed" } : { certain: true };
      if (this.isHere) return this.note(end, this.#random.between(1, 10));
      this.#tellOverSsh(end, this.#world.now);
    });
    if (!this.isHere) this.#keepAlive(process);
  }

  #tellOverSsh(end: ProcessEnd, since: number): void {
    if (this.#isLost) return;
    if (this.#canReach) return this.note(end, this.#random.between(1, 50));
    if (this.#world.now - since > SSH_LOST_MS) return this.#lose();
    this.#world.later(SSH_KEEPALIVE_MS, () => this.#tellOverSsh(end, since));
  }

  #lose(): void {
    this.#isLost = true;
    this.note({ certain: false, reason: "the connection to it is lost" });
  }

  #keepAlive(process: SimulatedProcess): void {
    this.#world.later(SSH_KEEPALIVE_MS, () => {
      if (!this.#owner.isAlive || this.#told) return;
      const isReset = !process.isAlive && this.#canReach;
      if (this.#canReach && !this.#host.isFrozen) this.#unheardSince = undefined;
      else this.#unheardSince ??= this.#world.now;
      const isLost = this.#unheardSince !== undefined && this.#world.now - this.#unheardSince >= SSH_LOST_MS;
      if (!isReset && !isLost) return this.#keepAlive(process);
      this.#lose();
    });
  }
}
