/**
 * Waits for something, but not for ever.
 *
 * @param hurry ends the wait when it is aborted.
 * @returns false when it has not come about in time.
 */
export async function within(ms: number, promise: Promise<unknown>, hurry?: AbortSignal): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  let giveUp: () => void = () => undefined;
  const tooLong = new Promise<false>((resolve) => {
    giveUp = (): void => resolve(false);
    timer = setTimeout(giveUp, ms);
    hurry?.addEventListener("abort", giveUp);
    if (hurry?.aborted === true) giveUp();
  });
  try {
    return await Promise.race([promise.then(() => true), tooLong]);
  } finally {
    clearTimeout(timer);
    hurry?.removeEventListener("abort", giveUp);
  }
}
