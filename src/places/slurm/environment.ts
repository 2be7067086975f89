import type { Environment } from "../../domain/environment.ts";
import { UserError } from "../../domain/errors.ts";
import { excerpt } from "../../domain/excerpt.ts";

/** A variable that is set, and to what. */
export interface Variable {
  readonly name: string;
  /** What it is set to; not empty. */
  readonly value: string;
}

/** What stands behind a variable's name, in a heterogeneous job, where it is about the first component. */
const FIRST_COMPONENT = "_HET_GROUP_0";

const WHOLE_NUMBER = /^[0-9]{1,15}$/;

/** The first of these variables that is set to something. */
export function variableOf(env: Environment, ...names: readonly string[]): Variable | undefined {
  for (const name of names) {
    const value = env[name];
    if (value !== undefined && value !== "") return { name, value };
  }
  return undefined;
}

/**
 * The first of these variables that is set to something, or else of what a heterogeneous job has in their place: `salloc`
 * sets nothing else there, and `sbatch` leaves out SLURM_CPUS_PER_TASK.
 */
export function variableOfComponent(env: Environment, ...names: readonly string[]): Variable | undefined {
  return variableOf(env, ...names, ...names.map((name) => name + FIRST_COMPONENT));
}

/** The whole number that a variable is set to. @throws UserError `bad-slurm-environment` when it is none, or below `least`. */
export function wholeNumber(variable: Variable, least: number): number {
  const number = WHOLE_NUMBER.test(variable.value) ? Number(variable.value) : -1;
  if (number < least) throw badVariable(variable, `no whole number from ${least}`);
  return number;
}

/** The error for a variable whose value nobody can make sense of. */
export function badVariable({ name, value }: Variable, mistake: string): UserError {
  return badEnvironment(`${name}=${excerpt(value)}: ${mistake}`);
}

/** The error for an environment that cannot be one of a job. */
export function badEnvironment(mistake: string): UserError {
  return new UserError("bad-slurm-environment", `${mistake}; leave Slurm's variables as Slurm has set them`);
}
