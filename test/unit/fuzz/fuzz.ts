import { UserError } from "../../../src/domain/errors.ts";
import { inPieces, mutated } from "./mutate.ts";

export interface Fuzzing {
  /** Right inputs. */
  readonly inputs: readonly Buffer[];
  /** What is put into them. */
  readonly words?: readonly string[];
  /** How many inputs are made of them. */
  readonly rounds: number;
}

/** For right inputs that are made by chance: the same each time, so that a seed that fails once fails again. */
export const CORPUS_SEED = 1;

/** To go on from another place, or for longer: `FUZZ_SEED=7 FUZZ_TIMES=100 npx vitest run test/unit/fuzz`. */
const FIRST_SEED = Number(process.env["FUZZ_SEED"] ?? Date.now() % 2 ** 31);
const TIMES = Number(process.env["FUZZ_TIMES"] ?? 1);

/**
 * Shows inputs with something wrong with them to a check, whole and in pieces.
 *
 * @throws Error naming the seed that fails, and the input, when the check throws.
 */
export async function fuzz(
  { inputs, words = [], rounds }: Fuzzing,
  check: (input: Buffer, pieces: readonly Buffer[]) => void | Promise<void>,
): Promise<void> {
  for (let seed = FIRST_SEED; seed < FIRST_SEED + rounds * TIMES; seed++) {
    const input = mutated(inputs, words, seed);
    try {
      await check(input, inPieces(input, seed));
    } catch (error) {
      const shown = JSON.stringify(input.toString("latin1").slice(0, 1000));
      throw new Error(`FUZZ_SEED=${seed} fails, with ${input.length} bytes as latin1: ${shown}`, { cause: error });
    }
  }
}

/** What some work comes to; undefined when it is refused with one of these codes. @throws whatever else it throws. */
export async function unlessRefused<T>(codes: readonly string[], work: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UserError && codes.includes(error.code)) return undefined;
    throw error;
  }
}
