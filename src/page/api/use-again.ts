import { useEffect } from "preact/hooks";

/**
 * Asks again `every` so many seconds after the last answer, while the page is seen, and where it is not, once it is seen. A question
 * that takes longer than that is waited for, however often the pause has passed meanwhile.
 *
 * @param answer another one each time that something has come, or has failed to come
 * @param asking what is asked for now
 */
export function useAgain(
  every: number | undefined,
  answer: unknown,
  asking: { readonly current: unknown },
  again: () => void,
): void {
  useEffect(() => {
    if (every === undefined) return undefined;
    let isDue = false;
    const look = (): void => {
      if (!isDue || document.hidden || asking.current !== undefined) return;
      isDue = false;
      again();
    };
    const timer = setTimeout(() => {
      isDue = true;
      look();
    }, every * 1000);
    document.addEventListener("visibilitychange", look);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", look);
    };
  }, [every, answer, again]);
}
