import type { ChildProcess } from "node:child_process";
import type { EngineProcess, ProcessEnd } from "../../domain/launcher.ts";
import { errnoOf, messageOf } from "../../domain/system-error.ts";
import { within } from "../../domain/time-limit.ts";
import { type EngineOutput, linesOf, seeOutput } from "./engine-output.ts";
import type { UninvitedSpec } from "./engine-starter.ts";

/** A step that has been told to end is ended by Slurm within this time, in milliseconds. */
const END_MS = 10_000;
/** What a shell adds to the number of a signal. */
const SIGNALLED = 128;
const SIGKILL = 9;

/** srun says so when Slurm has given a node up; what runs there may go on if it is the network that has failed. */
const NODE_LOST = /^srun: error: (?:Node failure on|Timed out waiting for job step|.*Communication connection failure)/;
/** What Slurm says of every end that is no good, on which the line above it says more. */
const EMPTY_WORDS =
  /^(?:srun: (?:cluster configuration lacks support|error: \S+: tasks? \S+: (?:Exited with exit code|Killed|Terminated|Aborted|Segmentation)|Job step aborted|launch\/\S+: |forcing job termination|got SIGCONT|Terminating)|slurmstepd\S*: error: \*\*\*)/;

/** An engine process, and its slot processes, in a step of a Slurm job. */
export class SrunEngine implements EngineProcess {
  readonly id: string;
  readonly node: string;
  readonly slots: number;
  readonly ended: Promise<ProcessEnd>;
  readonly #child: ChildProcess;

  constructor({ engineId, node, slots }: UninvitedSpec, child: ChildProcess, output: EngineOutput) {
    this.id = engineId;
    this.node = node;
    this.slots = slots;
    this.#child = child;
    this.ended = endOf(child, output);
  }

  /** SIGTERM makes srun have Slurm kill the step, which is every process of it. */
  async kill(): Promise<boolean> {
    const { pid } = this.#child;
    if (pid !== undefined && this.#child.exitCode === null) this.#child.kill("SIGTERM");
    if (!(await within(END_MS, this.ended))) return false;
    return (await this.ended).certain;
  }
}

/** An engine that there is none of. */
export function notStarted({ engineId: id, node, slots }: UninvitedSpec, reason: string): EngineProcess {
  const end: ProcessEnd = { certain: true, reason };
  return { id, node, slots, ended: Promise.resolve(end), kill: () => Promise.resolve(true) };
}

function endOf(child: ChildProcess, output: EngineOutput): Promise<ProcessEnd> {
  return new Promise((resolve) => {
    child.once("error", (error) => {
      const why = errnoOf(error) === "ENOENT" ? "there is no srun in PATH" : messageOf(error);
      if (child.pid === undefined) resolve({ certain: true, reason: `srun cannot be started: ${why}` });
    });
    child.once("exit", (code, signal) => resolve(describe(code, signal, output)));
  });
}

function describe(code: number | null, signal: NodeJS.Signals | null, output: EngineOutput): ProcessEnd {
  const lines = linesOf(output);
  const lost = lines.find((line) => NODE_LOST.test(line));
  const exit = code ?? SIGNALLED + SIGKILL;
  if (lost !== undefined) return { certain: false, reason: lost.replace(/^srun: error: /, ""), code: exit };
  // Slurm ends a step whose srun has been killed, but not at once.
  if (signal !== null) return { certain: false, reason: `srun ended with ${signal}`, code: exit };
  if (code === 0) return { certain: true, code };
  const said = lines.filter((line) => !EMPTY_WORDS.test(line)).at(-1) ?? lines.at(-1);
  const how = said?.replace(/^srun: (?:error: )?/, "") ?? `srun ended with exit code ${code}`;
  return { certain: true, reason: `${how}${seeOutput(output)}`, code: exit };
}
