import type { Environment } from "../../domain/environment.ts";
import { excerpt } from "../../domain/excerpt.ts";
import { findProgram } from "../../files/find-program.ts";
import type { Gpus } from "./gpu-variables.ts";
import { outputOf } from "./program-output.ts";

/** A program of a vendor that lists GPUs. */
interface GpuProgram {
  readonly name: string;
  /** Arguments with which it lists them. Where the answer is no list, the next ones are tried. */
  readonly questions: readonly (readonly string[])[];
  /** What names the GPUs of a task. */
  readonly variable: string;
  /** The ids in what it has written; undefined when that is no such list. */
  readonly read: (output: string) => readonly string[] | undefined;
}

const PROGRAMS: readonly GpuProgram[] = [
  {
    name: "nvidia-smi",
    // The second names the parts of GPUs that have been divided, too, and takes longer.
    questions: [["--query-gpu=index,uuid,mig.mode.current", "--format=csv,noheader"], ["-L"]],
    variable: "CUDA_VISIBLE_DEVICES",
    read: readNvidiaList,
  },
  { name: "rocm-smi", questions: [["--showid"]], variable: "ROCR_VISIBLE_DEVICES", read: readRocmList },
];

/** A program that works answers sooner. The engine joins the run when it has, so it does not wait for longer. Milliseconds. */
const PATIENCE_MS = 3_000;

/** What a program says, and what the user is to be told, in one line, where one did not do as it should. */
export interface ProgramAnswer {
  readonly gpus: Gpus | undefined;
  readonly warning: string | undefined;
}

/** The GPUs that the programs in PATH list; undefined where none does. One that fails has found no GPU. */
export async function gpusOfPrograms(env: Environment, patienceMs = PATIENCE_MS): Promise<ProgramAnswer> {
  for (const program of PROGRAMS) {
    const path = findProgram(program.name, env);
    const answer = path === undefined ? undefined : await ask(program, path, env, patienceMs);
    if (answer !== undefined) return answer;
  }
  return { gpus: undefined, warning: undefined };
}

async function ask(
  { questions, variable, read }: GpuProgram,
  path: string,
  env: Environment,
  patienceMs: number,
): Promise<ProgramAnswer | undefined> {
  let said: string | undefined;
  for (const question of questions) {
    const output = await outputOf(path, question, env, patienceMs);
    if (output === "late") return unheard(`${path} has not answered for ${patienceMs / 1000} s`, variable);
    const ids = output === undefined ? undefined : read(output.text);
    if (ids !== undefined) return { gpus: { ids, variables: [variable] }, warning: undefined };
    said = output?.text ?? said;
  }
  return said === undefined ? undefined : unheard(`${path} writes no list of GPUs: ${excerpt(said.trim())}`, variable);
}

function unheard(what: string, variable: string): ProgramAnswer {
  return { gpus: undefined, warning: `${what}; no GPUs are counted here: set ${variable} to those that there are` };
}

/**
 * Either `0, GPU-..., Disabled` for each GPU, or `GPU 0: NAME (UUID: GPU-...)` and the like for each part of one below it. In
 * the first, GPUs that are divided make it no list: their parts have to be asked for.
 */
function readNvidiaList(output: string): readonly string[] | undefined {
  if (/^No devices (?:were )?found/.test(output)) return [];
  const lines = linesOf(output);
  const rows = lines.map((line) => /^[0-9]+, *(GPU-[^,\s]+)(?:, *(.*))?$/.exec(line));
  if (rows.every((row) => row !== null)) {
    return rows.some((row) => row[2] === "Enabled") ? undefined : rows.map((row) => row[1] ?? "");
  }
  const ids: string[] = [];
  let divided: string | undefined;
  for (const line of lines) {
    const [, indent, id] = /^(\s*)(?:GPU|MIG) .*\(UUID: ((?:GPU|MIG)-[^)\s]+)\)$/.exec(line) ?? [];
    if (indent === undefined || id === undefined) return undefined;
    if (indent === "") divided = id;
    // Parts take the place of the whole.
    else if (ids.at(-1) === divided) ids.pop();
    ids.push(id);
  }
  return ids;
}

/** Lines such as `GPU[0] : GPU ID: 0x740c`, several for each GPU; its number is what programs go by. */
function readRocmList(output: string): readonly string[] | undefined {
  const numbers = [...output.matchAll(/^GPU\[([0-9]+)\]/gm)].map(([, number = ""]) => number);
  return numbers.length === 0 ? undefined : [...new Set(numbers)];
}

function linesOf(output: string): string[] {
  return output
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line !== "");
}
