import { wantsId } from "../../domain/id-ranges.ts";
import { type KeptOutput, STREAMS, type StreamName } from "../../domain/output.ts";
import type { IdRange } from "../../domain/run-results.ts";
import type { Assignment } from "../../domain/task.ts";
import type { OutputSender } from "./output-sender.ts";
import type { Printed, Running } from "./workplace.ts";

/** How often it is looked what followed tasks have printed, in milliseconds, and bytes of each stream that are taken then. */
const LOOK_MS = 250;
const MOST_AT_ONCE = 64 * 1024;

/** Tasks that run, with their commands. */
type RunningTasks = () => readonly { readonly assignment: Assignment; readonly command: Running }[];

/** How far a task has been followed. */
interface Progress {
  readonly attempt: number;
  readonly told: Record<StreamName, number>;
  isAsked: boolean;
}

/** Tells the driver what tasks print while they run, as long as somebody there follows them. */
export class LiveOutput {
  readonly #sender: Pick<OutputSender, "tell" | "hasRoom">;
  readonly #running: RunningTasks;
  readonly #followed = new Map<number, Progress>();
  #wanted: "all" | readonly IdRange[] | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(sender: Pick<OutputSender, "tell" | "hasRoom">, running: RunningTasks) {
    this.#sender = sender;
    this.#running = running;
  }

  /** From now on these tasks are followed, and no others. @param ids all when it is missing. */
  follow(on: boolean, ids: readonly IdRange[] | undefined): void {
    this.#wanted = on ? (ids ?? "all") : undefined;
    this.close();
    this.#followed.clear();
    if (this.#wanted === undefined) return;
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
    this.#look();
  }

  /** A task has ended: the rest of what it printed is told. */
  ended({ task: { id }, attempt }: Assignment, failed: boolean, kept: KeptOutput | undefined): void {
    if (this.#wanted === undefined) return;
    const progress = this.#followed.get(id);
    this.#followed.delete(id);
    if (!this.#wants(id)) return;
    const told = progress?.attempt === attempt ? progress.told : { stdout: 0, stderr: 0 };
    for (const stream of STREAMS) {
      const { bytes, tail } = kept?.[stream] ?? { bytes: told[stream], tail: Buffer.alloc(0) };
      const rest = tail.subarray(Math.max(0, told[stream] - (bytes - tail.length)));
      // What is over is told even where there is nothing more: that it is over is news.
      this.#tell({ taskId: id, attempt, stream, from: bytes - rest.length, bytes, failed }, rest);
    }
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #wants(id: number): boolean {
    return this.#wanted === "all" || (this.#wanted !== undefined && wantsId(this.#wanted, id));
  }

  #look(): void {
    for (const { assignment, command } of this.#running()) {
      const { task, attempt } = assignment;
      if (!this.#wants(task.id) || !this.#sender.hasRoom) continue;
      let progress = this.#followed.get(task.id);
      if (progress?.attempt !== attempt) {
        progress = { attempt, told: { stdout: 0, stderr: 0 }, isAsked: false };
        this.#followed.set(task.id, progress);
      }
      if (progress.isAsked) continue;
      progress.isAsked = true;
      void this.#ask(task.id, command, progress);
    }
  }

  async #ask(taskId: number, command: Running, progress: Progress): Promise<void> {
    try {
      const printed = await command.printed(progress.told, MOST_AT_ONCE);
      if (this.#followed.get(taskId) === progress) this.#tellPrinted(taskId, progress, printed);
    } catch {
      // When its file cannot be read now, there is a next time.
    } finally {
      progress.isAsked = false;
    }
  }

  #tellPrinted(taskId: number, { attempt, told }: Progress, printed: Printed): void {
    for (const stream of STREAMS) {
      const { from, data } = printed[stream];
      if (data.length === 0) continue;
      told[stream] = from + data.length;
      this.#tell({ taskId, attempt, stream, from }, data);
    }
  }

  #tell(piece: Omit<Parameters<OutputSender["tell"]>[0], "length">, data: Buffer): void {
    for (let at = 0; at === 0 || at < data.length; at += MOST_AT_ONCE) {
      const part = data.subarray(at, at + MOST_AT_ONCE);
      this.#sender.tell({ ...piece, from: piece.from + at, length: part.length }, part);
    }
  }
}
