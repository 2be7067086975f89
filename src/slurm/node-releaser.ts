import type { Answer, AskSlurm } from "./ask.ts";

/** Nodes are gathered for so long: Slurm is not to be asked for each node of a large job. */
const GATHER_MS = 10_000;
/** Slurm may refuse for a moment only; after so many refusals in a row it is not asked before there is another node. */
const MOST_REFUSALS = 2;

/**
 * scontrol leaves scripts in its working folder, for shells of the job that want to know its new size. Where none can be
 * made it does without.
 */
const NO_FILES = "/proc";

export interface NodeReleaserOptions {
  readonly jobId: string;
  /** All nodes of the job, in order. */
  readonly nodes: readonly string[];
  /** Of these, those that there is no use for from the beginning; they go with the first that are given back. */
  readonly unused?: readonly string[];
  /** The node that this process runs on; it is never given back. */
  readonly ownNode?: string;
  /** Asks Slurm to shrink the job. */
  readonly ask: AskSlurm;
  /** What gives nodes back in place of that, told of them in these variables: what the user says. */
  readonly retire?: (variables: RetireVariables) => Promise<Answer>;
  /** Takes note of what came of it, in one line. */
  readonly note: (message: string) => void;
  readonly gatherMs?: number;
}

/** Lists of nodes are separated by commas. */
export interface RetireVariables {
  /** Those to be given back now. */
  readonly NODE: string;
  readonly NODES: string;
  /** Exit codes of what ran there, in the same order. */
  readonly RETCODES: string;
  /** Those that still have an engine. */
  readonly ACTIVE: string;
  /** Those that have none any more. */
  readonly RETIRED: string;
  /** Present when the node that this process runs on has no engine any more. */
  readonly DRIVER_NODE?: string;
}

/** Gives nodes of a job back to Slurm, those of some seconds at a time. */
export class NodeReleaser {
  readonly #options: NodeReleaserOptions;
  /** Nodes without an engine. */
  readonly #ended: Set<string>;
  /** Of these, those to be given back, with the exit code of what ran there. */
  readonly #waiting = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #refusals = 0;
  #isAsking = false;
  #closed = false;

  constructor(options: NodeReleaserOptions) {
    this.#options = options;
    this.#ended = new Set(options.unused);
  }

  /** No engine is going to run on this node any more. @param code exit code of what ran the last one. */
  release(node: string, code: number): void {
    this.#ended.add(node);
    if (node === this.#options.ownNode) return;
    this.#waiting.set(node, code);
    this.#refusals = 0;
    this.#gather();
  }

  /** What waits is not given back: the job is about to end. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #gather(): void {
    if (this.#timer !== undefined || this.#isAsking || this.#closed) return;
    const { gatherMs = GATHER_MS } = this.#options;
    this.#timer = setTimeout(() => void this.#giveBack(), gatherMs);
    // Nobody stays for its sake.
    this.#timer.unref();
  }

  async #giveBack(): Promise<void> {
    this.#timer = undefined;
    const { note, retire } = this.#options;
    const batch = new Map(this.#waiting);
    const names = [...batch.keys()].join(",");
    this.#isAsking = true;
    const answer = await (retire === undefined ? this.#shrink() : retire(this.#describe(batch)));
    this.#isAsking = false;
    if (answer.type === "answer") {
      this.#refusals = 0;
      for (const node of batch.keys()) this.#waiting.delete(node);
      note(`given back: ${names}`);
    } else {
      this.#refusals++;
      note(`not given back: ${names}: ${answer.reason}`);
    }
    if (this.#waiting.size > 0 && this.#refusals < MOST_REFUSALS) this.#gather();
  }

  #describe(batch: ReadonlyMap<string, number>): RetireVariables {
    const { nodes, ownNode } = this.#options;
    const names = [...batch.keys()].join(",");
    return {
      ...{ NODE: names, NODES: names, RETCODES: [...batch.values()].join(",") },
      ACTIVE: nodes.filter((node) => !this.#ended.has(node)).join(","),
      RETIRED: nodes.filter((node) => this.#ended.has(node)).join(","),
      ...(ownNode !== undefined && this.#ended.has(ownNode) ? { DRIVER_NODE: ownNode } : {}),
    };
  }

  /** By naming those that stay. */
  #shrink(): Promise<Answer> {
    const { jobId, nodes, ownNode, ask } = this.#options;
    const kept = nodes.filter((node) => node === ownNode || !this.#ended.has(node));
    if (kept.length === 0) return Promise.resolve({ type: "refusal", reason: "a job keeps its last node" });
    return ask("scontrol", ["update", `JobId=${jobId}`, `NodeList=${kept.join(",")}`], NO_FILES);
  }
}
