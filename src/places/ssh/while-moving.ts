import { seconds } from "./limits.ts";

/** How long a copy may stand still before it is given up, in milliseconds. */
const STANDSTILL_LIMIT = 60_000;

/**
 * Waits for work as long as it gets on, since nobody knows how long it takes.
 *
 * @param work calls what it is given at each step.
 * @param giveUp ends what is under way when it stands still; told why, in words, it says what to throw.
 */
export async function whileMoving<T>(
  work: (moved: () => void) => Promise<T>,
  giveUp: (why: string) => Error,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const stuck = new Promise<never>((_resolve, reject) => {
    const late = (): void => reject(giveUp(`it has not got on for ${seconds(STANDSTILL_LIMIT)}`));
    timer = setTimeout(late, STANDSTILL_LIMIT);
  });
  try {
    return await Promise.race([work(() => void timer?.refresh()), stuck]);
  } finally {
    clearTimeout(timer);
  }
}
