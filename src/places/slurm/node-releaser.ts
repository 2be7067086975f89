import type { ProgramAnswer, AskSlurm } from "./ask.ts";
import { jobFacts } from "./job-facts.ts";
import { busyNodes } from "./steps.ts";

/** Milliseconds for which nodes are gathered, so that Slurm is not asked for each node of a large job. */
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
  /** Nodes of the job that nobody needs from the beginning; they go with the first that are given back. */
  readonly unused: readonly string[];
  /** The node that this process runs on, which is never given back; undefined where that is none of the job's. */
  readonly ownNode: string | undefined;
  /** Asks Slurm to shrink the job. */
  readonly ask: AskSlurm;
  /** Gives nodes back in the user's way, in place of that. Told of the nodes in these variables. */
  readonly retire: ((variables: RetireVariables) => Promise<ProgramAnswer>) | undefined;
  /** Told what came of it, in one line. */
  readonly note: (message: string) => void;
}

/** Lists of nodes are separated by commas. */
export interface RetireVariables {
  /** Nodes to be given back now. */
  readonly NODE: string;
  readonly NODES: string;
  /** Exit codes of what ran there, in the same order. */
  readonly RETCODES: string;
  /** Nodes that still have an engine. */
  readonly ACTIVE: string;
  /** Nodes that have no engine any more. */
  readonly RETIRED: string;
  /** The node that this process runs on, present when it has no engine any more. */
  readonly DRIVER_NODE?: string;
}

/** Gives nodes of a job back to Slurm, those of some seconds at a time. */
export class NodeReleaser {
  readonly #options: NodeReleaserOptions;
  /** Nodes without an engine. */
  readonly #ended: Set<string>;
  /** Nodes that are to be given back, with the exit code of what ran there. */
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

  /** Gives back nothing more, not even what waits, since the job is about to end. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #gather(): void {
    if (this.#timer !== undefined || this.#isAsking || this.#closed) return;
    this.#timer = setTimeout(() => void this.#giveBack(), GATHER_MS);
    // Nobody stays for its sake.
    this.#timer.unref();
  }

  async #giveBack(): Promise<void> {
    this.#timer = undefined;
    const { note, retire } = this.#options;
    const batch = new Map(this.#waiting);
    this.#isAsking = true;
    const { given, why } = await (retire === undefined ? this.#shrink([...batch.keys()]) : this.#retire(batch));
    this.#isAsking = false;
    for (const node of given) this.#waiting.delete(node);
    this.#refusals = why === undefined ? 0 : this.#refusals + 1;
    if (given.length > 0) note(`given back: ${given.join(",")}`);
    const left = [...batch.keys()].filter((node) => this.#waiting.has(node));
    if (why !== undefined && left.length > 0) note(`not given back: ${left.join(",")}: ${why}`);
    if (this.#waiting.size > 0 && this.#refusals < MOST_REFUSALS) this.#gather();
  }

  async #retire(batch: ReadonlyMap<string, number>): Promise<Release> {
    const answer = await this.#options.retire?.(this.#describe(batch));
    if (answer?.type === "refusal") return { given: [], why: answer.reason };
    return { given: [...batch.keys()], why: undefined };
  }

  #describe(batch: ReadonlyMap<string, number>): RetireVariables {
    const { nodes, ownNode } = this.#options;
    const names = [...batch.keys()].join(",");
    return {
      NODE: names,
      NODES: names,
      RETCODES: [...batch.values()].join(","),
      ACTIVE: nodes.filter((node) => !this.#ended.has(node)).join(","),
      RETIRED: nodes.filter((node) => this.#ended.has(node)).join(","),
      ...(ownNode !== undefined && this.#ended.has(ownNode) ? { DRIVER_NODE: ownNode } : {}),
    };
  }

  /** Shrinks the job by naming the nodes that stay: those that are needed here, or that run another step of the job. */
  async #shrink(batch: readonly string[]): Promise<Release> {
    const { jobId, ownNode, ask } = this.#options;
    const [{ nodes }, busy] = await Promise.all([jobFacts(ask, jobId), busyNodes(ask, jobId)]);
    if (nodes === undefined || busy === undefined) return { given: [], why: "Slurm does not say what the job has" };
    for (const node of batch) if (!nodes.includes(node)) this.#waiting.delete(node);
    const kept = nodes.filter((node) => node === ownNode || !this.#ended.has(node) || busy.has(node));
    const given = batch.filter((node) => nodes.includes(node) && !kept.includes(node));
    const why = given.length < this.#waiting.size ? "other steps of the job run there" : undefined;
    if (given.length === 0) return { given, why };
    if (kept.length === 0) return { given: [], why: "a job keeps its last node" };
    const answer = await ask("scontrol", ["update", `JobId=${jobId}`, `NodeList=${kept.join(",")}`], NO_FILES);
    return answer.type === "refusal" ? { given: [], why: answer.reason } : { given, why };
  }
}

/** What came of giving nodes back. */
interface Release {
  readonly given: readonly string[];
  /** Why some were not; undefined when all were. */
  readonly why: string | undefined;
}
