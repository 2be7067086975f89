import type { Needs } from "../../domain/terms/task-terms.ts";
import { CORE_PARTS } from "../../domain/terms/words.ts";
import type { Core } from "../machine/cores.ts";
import { AmountsLeft } from "./amounts-left.ts";
import { CoreBooks, type CoreShare } from "./core-books.ts";
import { type Gpu, GpuBooks } from "./gpu-books.ts";

/** What an engine has for all of its tasks together. */
export interface Stock {
  readonly slots: number;
  readonly coresPerSlot: number;
  /** Tasks at the same time, when each needs less than a slot has; not less than its slots. */
  readonly mostTasks: number;
  /** Bytes; undefined where nobody knows. */
  readonly memory: number | undefined;
  /** Amounts of resources that the user has named. */
  readonly named: Readonly<Record<string, number>>;
  readonly gpus: readonly Gpu[];
  /** Slots have processes of their own, each with its cores. */
  readonly hasSlotProcesses: boolean;
  /** Every task is told its processors, not only those that say what they need. */
  readonly bindsAll: boolean;
  /** As many as the slots have between them, those of slot 0 first; asked for once at most. */
  readonly cores: () => readonly Core[];
}

/** What a task has been given. */
export interface Grant {
  /** Its slot; beyond those of the engine when tasks need less than a slot has. */
  readonly slot: number;
  /** The slot in whose process it runs, where slots have processes. */
  readonly home: number;
  /** Processors of its cores; none where nobody knows which they are. */
  readonly cpus: readonly number[];
  /** Whether some of its cores are not those of its home. */
  readonly isSpread: boolean;
  /** Ids of those that it has asked for. */
  readonly gpus: readonly string[];
}

/** What has to come back when the task has ended. */
interface Holding {
  readonly needs: Needs | undefined;
  readonly cores: readonly CoreShare[];
  readonly gpus: readonly number[];
  /** Whether the task sees what belongs to its slot. */
  readonly sees: boolean;
}

/** Who has what, once anybody has said what they need. */
interface Books {
  readonly cores: CoreBooks;
  readonly gpus: GpuBooks;
  readonly amounts: AmountsLeft;
  /** By slot. */
  readonly held: Map<number, Holding>;
}

/** Where a task could run. */
type Place = Pick<Grant, "slot" | "home">;

/**
 * Deals out what an engine has. A task without needs takes a slot with all that belongs to it. While there are no others, no
 * books are kept: a slot that is free has everything.
 */
export class Allotment {
  readonly #stock: Stock;
  /** What tasks without needs are given, by slot. */
  readonly #plain: readonly Grant[];
  /** The slots of the engine that are free, the next one last. */
  readonly #free: number[];
  /** Slots beyond those that have been made, and are free. */
  readonly #freeExtra: number[] = [];
  #made: number;
  #books: Books | undefined;

  constructor(stock: Stock) {
    this.#stock = stock;
    this.#made = stock.slots;
    this.#free = Array.from({ length: stock.slots }, (_, i) => stock.slots - 1 - i);
    this.#plain = this.#free.toReversed().map((slot) => ({ slot, home: slot, cpus: [], isSpread: false, gpus: [] }));
    if (stock.bindsAll) this.#books = this.#open();
  }

  /** Whether no task has anything. */
  get isIdle(): boolean {
    return this.#free.length + this.#freeExtra.length === this.#made;
  }

  /** What the task needs, which is its own until it comes back; undefined while not all of it is free. */
  take(needs: Needs | undefined): Grant | undefined {
    if (this.#books !== undefined) return this.#takeFrom(this.#books, needs);
    if (needs === undefined) {
      const slot = this.#free.pop();
      return slot === undefined ? undefined : this.#plain[slot];
    }
    this.#books = this.#open();
    return this.#takeFrom(this.#books, needs);
  }

  giveBack({ slot }: Grant): void {
    if (slot < this.#stock.slots) this.#free.push(slot);
    else this.#freeExtra.push(slot);
    const holding = this.#books?.held.get(slot);
    if (this.#books === undefined || holding === undefined) return;
    const { cores, gpus, amounts, held } = this.#books;
    held.delete(slot);
    cores.giveBack(holding.cores);
    gpus.giveBack(holding.gpus);
    if (holding.sees) gpus.see(slot, -1);
    if (holding.needs !== undefined) amounts.giveBack(holding.needs);
  }

  /** Begins to keep books: what runs already has all that belongs to its slot. */
  #open(): Books {
    const { slots, coresPerSlot, memory, named, hasSlotProcesses } = this.#stock;
    const cores = new CoreBooks(this.#stock.cores(), hasSlotProcesses ? coresPerSlot : undefined);
    const gpus = new GpuBooks(this.#stock.gpus);
    const held = new Map<number, Holding>();
    const free = new Set(this.#free);
    for (let slot = 0; slot < slots; slot++) {
      if (free.has(slot)) continue;
      const own = Array.from({ length: coresPerSlot }, (_, i) => slot * coresPerSlot + i);
      gpus.see(slot, 1);
      held.set(slot, { needs: undefined, cores: cores.takeWhole(own), gpus: [], sees: true });
    }
    return { cores, gpus, amounts: new AmountsLeft(memory, named), held };
  }

  #takeFrom(books: Books, needs: Needs | undefined): Grant | undefined {
    const parts = Math.round((needs?.cores ?? this.#stock.coresPerSlot) * CORE_PARTS);
    const wanted = needs?.gpus ?? 0;
    if (books.cores.free < parts || (needs !== undefined && !books.amounts.suffice(needs))) return undefined;
    const place = this.#stock.hasSlotProcesses ? this.#homeFor(books, parts, wanted) : this.#slotFor(books, wanted);
    if (place === undefined) return undefined;
    const { slot, home } = place;
    this.#occupy(slot);
    const group = this.#stock.hasSlotProcesses ? home : (books.cores.bestGroup(parts) ?? 0);
    const cores = books.cores.take(parts, group);
    const gpus = books.gpus.take(wanted, home);
    const sees = wanted === 0;
    if (sees) books.gpus.see(slot, 1);
    if (needs !== undefined) books.amounts.take(needs);
    books.held.set(slot, { needs, cores, gpus, sees });
    return {
      slot,
      home,
      cpus: books.cores.cpusOf(cores),
      isSpread: this.#stock.hasSlotProcesses && cores.some(({ core }) => this.#homeOf(core) !== home),
      gpus: books.gpus.idsOf(gpus),
    };
  }

  #homeOf(core: number): number {
    return Math.floor(core / this.#stock.coresPerSlot);
  }

  /** A slot for a task that may run anywhere: with GPUs of its own where those are wanted, or none are. */
  #slotFor({ gpus }: Books, wanted: number): Place | undefined {
    const next = this.#free.at(-1) ?? this.#extraSlot();
    if (this.#stock.gpus.length === 0) return next === undefined || wanted > 0 ? undefined : { slot: next, home: next };
    const free = this.#free.toReversed();
    const own =
      wanted > 0 && this.#hasOwnGpus ? free.find((slot) => gpus.hasOwn(slot) && gpus.suffice(wanted, slot)) : undefined;
    const slot = own ?? free.find((one) => gpus.suffice(wanted, one)) ?? next;
    return slot === undefined || !gpus.suffice(wanted, slot) ? undefined : { slot, home: slot };
  }

  /** The process that has the cores, or most of them, of those in which the task could run. */
  #homeFor({ cores, gpus }: Books, parts: number, wanted: number): Place | undefined {
    const free = new Set(this.#free);
    const extra = this.#extraSlot();
    const homes = this.#plain
      .map(({ slot }) => slot)
      .filter(
        (slot) => (free.has(slot) || extra !== undefined) && gpus.suffice(wanted, slot) && cores.freeIn(slot) > 0,
      );
    const home = cores.bestGroup(parts, homes);
    if (home === undefined) return undefined;
    const slot = free.has(home) ? home : extra;
    return slot === undefined ? undefined : { slot, home };
  }

  get #hasOwnGpus(): boolean {
    return this.#stock.gpus.some(({ slots }) => slots.length > 0);
  }

  /** A slot beyond those of the engine, one that has been made already if possible. */
  #extraSlot(): number | undefined {
    return this.#freeExtra.at(-1) ?? (this.#made < this.#stock.mostTasks ? this.#made : undefined);
  }

  #occupy(slot: number): void {
    const list = slot < this.#stock.slots ? this.#free : this.#freeExtra;
    const at = list.lastIndexOf(slot);
    if (at >= 0) list.splice(at, 1);
    else this.#made++;
  }
}
